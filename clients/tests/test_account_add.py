"""`trawl account add` finds a server by DNS (RFC 6186), through the system's resolver.

The name server is a few lines of Python in a network and mount namespace of its own, where it may have port 53 and
/etc/resolv.conf; that takes root, or a system that lets users have such namespaces.
"""

import shutil
import subprocess
import sys
import textwrap
import unittest

from support import TRAWL, Place, need

NAMES = {
    ("_imaps._tcp.example.org", 33): [(10, 1, 993, "mail.example.org"), (5, 1, 9993, "first.example.org")],
    ("_imap._tcp.starttls.test", 33): [(0, 0, 143, "imap.starttls.test")],
    ("_imaps._tcp.elsewhere.test", 33): [(0, 0, 993, "imap.example.net")],
    ("_imaps._tcp.none.test", 33): [(0, 0, 0, "")],
    ("hosted.test", 15): [(10, "aspmx.l.google.com")],
}

SERVER = """
import socket, struct, sys
NAMES = {names!r}
def name(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".") if part) + b"\\0"
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    query, peer = server.recvfrom(4096)
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    kind = struct.unpack(">H", query[at + 1:at + 3])[0]
    print(".".join(labels), kind, file=sys.stderr, flush=True)
    answers = b"", 0
    found = NAMES.get((".".join(labels), kind), [])
    body = b""
    for record in found:
        data = b"".join(struct.pack(">H", part) if isinstance(part, int) else name(part) for part in record)
        body += b"\\xc0\\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data
    code = 0 if found else 3
    server.sendto(query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(found), 0, 0) + query[12:at + 5] + body, peer)
"""


class DiscoveryTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need(cls, "unshare", "ip")
        probe = subprocess.run(["unshare", "-rmn", "true"], capture_output=True, text=True)
        if probe.returncode != 0:
            reason = "no namespaces for this user"
            print(f"skipped: {reason}", file=sys.stderr)
            raise unittest.SkipTest(reason)
        cls.place = Place(mail=False)
        cls.addClassCleanup(cls.place.close)
        (cls.place.home / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        (cls.place.home / "dns.py").write_text(textwrap.dedent(SERVER.format(names=NAMES)))

    def add(self, *arguments, serves=True):
        """Runs `trawl account add --print` with a DNS that knows NAMES alone. Gives its result and the questions."""
        home = self.place.home
        asked = home / "asked"
        server = f"{shutil.which('python3')} {home}/dns.py > {home}/dns.out 2> {asked} & dns=$!; " \
                 f"until grep -q ready {home}/dns.out; do sleep 0.05; done; " if serves else "dns=; "
        result = self.place.run(
            "unshare", "-rmn", "bash", "-c",
            f"ip link set lo up; mount --bind {home}/resolv.conf $(readlink -f /etc/resolv.conf) || exit 99; "
            f'rm -f {asked} {home}/dns.out; touch {asked}; {server} "$@"; status=$?; [ -z "$dns" ] || kill $dns; exit $status',
            "bash", TRAWL, "account", "add", "--password-env", "P", "--print", *arguments, status=None)
        self.assertNotEqual(result.returncode, 99, result.stderr)
        return result, asked.read_text().splitlines()

    def test_the_best_srv_record_of_the_address_s_domain_is_taken(self):
        result, asked = self.add("--user", "ana@example.org")
        self.assertEqual(result.stdout, '[accounts.example]\nhost = "first.example.org"\nport = 9993\n'
                                        'user = "ana@example.org"\npassword-env = "P"\n', result.stderr)
        self.assertEqual(set(asked), {"_imaps._tcp.example.org 33", "_imap._tcp.example.org 33", "example.org 15"})

    def test_starttls_is_taken_where_nothing_better_is(self):
        result, _ = self.add("--user", "ana", "--address", "ana@starttls.test")
        self.assertIn('host = "imap.starttls.test"\nport = 143\n', result.stdout, result.stderr)
        self.assertIn('user = "ana"\n', result.stdout)

    def test_a_host_outside_of_the_domain_must_be_said_to_be_right(self):
        for address, host in [("ana@elsewhere.test", "imap.example.net"), ("ana@hosted.test", "imap.gmail.com")]:
            result, _ = self.add("--user", address)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(f"add --host {host}", result.stderr)

    def test_what_is_not_found_is_told_apart(self):
        self.assertIn("offers no IMAP", self.add("--user", "ana@none.test")[0].stderr)
        self.assertIn("DNS tells no IMAP server of nothing.test", self.add("--user", "ana@nothing.test")[0].stderr)
        silent, _ = self.add("--user", "ana@example.org", serves=False)
        self.assertIn("no name server tells", silent.stderr)

    def test_known_providers_are_not_asked_for(self):
        result, asked = self.add("--user", "ana@fastmail.com")
        self.assertIn('host = "imap.fastmail.com"', result.stdout)
        self.assertEqual(asked, [])


if __name__ == "__main__":
    unittest.main()
