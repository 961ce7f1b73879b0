"""`trawl account add` with a real keyring: GNOME's, which answers libsecret's `secret-tool`, on a D-Bus of its own."""

import os
import pty
import re
import select
import time
import unittest

from support import TRAWL, MailServer, Place, need


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, command, environment, folder):
        self.text = ""
        self.answered = 0
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)

    def wait(self, pattern, seconds=30):
        """Until what was not answered yet holds the pattern; gives the match."""
        end = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.text[self.answered:])
            if found:
                self.answered += found.end()
                return found
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
                raise AssertionError(f"no {pattern!r} in:\n{self.text}")
            try:
                read = os.read(self.descriptor, 65536)
            except OSError:
                read = b""
            if not read:
                raise AssertionError(f"it ended without {pattern!r}:\n{self.text}")
            self.text += read.decode(errors="replace")

    def answer(self, pattern, text):
        found = self.wait(pattern)
        os.write(self.descriptor, text.encode() + b"\n")
        return found

    def close(self):
        """The exit status, once it has ended."""
        try:
            while os.read(self.descriptor, 65536):
                pass
        except OSError:
            pass
        status = os.waitpid(self.process, 0)[1]
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status)


class KeyringTests(unittest.TestCase):
    def test_a_password_that_is_kept_in_the_keyring_is_had_from_there(self):
        need(self, "secret-tool", "gnome-keyring-daemon", "dbus-run-session")
        place = Place(mail=False)
        self.addCleanup(place.close)
        place.config.unlink()
        server = MailServer(self, place.home)
        # As a desktop's login unlocks it; all ends with the session.
        script = place.home / "session"
        script.write_text(f"""
            set -e
            printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
            "{TRAWL}" account add home --user sam --host localhost --port {server.port} --security tls \
                --ca-file "{server.authority}"
            cat "$TRAWL_CONFIG"
            "{TRAWL}" sync
            "{TRAWL}" count rudder
            secret-tool clear service trawl account home
            "{TRAWL}" sync || echo "the password is gone"
            echo done
            """)
        environment = {**place.environment, "XDG_RUNTIME_DIR": str(place.home / "run")}
        (place.home / "run").mkdir(mode=0o700)
        terminal = Terminal(["dbus-run-session", "--", "bash", str(script)], environment, place.home)
        keyring = terminal.wait(r"(\d)  I type the password now, and the desktop's keyring keeps it")[1]
        # The keyring is proposed, where there is one and no program that keeps passwords.
        terminal.answer(r"Number.*: ", keyring)
        terminal.answer(r"Password.*: ", "demo")
        terminal.wait(r'added account "home"')
        terminal.wait(
            r'password-command = \["secret-tool", "lookup", "service", "trawl", "account", "home"\]')
        terminal.wait(r"home: 12 fetched")
        terminal.wait(r"\b3\b")
        terminal.wait(r"the password is gone")
        terminal.wait(r"done")
        self.assertEqual(terminal.close(), 0)
        self.assertNotIn("demo\r", terminal.text.split("Password", 1)[1].split("added", 1)[0])

    def test_a_keyring_that_does_not_answer_is_not_the_end(self):
        need(self, "secret-tool")
        place = Place(mail=False)
        self.addCleanup(place.close)
        place.config.unlink()
        server = MailServer(self, place.home)
        command = [TRAWL, "account", "add", "home", "--user", "sam", "--host", "localhost", "--port",
                   str(server.port), "--security", "tls", "--ca-file", str(server.authority)]
        environment = {**place.environment, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={place.home}/nobody"}
        terminal = Terminal(command, environment, place.home)
        terminal.answer(r"Number.*: ", terminal.wait(r"(\d)  I type the password now, and the desktop's keyring")[1])
        terminal.answer(r"Password.*: ", "demo")
        terminal.wait(r"secret-tool ended with status")
        terminal.answer(r"Number.*: ", terminal.wait(r"(\d)  I type the password now, and a file")[1])
        terminal.answer(r"Password.*: ", "demo")
        terminal.wait(r'added account "home"')
        self.assertEqual(terminal.close(), 0)
        # Where there is no session that a keyring could be had from, none is offered.
        place.config.unlink()
        terminal = Terminal(command, place.environment, place.home)
        terminal.wait(r"Number.*: ")
        self.assertNotIn("keyring", terminal.text)
        os.write(terminal.descriptor, b"\x03")
        terminal.close()


if __name__ == "__main__":
    unittest.main()
