"""Searches over the socket while an import writes at full speed, against the same at rest.

    readers.py TRAWL CORPUS FOLDER [RATE]

TRAWL is the executable, CORPUS holds `mail` (a Maildir), FOLDER is made anew. One client asks RATE (100) searches a second,
each of them once: words, pairs of words, phrases and prefixes of the mail's own text, the newest 20 with snippets and total.
What is imported meanwhile is the corpus again with other Message-IDs and one word more. A search that comes late because
the one before it took long is measured from when it was due, so that no wait is left out.
"""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time


def copy_changed(source, target, tag):
    """The Maildir again, as other messages."""
    for folder, _, names in os.walk(source):
        there = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(there, exist_ok=True)
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                mail = file.read()
            mail = re.sub(rb"(?im)^(message-id:\s*<)", rb"\1" + tag + b".", mail, count=1)
            with open(os.path.join(there, name), "wb") as file:
                file.write(mail + b"\n" + tag + b"\n")


def words_of(maildir, files=400):
    """Lists of words, each of one message whose text stands in it as it is."""
    random.seed(42)
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(maildir) for name in names]
    texts = []
    for path in random.sample(sorted(paths), min(len(paths), files * 3)):
        with open(path, "rb") as file:
            mail = file.read(1 << 16)
        if b"base64" in mail.lower():
            continue
        body = re.split(rb"\r?\n\r?\n", mail, maxsplit=1)[-1].decode("ascii", "replace")
        words = [w.lower() for w in re.findall(r"\b[A-Za-z]{2,12}\b", body)]
        words = [w for w in words if w not in ("and", "or", "not", "near")]
        if len(words) > 20:
            texts.append(words)
        if len(texts) == files:
            break
    return texts


def queries(texts):
    while True:
        words = random.choice(texts)
        place = random.randrange(len(words) - 1)
        yield words[place]
        yield max(words[place : place + 40], key=len)
        yield f'"{words[place]} {words[place + 1]}"'
        yield f"{words[place]} {random.choice(words)}"
        if len(words[place]) >= 4:
            yield words[place][:3] + "*"


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def search(self, query):
        request = {"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"query": query, "limit": 20}}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(self.file.readline())
        if "error" in answer:
            raise SystemExit(f"{query}: {answer['error']}")


def measure(client, asked, rate, is_over):
    """Seconds of each search until `is_over`."""
    times = []
    due = time.perf_counter()
    while not is_over(len(times)):
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        client.search(next(asked))
        times.append(time.perf_counter() - due)
        due += 1 / rate
    return times


def told(name, times):
    times = sorted(times)
    def part(p):
        return times[min(len(times) - 1, int(len(times) * p))] * 1e3
    print(f"{name:16} {len(times):6} searches   p50 {part(0.5):7.2f} ms   p99 {part(0.99):7.2f} ms   max {times[-1]*1e3:7.2f} ms")
    return part(0.99)


def main():
    trawl, corpus, folder = sys.argv[1:4]
    rate = float(sys.argv[4]) if len(sys.argv) > 4 else 100.0
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    data, other = os.path.join(folder, "data"), os.path.join(folder, "other")
    mail = os.path.join(corpus, "mail")
    subprocess.run([trawl, "import", "--quiet", "--data", data, mail], check=True)
    copy_changed(mail, other, b"again")
    config = os.path.join(folder, "empty.toml")
    open(config, "w").close()
    path = os.path.join(folder, "socket")
    server = subprocess.Popen([trawl, "serve", "--quiet", "--config", config, "--data", data, "--socket", path])
    try:
        for _ in range(200):
            if os.path.exists(path):
                break
            time.sleep(0.05)
        client = Client(path)
        asked = queries(words_of(mail))
        measure(client, asked, rate, lambda count: count >= 200)
        rest = told("at rest", measure(client, asked, rate, lambda count: count >= 1000))
        started = time.perf_counter()
        importer = subprocess.Popen([trawl, "import", "--quiet", "--data", data, other])
        busy = told("during an import", measure(client, asked, rate, lambda _: importer.poll() is not None))
        if importer.returncode != 0:
            raise SystemExit("the import failed")
        print(f"the import took {time.perf_counter() - started:.1f} s; p99 during it is {busy / rest:.1f} times that at rest")
    finally:
        server.terminate()
        server.wait()


main()
