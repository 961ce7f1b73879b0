"""`trawl search --format maildir` of mail that stands on a server: a real Dovecot, private to the test."""

import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

from support import ROOT, Place, need


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MaildirFromServerTests(unittest.TestCase):
    def setUp(self):
        self.dovecot = shutil.which("dovecot") or ("/usr/sbin/dovecot" if os.path.exists("/usr/sbin/dovecot") else None)
        if not self.dovecot:
            need(self, "dovecot")
        need(self, "openssl")
        self.place = place = Place(mail=False)
        self.addCleanup(place.close)
        # Dovecot drops its privileges, and must still reach its mail.
        place.home.chmod(0o755)
        inbox = place.home / "dovecot" / "home" / "sam" / "Maildir"
        for folder in [inbox, inbox / ".Archive"]:
            for name in ["cur", "new", "tmp"]:
                (folder / name).mkdir(parents=True)
        for file in sorted((ROOT / "scripts" / "demo-mail").glob("*.eml")):
            folder = inbox / ".Archive" if file.stem.startswith("thread-") else inbox
            shutil.copy(file, folder / "cur" / f"{file.stem}:2,S")
        # One message in two places is one result.
        shutil.copy(ROOT / "scripts/demo-mail/thread-question.eml", inbox / "cur" / "copy:2,S")
        run = lambda *command: subprocess.run([str(c) for c in command], check=True, stdout=subprocess.DEVNULL)
        run(ROOT / "scripts/servers/certificates", place.home / "tls")
        plain, port = free_port(), free_port()
        log = open(place.home / "dovecot.log", "wb")
        self.addCleanup(log.close)
        server = subprocess.Popen(
            [str(c) for c in [ROOT / "scripts/servers/dovecot", place.home / "dovecot", plain, port,
             place.home / "tls/certificate.pem", place.home / "tls/key.pem", "sam:demo"]], stdout=log, stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.send_signal, signal.SIGTERM)
        password = place.home / "password"
        password.write_text("demo\n")
        password.chmod(0o600)
        place.config.write_text(
            f'[accounts.demo]\nhost = "localhost"\nport = {port}\nsecurity = "tls"\nuser = "sam"\n'
            f'password-file = "{password}"\nca-file = "{place.home}/tls/ca.pem"\n')
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        place.trawl("sync", "--quiet")

    def test_messages_come_as_they_were_sent(self):
        self.place.trawl("search", "--format", "maildir", "results", "rudder OR factura")
        got = sorted(file.read_bytes() for file in (self.place.home / "results/cur").iterdir())
        names = ["thread-question", "thread-reply-with-quote", "thread-second-reply", "spanish-invoice-with-csv"]
        sent = [(ROOT / "scripts/demo-mail" / f"{name}.eml").read_bytes() for name in names]
        # IMAP ends lines with CRLF.
        self.assertEqual(got, sorted(text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for text in sent))
        for file in (self.place.home / "results/cur").iterdir():
            self.assertTrue(file.name.endswith(":2,S"), file.name)

    def test_what_has_gone_from_the_server_is_told(self):
        gone = self.place.home / "dovecot/home/sam/Maildir/.Archive/cur/thread-second-reply:2,S"
        gone.unlink()
        result = self.place.run("trawl", "search", "--format", "maildir", "results", "rudder", status=2)
        self.assertIn("1 of 3 messages could not be had", result.stderr)
        self.assertEqual(len(list((self.place.home / "results/cur").iterdir())), 2)

    def test_a_server_that_is_away_is_told(self):
        self.place.config.write_text(
            self.place.config.read_text().replace("port = ", f"port = {free_port()} # "))
        result = self.place.run("trawl", "search", "--format", "maildir", "results", "rudder", status=2)
        self.assertIn("3 of 3 messages could not be had", result.stderr)


if __name__ == "__main__":
    unittest.main()
