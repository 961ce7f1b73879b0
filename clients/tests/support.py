"""A trawl of one's own for a test: the real program, an index of scripts/demo-mail, and `trawl serve` where asked for.

The program is the one that TRAWL_BINARY names, else the debug build.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

# Whoever started this may have blocked signals, as Foundation's threads do; programs that are started from here would
# then never hear that they are to end.
signal.pthread_sigmask(signal.SIG_SETMASK, [])

ROOT = Path(__file__).resolve().parents[2]
TRAWL = os.environ.get("TRAWL_BINARY") or str(ROOT / ".build" / "debug" / "trawl")


def need(test, *programs):
    """Skips the test, with the reason, where a program isn't installed."""
    for program in programs:
        if not shutil.which(program):
            reason = f"{program} is not installed"
            print(f"skipped: {reason}", file=sys.stderr)
            raise unittest.SkipTest(reason)


class Place:
    """A home folder with an index of the demo mail."""

    def __init__(self, mail=True):
        # Short: a socket's path has 107 octets at most.
        self.home = Path(tempfile.mkdtemp(prefix="trawl-plug."))
        self.socket = self.home / "socket"
        self.config = self.home / "config.toml"
        self.config.write_text('[queries]\nboats = "rudder OR berth"\n')
        self.server = None
        bin_folder = self.home / "bin"
        bin_folder.mkdir()
        (bin_folder / "trawl").symlink_to(TRAWL)
        self.environment = {
            "HOME": str(self.home),
            "PATH": f"{bin_folder}:{os.environ.get('PATH', '/usr/bin:/bin')}",
            "TRAWL_DATA": str(self.home / "data"),
            "TRAWL_SOCKET": str(self.socket),
            "TRAWL_CONFIG": str(self.config),
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        if mail:
            self.mail = self.home / "mail"
            self.mail.mkdir()
            for file in sorted((ROOT / "scripts" / "demo-mail").glob("*.eml")):
                if file.stem != "arrives-while-serving":
                    shutil.copy(file, self.mail)
            self.trawl("import", str(self.mail))

    def run(self, *command, status=0, input=None, **more):
        """Runs a command here; its exit status must be `status` (None: any)."""
        result = subprocess.run(
            [str(c) for c in command], env=self.environment, cwd=self.home, input=input, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
        if status is not None and result.returncode != status:
            raise AssertionError(
                f"{' '.join(map(str, command))}: status {result.returncode}\n{result.stdout}\n{result.stderr}")
        return result

    def trawl(self, *arguments, status=0, **more):
        """The real trawl's stdout."""
        return self.run(TRAWL, *arguments, status=status, **more).stdout

    def serve(self):
        """Starts `trawl serve` and waits until it answers."""
        log = open(self.home / "serve.log", "ab")
        self.server = subprocess.Popen([TRAWL, "serve"], env=self.environment, cwd=self.home, stdout=log, stderr=log)
        log.close()
        for _ in range(200):
            try:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(str(self.socket))
                    return
            except OSError:
                if self.server.poll() is not None:
                    break
                time.sleep(0.05)
        raise AssertionError("trawl serve did not start:\n" + (self.home / "serve.log").read_text())

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(15)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
            self.server = None

    def arrive(self):
        """One message more comes into the index."""
        shutil.copy(ROOT / "scripts" / "demo-mail" / "arrives-while-serving.eml", self.mail)
        self.trawl("import", str(self.mail))

    def close(self):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """A real Dovecot on loopback, with the user sam, whose password is demo, and a copy of scripts/demo-mail."""

    def __init__(self, test, home):
        dovecot = shutil.which("dovecot") or ("/usr/sbin/dovecot" if os.path.exists("/usr/sbin/dovecot") else None)
        if not dovecot:
            need(test, "dovecot")
        need(test, "openssl")
        self.home = home
        # Dovecot drops its privileges, and must still reach its mail.
        home.chmod(0o755)
        self.inbox = home / "dovecot" / "home" / "sam" / "Maildir"
        for folder in [self.inbox, self.inbox / ".Archive"]:
            for name in ["cur", "new", "tmp"]:
                (folder / name).mkdir(parents=True)
        for file in sorted((ROOT / "scripts" / "demo-mail").glob("*.eml")):
            folder = self.inbox / ".Archive" if file.stem.startswith("thread-") else self.inbox
            shutil.copy(file, folder / "cur" / f"{file.stem}:2,S")
        subprocess.run([str(ROOT / "scripts/servers/certificates"), str(home / "tls")], check=True,
                       stdout=subprocess.DEVNULL)
        self.authority = home / "tls/ca.pem"
        self.password = home / "password"
        self.password.write_text("demo\n")
        self.password.chmod(0o600)
        plain, self.port = free_port(), free_port()
        log = open(home / "dovecot.log", "wb")
        test.addCleanup(log.close)
        server = subprocess.Popen(
            [str(c) for c in [ROOT / "scripts/servers/dovecot", home / "dovecot", plain, self.port,
             home / "tls/certificate.pem", home / "tls/key.pem", "sam:demo"]], stdout=log, stderr=log)
        test.addCleanup(server.wait)
        test.addCleanup(server.send_signal, signal.SIGTERM)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.1)
