"""Results as a Maildir, and the macros, in the real neomutt within a real terminal (tmux)."""

import subprocess
import time
import unittest

from support import ROOT, Place, need


class NeomuttTests(unittest.TestCase):
    def setUp(self):
        need(self, "neomutt", "tmux")
        self.place = Place()
        self.addCleanup(self.place.close)
        folder = ROOT / "clients" / "neomutt"
        self.place.environment["PATH"] = f"{folder}:{self.place.environment['PATH']}"
        self.rc = self.place.home / "neomuttrc"
        self.rc.write_text(
            f'set folder=~/ spoolfile=~/inbox sendmail="" quit=yes sort=date\nset mbox_type=Maildir\n'
            f"set index_format='%4C %Z %-20.20L %s'\nsource {folder}/trawl.muttrc\n")
        for name in ["cur", "new", "tmp"]:
            (self.place.home / "inbox" / name).mkdir(parents=True)

    def tmux(self, *arguments):
        return subprocess.run(
            ["tmux", "-u", "-S", str(self.place.home / "tmux"), "-f", "/dev/null", *arguments],
            env=self.place.environment, cwd=self.place.home, text=True, stdout=subprocess.PIPE, check=True).stdout

    def start(self, *arguments):
        self.tmux("new-session", "-d", "-s", "t", "-x", "120", "-y", "30", "neomutt", "-F", str(self.rc), *arguments)
        self.addCleanup(subprocess.run, ["tmux", "-S", str(self.place.home / "tmux"), "kill-server"],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self, *texts):
        screen = ""
        for _ in range(200):
            screen = self.tmux("capture-pane", "-p", "-t", "t")
            if all(text in screen for text in texts):
                return screen
            time.sleep(0.05)
        self.fail(f"{texts} did not come:\n{screen}")

    def test_neomutt_opens_a_maildir_of_results(self):
        self.place.trawl("search", "--format", "maildir", "results", "rudder")
        self.start("-f", "results")
        self.wait("Ana Silva", "Luis Ortega", "Re: The boat needs a new rudder")
        self.tmux("send-keys", "-t", "t", "=", "Enter")
        self.wait("the rudder of the Albatross is cracked")

    def test_the_macro_searches_and_opens_what_it_finds(self):
        self.start("-f", "inbox")
        self.wait("inbox")
        self.tmux("send-keys", "-t", "t", "F8")
        self.wait("Search mail:")
        self.tmux("send-keys", "-t", "t", "-l", "factura from:muebles")
        self.tmux("send-keys", "-t", "t", "Enter")
        self.wait("Begoña Núñez", "Factura de la mesa y la canción del anuncio")
        # The next search takes the place of the one before.
        self.tmux("send-keys", "-t", "t", "F8")
        self.wait("Search mail:")
        self.tmux("send-keys", "-t", "t", "-l", "weld subject:rudder")
        self.tmux("send-keys", "-t", "t", "Enter")
        screen = self.wait("The boat needs a new rudder")
        self.assertNotIn("Factura", screen)

    def test_the_macro_opens_a_thread(self):
        self.place.trawl("search", "--format", "maildir", "one", "mid:boat-2@harbour.example")
        self.start("-f", "one")
        self.wait("Luis Ortega")
        self.tmux("send-keys", "-t", "t", "F9")
        self.wait("Ana Silva", "Luis Ortega", "Sam")

    def test_addresses_come_as_neomutt_wants_them(self):
        lines = self.place.run("trawl-addresses", "ana").stdout.splitlines()
        self.assertEqual(lines[0], "trawl")
        self.assertEqual(lines[1].split("\t")[:2], ["ana@harbour.example", "Ana Silva"])


class MaildirTests(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)

    def test_files_are_the_messages_as_sent(self):
        self.place.trawl("search", "--format", "maildir", "results", "rudder")
        results = self.place.home / "results"
        sent = sorted(file.read_bytes() for file in self.place.mail.glob("thread-*.eml"))
        self.assertEqual(sorted(file.read_bytes() for file in (results / "cur").iterdir()), sent)
        self.assertEqual(results.stat().st_mode & 0o777, 0o700)
        for file in (results / "cur").iterdir():
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)

    def test_results_replace_those_before_and_nothing_else(self):
        results = self.place.home / "results"
        self.place.trawl("search", "--format", "maildir", "results", "rudder")
        own = results / "cur" / "1.of-another-program:2,S"
        own.write_text("kept")
        self.place.trawl("search", "--format", "maildir", "results", "nothing-has-this-word", status=1)
        self.assertEqual(list((results / "cur").iterdir()), [own])

    def test_a_folder_of_other_things_is_refused(self):
        before = sorted(self.place.mail.iterdir())
        result = self.place.run("trawl", "search", "--format", "maildir", self.place.mail, "rudder", status=2)
        self.assertIn("holds other things", result.stderr)
        self.assertEqual(sorted(self.place.mail.iterdir()), before)
        missing = self.place.run("trawl", "search", "--format", "maildir", "rudder", status=2)
        self.assertIn("wants a folder and a query", missing.stderr)

    def test_a_message_whose_file_is_gone_is_told(self):
        (self.place.mail / "thread-question.eml").unlink()
        result = self.place.run("trawl", "search", "--format", "maildir", "results", "rudder", status=2)
        self.assertIn("1 of 3 messages", result.stderr)
        self.assertEqual(len(list((self.place.home / "results" / "cur").iterdir())), 2)


if __name__ == "__main__":
    unittest.main()
