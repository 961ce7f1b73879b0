#!/usr/bin/env python3
"""sync.py DOVECOT_DIR USER CORPUS_DIR [runs]: from nothing to searchable over TLS, and again with nothing changed.

Trawl (`trawl sync`), and mbsync followed by notmuch and by mu, in turns in one run. DOVECOT_DIR is a private Dovecot over
CORPUS_DIR/mail as bench/dovecot.sh starts it. "wire" is what the loopback interface counted, headers of IP and TCP and all
else on the machine included: keep it quiet. Trawl's exact octets come from one more sync through a proxy that counts what
TCP carries. Peers that are not installed are left out.
"""
import json, os, select, shutil, socket, sys, threading, time
from peers import *

dovecot, user, corpus = sys.argv[1:4]
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 3
server = dict(l.strip().split("=", 1) for l in open(dovecot + "/env"))
n = json.load(open(corpus + "/truth.json"))["n"]
work = BENCH + "/sync"
figures = {}

def wire():
    """octets that went over loopback so far"""
    return int(open("/sys/class/net/lo/statistics/tx_bytes").read())

def measured(name, commands, env, disk):
    """runs the commands one after another; keeps wall, CPU, server CPU, peak memory, octets and disk"""
    w, s, t = wire(), dovecot_cpu(), time.perf_counter()
    done = [run(c, env) for c in commands]
    row = (time.perf_counter() - t, sum(d[1] for d in done), dovecot_cpu() - s, max(d[2] for d in done) / 1024,
           (wire() - w) / 1e6, sum(du(d)[0] for d in disk if os.path.exists(d)) / 1e6)
    if any(d[3] for d in done): print("#", name, "ended with", [d[3] for d in done], file=sys.stderr)
    figures.setdefault(name, []).append(row)
    print("#", name, " ".join("%.2f" % x for x in row), file=sys.stderr, flush=True)

class CountingProxy:
    """passes connections on to a port and counts what goes through, TLS as it is"""
    def __init__(self, port):
        self.target, self.down, self.up = port, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0)); self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client = self.listener.accept()[0]
            threading.Thread(target=self.carry, args=(client, socket.create_connection(("127.0.0.1", self.target))), daemon=True).start()

    def carry(self, client, server):
        while True:
            for s in select.select([client, server], [], [])[0]:
                data = s.recv(1 << 18)
                if not data: client.close(); server.close(); return
                if s is server: self.down += len(data); client.sendall(data)
                else: self.up += len(data); server.sendall(data)

def counted(mode):
    """the exact octets of one sync"""
    proxy = CountingProxy(int(server["TLS_PORT"]))
    p, env = setup(mode, proxy.port)
    run([p.bin, "sync", "--quiet"], env)
    print(f"octets of one sync, fetch = \"{mode}\", TLS included: {proxy.down:,} from the server, {proxy.up:,} to it")

def setup(mode, port):
    p = Trawl(); base = f"{work}/trawl-{mode}"; shutil.rmtree(base, True); os.makedirs(base)
    open(base + "/password", "w").write("x\n"); os.chmod(base + "/password", 0o600)
    open(base + "/config.toml", "w").write(f'[accounts.bench]\nhost = "localhost"\nport = {port}\nsecurity = "tls"\nuser = "{user}"\n'
        f'password-file = "{base}/password"\nca-file = "{server["CERT"]}"\nfetch = "{mode}"\n')
    return p, dict(ENV, TRAWL_CONFIG=base + "/config.toml", TRAWL_DATA=base + "/data", TRAWL_SOCKET=base + "/socket")

def trawl(mode):
    p, env = setup(mode, server["TLS_PORT"]); base = f"{work}/trawl-{mode}"
    sync = [[p.bin, "sync", "--quiet"]]
    measured(f"trawl, {mode}", sync, env, [base + "/data"])
    measured(f"trawl, {mode}, no change", sync, env, [base + "/data"])
    count = output([p.bin, "count", "*"], env).strip()
    if count != str(n): print(f"# trawl holds {count} of {n}", file=sys.stderr)

def mbsync(indexer):
    base = f"{work}/{indexer.name}"; shutil.rmtree(base, True); os.makedirs(base + "/mail"); rc = base + "/mbsyncrc"
    open(rc, "w").write(f"FSync yes\n\nIMAPAccount a\nHost localhost\nPort {server['TLS_PORT']}\nUser {user}\nPass x\nSSLType IMAPS\nCertificateFile {server['CERT']}\n"
        f"\nIMAPStore r\nAccount a\n\nMaildirStore l\nPath {base}/mail/\nInbox {base}/mail/INBOX\nSubFolders Verbatim\n\nChannel c\nFar :r:\nNear :l:\nPatterns *\nCreate Near\nSync Pull\nSyncState *\n")
    indexer.setup(base, base + "/mail")
    pull = [["mbsync", "-q", "-c", rc, "c"]]
    measured(f"mbsync + {indexer.name}", pull + indexer.index(), indexer.env, [base + "/mail", indexer.db()])
    measured(f"mbsync + {indexer.name}, no change", pull + indexer.noop(), indexer.env, [base + "/mail", indexer.db()])

only = os.environ.get("BENCH_ONLY", "text,full,notmuch,mu").split(",")
for _ in range(runs):
    for mode in ("text", "full"):
        if mode in only: trawl(mode)
    if shutil.which("mbsync"):
        if "notmuch" in only and shutil.which("notmuch"): mbsync(Notmuch())
        if "mu" in only and shutil.which("mu"): mbsync(Mu())

print(f"{n} messages over TLS, medians of {runs}\n{'':28s}  wall s  msg/s  CPU s  server CPU s  peak MB  wire MB  disk MB")
for name, rows in figures.items():
    m = [med([r[k] for r in rows]) for k in range(6)]
    print(f"{name:28s} {m[0]:7.2f} {n / m[0]:6.0f} {m[1]:6.2f} {m[2]:13.2f} {m[3]:8.0f} {m[4]:8.1f} {m[5]:8.1f}")
for mode in ("text", "full"):
    if mode in only: counted(mode)
