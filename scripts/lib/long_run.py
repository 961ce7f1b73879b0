"""long_run.py TRAWL WORK: trawl serve under steady load for a long time; run by `scripts/soak long`.

A private Dovecot gets RATE messages a second by APPEND into three mailboxes; another client changes flags, moves and
expunges; CLIENTS search over the socket. Memory, descriptors and the size of the log are looked at all the while; when
the load has ended, `trawl verify` and `trawl check` must find nothing.

Environment: TRAWL_SOAK_SECONDS (3600), TRAWL_SOAK_RATE (50 a second), TRAWL_SOAK_CLIENTS (20), TRAWL_TEST_SEED.
Ends with 0 where memory at the end is within 10 % of that after five minutes (or a twelfth of the time, where that is
more or less), descriptors and log are bounded, and index and server agree; else with 1.
"""
import json, os, random, re, shutil, signal, socket, subprocess, sys, threading, time

SECONDS = float(os.environ.get("TRAWL_SOAK_SECONDS", 3600))
RATE = float(os.environ.get("TRAWL_SOAK_RATE", 50))
CLIENTS = int(os.environ.get("TRAWL_SOAK_CLIENTS", 20))
SEED = int(os.environ.get("TRAWL_TEST_SEED", random.SystemRandom().randrange(2**32)))
# Seconds between two questions of a searching client, and between two changes of flags.
THINK, CHANGE = 1.0, 0.2
# Memory may grow by so much after its first measure; so many descriptors and octets of log are more than it ever needs.
GROWTH, MOST_DESCRIPTORS, LARGEST_LOG = 1.10, 128, 128 << 20
MAILBOXES = [("INBOX", 70), ("Lists", 20), ("Archive", 10)]
USER, PASSWORD = "ana", "secret-of-ana"

trawl, work = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
here = os.path.dirname(os.path.abspath(__file__))
over = threading.Event()
counts = {"sent": 0, "changed": 0, "moved": 0, "expunged": 0, "searches": 0, "found": 0, "errors": 0}
latencies, faults = [], []
lock = threading.Lock()


def count(name, by=1):
    with lock:
        counts[name] += by


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class IMAP:
    """As much of a client as the load needs: one command after another, literals without waiting (LITERAL+)."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file, self.number = self.socket.makefile("rb"), 0
        self.file.readline()
        self.run(f'LOGIN {USER} "{PASSWORD}"')

    def run(self, command):
        """sends one command, gives its untagged lines; a refusal is an error"""
        self.number += 1
        tag = b"a%d " % self.number
        self.socket.sendall(tag + (command if isinstance(command, bytes) else command.encode()) + b"\r\n")
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                raise OSError("the server ended the connection")
            if line.startswith(tag):
                if not line[len(tag):].startswith(b"OK"):
                    raise OSError(line.decode(errors="replace").strip())
                return lines
            lines.append(line)

    def uids(self):
        for line in self.run("UID SEARCH RETURN (MIN MAX) ALL"):
            found = re.search(rb"MIN (\d+) MAX (\d+)", line)
            if found:
                return int(found[1]), int(found[2])
        return None


def guarded(body):
    """a thread's body whose failure is told and ends the run"""
    def run(*arguments):
        try:
            body(*arguments)
        except Exception as error:
            if not over.is_set():
                faults.append(f"{body.__name__}: {error!r}")
                over.set()
    return run


def words(rng, vocabulary, number):
    return " ".join(rng.choice(vocabulary) for _ in range(number))


def message(rng, vocabulary, number):
    size = 4000 if rng.random() < 0.05 else rng.randrange(40, 300)
    body = re.sub(r"(.{60,75}) ", r"\1\r\n", words(rng, vocabulary, size))
    return (f"From: Sender {number % 500} <sender{number % 500}@example.org>\r\nTo: Ana <ana@example.org>\r\n"
            f"Subject: {words(rng, vocabulary, 5)}\r\nMessage-ID: <{number}.{SEED}@soak.example>\r\n"
            f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime())}\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n").encode()


@guarded
def send(port, vocabulary, began):
    rng, client = random.Random(SEED), IMAP(port)
    names, weights = zip(*MAILBOXES)
    while not over.is_set():
        due = began + counts["sent"] / RATE
        if due > time.monotonic():
            over.wait(due - time.monotonic())
            continue
        text = message(rng, vocabulary, counts["sent"])
        client.run(b"APPEND %s {%d+}\r\n" % (rng.choices(names, weights)[0].encode(), len(text)) + text)
        count("sent")


