"""Search as you type: from a key to results, on a terminal of one's own.

    python3 keys.py TRAWL DATA_FOLDER [COLUMNS ROWS]

Types queries key by key into the real program on a pseudo-terminal, each key when the screen has come to rest. What is
told: when the results stood there (the second writing after a key, the first being the key's own echo; the first where
there was but one), and when everything did (preview and total too), in milliseconds; and the program's CPU time for a
key.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

QUERIES = ["budget report", "from:ana", "invoice acme 2024", "subject:linux kernel", "is:unread has:attachment",
           '"on the" perl', "the", "a", "日本", "newer:30d mail", "se", "conference", "ma di", "-the patch"]
# At rest after so many seconds without a writing.
QUIET = 0.15


class Terminal:
    def __init__(self, program, data, columns, rows):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", TZ="UTC", TRAWL_DATA=data, TRAWL_CONFIG="/dev/null")
            os.execv(program, [program])
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.writings(1.0)

    def writings(self, quiet=QUIET):
        """When something was written, until nothing is any more."""
        times = []
        while select.select([self.descriptor], [], [], quiet)[0]:
            os.read(self.descriptor, 1 << 16)
            times.append(time.perf_counter())
        return times

    def type(self, text):
        """Milliseconds from the keys to each writing."""
        began = time.perf_counter()
        os.write(self.descriptor, text.encode())
        return [(at - began) * 1000 for at in self.writings()]

    def cpu(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(name, times):
    times = sorted(times)
    at = lambda part: times[min(len(times) - 1, int(len(times) * part))]
    print(f"{name:<28} median {at(0.5):6.1f}   p90 {at(0.9):6.1f}   p95 {at(0.95):6.1f}   max {times[-1]:6.1f} ms")


def main():
    program, data = sys.argv[1:3]
    columns, rows = map(int, sys.argv[3:5]) if len(sys.argv) > 4 else (120, 40)
    terminal = Terminal(program, data, columns, rows)
    results, complete = [], []
    before = terminal.cpu()
    for query in QUERIES:
        for number, key in enumerate(query):
            times = terminal.type(key)
            if times:
                results.append((times[min(1, len(times) - 1)], query[:number + 1]))
                complete.append((times[-1], query[:number + 1]))
        terminal.type("\x15")
    cpu = terminal.cpu() - before
    print(f"{len(complete)} keys, {cpu / max(1, len(complete)) * 1000:.1f} ms of CPU each")
    told("from the key to the results", [at for at, _ in results])
    told("to the last writing", [at for at, _ in complete])
    print("the slowest:", ", ".join(f"{query!r} {at:.0f}" for at, query in sorted(results)[-5:]))
    os.write(terminal.descriptor, b"\x11")
    os.waitpid(terminal.pid, 0)


if __name__ == "__main__":
    main()
