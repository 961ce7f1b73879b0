"""`trawl search --format maildir` of mail that stands on a server: a real Dovecot, private to the test."""

import shutil
import unittest

from support import ROOT, MailServer, Place, free_port


class MaildirFromServerTests(unittest.TestCase):
    def setUp(self):
        self.place = place = Place(mail=False)
        self.addCleanup(place.close)
        server = MailServer(self, place.home)
        # One message in two places is one result.
        shutil.copy(ROOT / "scripts/demo-mail/thread-question.eml", server.inbox / "cur" / "copy:2,S")
        place.config.write_text(
            f'[accounts.demo]\nhost = "localhost"\nport = {server.port}\nsecurity = "tls"\nuser = "sam"\n'
            f'password-file = "{server.password}"\nca-file = "{server.authority}"\n')
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