@guarded
def change(port):
    rng, client = random.Random(SEED + 1), IMAP(port)
    names = [name for name, _ in MAILBOXES]
    while not over.is_set():
        name = rng.choice(names)
        client.run(f"SELECT {name}")
        for _ in range(50):
            if over.wait(CHANGE):
                return
            span = client.uids()
            if not span:
                break
            low, high = span
            # Mostly new messages, some of any age.
            first = rng.randrange(max(low, high - 2000), high + 1) if rng.random() < 0.8 else rng.randrange(low, high + 1)
            uids, kind = f"{first}:{min(high, first + rng.randrange(5))}", rng.random()
            if kind < 0.85:
                sign, flag = rng.choice("+-"), rng.choice(["\\Seen", "\\Flagged", "\\Answered", "$Later"])
                client.run(f"UID STORE {uids} {sign}FLAGS.SILENT ({flag})")
                count("changed")
            elif kind < 0.95:
                client.run(f"UID MOVE {uids} {rng.choice([n for n in names if n != name])}")
                count("moved")
            else:
                client.run(f"UID STORE {uids} +FLAGS.SILENT (\\Deleted)")
                client.run(f"UID EXPUNGE {uids}")
                count("expunged")


@guarded
def search(path, vocabulary, number):
    rng = random.Random(SEED + 100 + number)
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    file = client.makefile("rwb")
    # Not all in one moment.
    over.wait(rng.random() * THINK)
    while not over.is_set():
        kind = rng.random()
        query = (rng.choice(vocabulary) if kind < 0.4 else words(rng, vocabulary, 2) if kind < 0.7
                 else f"from:sender{rng.randrange(500)} is:unread" if kind < 0.85
                 else f"in:{rng.choice(MAILBOXES)[0]} {rng.choice(vocabulary)}" if kind < 0.95 else "is:flagged")
        began = time.perf_counter()
        file.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"query": query}}).encode() + b"\n")
        file.flush()
        answer = json.loads(file.readline())
        with lock:
            latencies.append(time.perf_counter() - began)
            counts["searches"] += 1
            if "result" in answer:
                counts["found"] += len(answer["result"]["hits"])
            else:
                counts["errors"] += 1
        over.wait(THINK)


def sample(process, data, began):
    """what the process uses now"""
    status = open(f"/proc/{process.pid}/status").read()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    logs = [os.path.join(data, name) for name in os.listdir(data) if name.endswith("-wal")]
    return {"at": time.monotonic() - began, "memory": memory,
            "descriptors": len(os.listdir(f"/proc/{process.pid}/fd")), "log": sum(os.path.getsize(p) for p in logs),
            "cpu": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), "sent": counts["sent"]}


