#!/usr/bin/env python3
"""arrival.py DOVECOT_DIR USER [samples] [MAILBOX]: from the server's EXISTS to found by search.

Starts `trawl serve` on the account, waits for its first sync, then appends messages. A second client idles on the mailbox
and notes when the server tells of each message; a third polls the socket's `count` without pause. What is printed is the
time from the notice to the first answer that holds the message.
"""
import imaplib, json, os, shutil, socket, ssl, subprocess, sys, threading, time
from peers import *

dovecot, user = sys.argv[1:3]
samples = int(sys.argv[3]) if len(sys.argv) > 3 else 30
mailbox = sys.argv[4] if len(sys.argv) > 4 else "INBOX"
server = dict(l.strip().split("=", 1) for l in open(dovecot + "/env"))
base = BENCH + "/arrival"; shutil.rmtree(base, True); os.makedirs(base)
open(base + "/password", "w").write("x\n"); os.chmod(base + "/password", 0o600)
open(base + "/config.toml", "w").write(f'[accounts.bench]\nhost = "localhost"\nport = {server["TLS_PORT"]}\nsecurity = "tls"\nuser = "{user}"\npassword-file = "{base}/password"\nca-file = "{server["CERT"]}"\n')
env = dict(ENV, TRAWL_CONFIG=base + "/config.toml", TRAWL_DATA=base + "/data", TRAWL_SOCKET=base + "/socket")
trawl = Trawl().bin
context = ssl.create_default_context(cafile=server["CERT"])

def imap():
    c = imaplib.IMAP4_SSL("localhost", int(server["TLS_PORT"]), ssl_context=context); c.login(user, "x"); return c

serve = subprocess.Popen([trawl, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=open(base + "/serve.log", "w"))
try:
    for _ in range(1200):
        if subprocess.run([trawl, "count", "--require-complete", "*"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode in (0, 1): break
        time.sleep(.1)
    time.sleep(1)
    watcher = imap(); watcher.select(mailbox, True); watcher.send(b"i IDLE\r\n"); watcher.readline(); noticed = threading.Event(); stamp = [0.0]
    def watch():
        while 1:
            line = watcher.readline()
            if not line: return
            if b"EXISTS" in line: stamp[0] = time.perf_counter(); noticed.set()
    threading.Thread(target=watch, daemon=True).start()
    rpc = socket.socket(socket.AF_UNIX); rpc.connect(base + "/socket"); answers = rpc.makefile("rb")
    def count(q):
        rpc.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "count", "params": {"query": q}}).encode() + b"\n")
        return json.loads(answers.readline())["result"]["total"]
    sender = imap(); after_notice, after_append = [], []
    for i in range(samples):
        mid = f"arrival{i}.{os.getpid()}.{int(time.time() * 1e6)}@example.org"
        body = f"From: a@example.org\r\nTo: me@example.org\r\nSubject: arrival {i}\r\nMessage-ID: <{mid}>\r\nDate: Mon, 01 Dec 2025 10:00:00 +0000\r\n\r\n" + "hello arrival body words\r\n" * 40
        noticed.clear(); t = time.perf_counter(); sender.append(mailbox, None, None, body.encode())
        while count("mid:" + mid) == 0:
            if time.perf_counter() - t > 30: break
        found = time.perf_counter(); noticed.wait(5)
        after_notice.append((found - stamp[0]) * 1e3); after_append.append((found - t) * 1e3); time.sleep(.3)
    for name, v in (("server's EXISTS to found", after_notice), ("APPEND to found", after_append)):
        v = sorted(v); print(f"{name:26s} {samples} samples in {mailbox}: median {med(v):.1f} ms  p95 {v[min(samples - 1, int(.95 * samples))]:.1f}  max {v[-1]:.1f}")
finally:
    serve.terminate(); serve.wait()