def output(arguments, environment):
    done = subprocess.run([trawl] + arguments, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout.strip() + done.stderr.strip()


def start_server(root):
    """a private Dovecot; gives its process and the port without TLS (for the load) and with it (for trawl)"""
    plain, tls = free_port(), free_port()
    key, certificate = f"{root}/key.pem", f"{root}/certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    # Many thousand messages a mailbox: a file each, in one folder, would make the server the bottleneck.
    environment = dict(os.environ, MAIL_LOCATION="mdbox:~/mdbox")
    server = subprocess.Popen([f"{here}/../servers/dovecot", f"{root}/server", str(plain), str(tls), certificate, key,
                               f"{USER}:{PASSWORD}"], env=environment, stdin=subprocess.DEVNULL,
                              stdout=open(f"{root}/server.log", "w"), stderr=subprocess.STDOUT)
    for _ in range(200):
        try:
            IMAP(plain)
            return server, plain, tls, certificate
        except OSError:
            time.sleep(0.05)
    sys.exit("the mail server did not start: " + open(f"{root}/server.log").read())


def main():
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    os.chmod(work, 0o755)
    server, plain, tls, certificate = start_server(work)
    client = IMAP(plain)
    existing = b"".join(client.run('LIST "" "*"'))
    for name, _ in MAILBOXES:
        if name.encode() not in existing:
            client.run(f"CREATE {name}")
    with open(f"{work}/password", "w") as file:
        file.write(PASSWORD + "\n")
    os.chmod(f"{work}/password", 0o600)
    with open(f"{work}/config.toml", "w") as file:
        file.write(f'[accounts.soak]\nhost = "localhost"\nport = {tls}\nsecurity = "tls"\nuser = "{USER}"\n'
                   f'password-file = "{work}/password"\nca-file = "{certificate}"\npoll-interval = "1m"\nexclude = []\n')
    data, path = f"{work}/data", f"{work}/socket"
    environment = dict(os.environ, TRAWL_CONFIG=f"{work}/config.toml", TRAWL_DATA=data, TRAWL_SOCKET=path)
    # Its own log is not what is measured, and grows by a line an arrival.
    serve = subprocess.Popen([trawl, "serve", "--quiet"], env=environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=open(f"{work}/serve.log", "w"))
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    try:
        while not os.path.exists(path):
            if serve.poll() is not None:
                sys.exit("trawl serve ended: " + open(f"{work}/serve.log").read())
            time.sleep(0.05)
        loaded = load(serve, plain, path, data)
        status = settle(environment, plain) or loaded
        serve.send_signal(signal.SIGTERM)
        if serve.wait(30) != 0:
            print(f"trawl serve ended with {serve.returncode}")
            status = 1
    finally:
        for process in (serve, server):
            if process.poll() is None:
                process.kill() if process is serve else process.terminate()
                process.wait()
    sys.exit(status)


def load(serve, plain, path, data):
    rng = random.Random(SEED + 2)
    vocabulary = ["".join(rng.choice("bcdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randrange(2, 5)))
                  for _ in range(20_000)]
    print(f"seed {SEED}: {RATE:.0f} messages a second, {CLIENTS} clients searching, {SECONDS:.0f} s", flush=True)
    print("   min  sent  memory MB  descriptors  log MB  CPU %", flush=True)
    began = time.monotonic()
    threads = [threading.Thread(target=send, args=(plain, vocabulary, began)),
               threading.Thread(target=change, args=(plain,))]
    threads += [threading.Thread(target=search, args=(path, vocabulary, n)) for n in range(CLIENTS)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    samples, last = [], None
    while not over.is_set() and time.monotonic() - began < SECONDS:
        over.wait(min(5, SECONDS / 100))
        if serve.poll() is not None:
            faults.append(f"trawl serve ended with {serve.returncode}")
            break
        samples.append(sample(serve, data, began))
        if last is None or samples[-1]["at"] - last["at"] >= SECONDS / 60:
            now = samples[-1]
            cpu = 100 * (now["cpu"] - (last["cpu"] if last else 0)) / (now["at"] - (last["at"] if last else 0))
            print(f"{now['at'] / 60:6.1f} {now['sent']:5d} {now['memory'] / 1e6:10.1f} {now['descriptors']:12d} "
                  f"{now['log'] / 1e6:7.1f} {cpu:6.1f}", flush=True)
            last = now
    took = time.monotonic() - began
    over.set()
    for thread in threads:
        thread.join(10)
    for fault in faults:
        print(fault)
    return report(samples, took) or (1 if faults else 0)


def mean(samples, start, end):
    """memory over a stretch of time"""
    values = [s["memory"] for s in samples if start <= s["at"] <= end]
    return sum(values) / max(1, len(values))


def report(samples, took):
    """what it came to; 1 where a bound was passed"""
    early = min(300, took / 12) if took < 3600 else 300
    spread = early / 5
    first, end = mean(samples, early - spread, early + spread), mean(samples, took - 2 * spread, took)
    descriptors, largest = max(s["descriptors"] for s in samples), max(s["log"] for s in samples)
    ordered = sorted(latencies) or [0]
    at = lambda part: 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]
    print(f"{counts['sent']} messages in {took:.0f} s ({counts['sent'] / took:.1f} a second), {counts['changed']} changes "
          f"of flags, {counts['moved']} moves, {counts['expunged']} expunges")
    print(f"{counts['searches']} searches ({counts['found']} hits, {counts['errors']} errors): median {at(0.5):.1f} ms, "
          f"p95 {at(0.95):.1f} ms, p99 {at(0.99):.1f} ms, longest {1000 * ordered[-1]:.0f} ms")
    print(f"memory after {early / 60:.1f} min {first / 1e6:.1f} MB, at the end {end / 1e6:.1f} MB "
          f"({100 * (end / first - 1):+.1f} %), largest {max(s['memory'] for s in samples) / 1e6:.1f} MB")
    print(f"descriptors at most {descriptors}, log at most {largest / 1e6:.1f} MB, "
          f"CPU {100 * samples[-1]['cpu'] / took:.1f} %")
    bad = [what for what, isBad in [("memory grew", end > first * GROWTH), ("too many descriptors", descriptors > MOST_DESCRIPTORS),
                                    ("the log grew", largest > LARGEST_LOG), ("searches failed", counts["errors"] > 0)] if isBad]
    for what in bad:
        print("FAILED:", what)
    return 1 if bad else 0


def settle(environment, plain):
    """after the load: how long until index and server agree"""
    began = time.monotonic()
    for _ in range(30):
        output(["sync"], environment)
        status, text = output(["verify", "--quiet"], environment)
        if status == 0:
            break
        time.sleep(1)
    print(f"verify: {'no difference' if status == 0 else text[-2000:]}, {time.monotonic() - began:.1f} s after the load")
    checked, text = output(["check"], environment)
    print(f"check: {'nothing wrong' if checked == 0 else text[-2000:]}")
    total = sum(int(re.search(rb"MESSAGES (\d+)", b"".join(IMAP(plain).run(f"STATUS {name} (MESSAGES)")))[1])
                for name, _ in MAILBOXES)
    print(f"on the server {total}, in the index {output(['count', '*'], environment)[1]}")
    return 1 if status or checked else 0


main()
