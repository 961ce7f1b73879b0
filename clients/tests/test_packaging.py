"""scripts/install, the Debian package, systemd's units and launchd's list."""

import os
import plistlib
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import ROOT, TRAWL, Place, need

EVERYWHERE = [
    "bin/trawl",
    "libexec/trawl/trawl-commands",
    "share/man/man1/trawl.1.gz",
    "share/man/man5/trawl-config.5.gz",
    "share/man/man7/trawl-query.7.gz",
    "share/bash-completion/completions/trawl",
    "share/fish/vendor_completions.d/trawl.fish",
    "share/emacs/site-lisp/trawl.el",
    "share/trawl/neomutt/trawl.muttrc",
    "share/trawl/neomutt/trawl-search",
    "share/trawl/python/trawl_client/__init__.py",
    "share/doc/trawl/socket.md",
]


def run(*command, **more):
    result = subprocess.run([str(c) for c in command], text=True, capture_output=True, timeout=600, **more)
    if result.returncode != 0:
        raise AssertionError(f"{command}: {result.returncode}\n{result.stdout}\n{result.stderr}")
    return result.stdout


class InstallTests(unittest.TestCase):
    def test_it_installs_below_a_prefix(self):
        folder = Path(tempfile.mkdtemp(prefix="trawl-install."))
        self.addCleanup(shutil.rmtree, folder)
        prefix = folder / "prefix"
        run(ROOT / "scripts" / "install", prefix, env={**os.environ, "TRAWL_BINARY": TRAWL, "HOME": str(folder)})
        for name in EVERYWHERE + ["share/zsh/site-functions/_trawl", "lib/systemd/user/trawl.service"]:
            self.assertTrue((prefix / name).is_file(), name)
        self.assertTrue(run(prefix / "bin" / "trawl", "--version").strip())
        self.assertIn(f"ExecStart={prefix}/bin/trawl serve", (prefix / "lib/systemd/user/trawl.service").read_text())
        self.assertIn(f"{prefix}/share/trawl/neomutt/trawl-search ~",
                      (prefix / "share/trawl/neomutt/trawl.muttrc").read_text())
        for file in prefix.rglob("*"):
            if file.is_file() and file.suffix != ".gz" and file.name not in ("trawl", "trawl-commands"):
                self.assertNotIn("@BINDIR@", file.read_text(), file)

    def test_a_user_s_own_units_stand_where_systemd_looks(self):
        home = Path(tempfile.mkdtemp(prefix="trawl-install."))
        self.addCleanup(shutil.rmtree, home)
        run(ROOT / "scripts" / "install", env={**os.environ, "TRAWL_BINARY": TRAWL, "HOME": str(home)})
        self.assertTrue((home / ".local/share/systemd/user/trawl.service").is_file())


class PackageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need(cls, "dpkg-deb", "dpkg-shlibdeps", "strip")
        cls.folder = Path(tempfile.mkdtemp(prefix="trawl-package."))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.package = run(ROOT / "scripts" / "package", cls.folder,
                          env={**os.environ, "TRAWL_BINARY": TRAWL, "TRAWL_NO_INSTALL": "1"}).strip()

    def test_it_tells_what_it_is_and_needs(self):
        fields = {name: run("dpkg-deb", "-f", self.package, name).strip()
                  for name in ["Package", "Version", "Architecture", "Depends", "Installed-Size"]}
        self.assertEqual(fields["Package"], "trawl")
        self.assertEqual(fields["Version"], run(TRAWL, "--version").strip())
        for library in ["libc6", "libssl3", "libsqlite3-0", "ca-certificates"]:
            self.assertIn(library, fields["Depends"])

    def test_it_says_who_may_do_what_with_it(self):
        tree = self.folder / "copyright"
        run("dpkg-deb", "-x", self.package, tree)
        text = (tree / "usr/share/doc/trawl/copyright").read_text()
        if not (ROOT / "LICENSE").exists():
            self.assertTrue(text.startswith("The authors of Trawl have chosen no licence."))
        # What is linked into the executable has licences that want to be passed on.
        for name in ["GRDB.swift", "TOMLKit", "swift-argument-parser", "swift-nio"]:
            self.assertIn(f"The executable holds code of {name}, under this licence", text)

    def test_everything_belongs_to_root_and_none_can_write_it(self):
        for line in run("dpkg-deb", "-c", self.package).splitlines():
            mode, owner = line.split()[:2]
            self.assertEqual(owner, "root/root", line)
            self.assertNotIn("w", mode[5:], line)

    def test_it_installs_into_a_clean_root_runs_there_and_goes_again(self):
        root = self.folder / "root"
        for name in ["info", "updates", "triggers"]:
            (root / "var/lib/dpkg" / name).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        dpkg = ["dpkg", f"--root={root}", f"--log={root}/log", "--force-not-root", "--force-depends"]
        before = {path.relative_to(root) for path in root.rglob("*")}
        run(*dpkg, "-i", self.package)
        for name in EVERYWHERE + ["share/zsh/vendor-completions/_trawl", "lib/systemd/user/trawl.service"]:
            self.assertTrue((root / "usr" / name).is_file(), name)
        self.assertEqual(run(*dpkg, "-V", "trawl"), "")
        self.assertEqual(run(root / "usr/bin/trawl", "--version"), run(TRAWL, "--version"))
        if os.getuid() == 0:
            self.runs_alone(root)
        run(*dpkg, "-r", "trawl")
        left = {path.relative_to(root) for path in root.rglob("*")} - before
        self.assertEqual([path for path in left if path.parts[0] == "usr" and "trawl" in path.name], [])

    def runs_alone(self, root):
        """Within that root, with the libraries that it names and nothing else."""
        told = run("ldd", Path(TRAWL).with_name("trawl-commands"))
        # What answers searches may be linked with no library at all.
        told += subprocess.run(["ldd", TRAWL], capture_output=True, text=True).stdout
        for line in told.splitlines():
            words = [word for word in line.split() if word.startswith("/")]
            if words:
                target = root / words[0].lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(words[0], target)
        (root / "mail").mkdir()
        (root / "tmp").mkdir(exist_ok=True)
        shutil.copy(ROOT / "scripts/demo-mail/thread-question.eml", root / "mail")
        # A mount of its own, which goes with the process: the program reads its arguments from /proc.
        (root / "proc").mkdir()
        inside = f'mount -t proc proc "{root}/proc" && exec chroot "{root}" /usr/bin/trawl "$@"'
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside, "-"]
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
            print("skipped: running it in the clean root: no mounts are allowed here")
            return
        environment = {**os.environ, "HOME": "/"}
        for arguments, expected in [(["import", "--quiet", "/mail"], ""), (["count", "rudder"], "1\n")]:
            self.assertEqual(run(*command, *arguments, env=environment), expected)


class UnitTests(unittest.TestCase):
    def test_systemd_finds_no_fault(self):
        need(self, "systemd-analyze")
        folder = Path(tempfile.mkdtemp(prefix="trawl-units."))
        self.addCleanup(shutil.rmtree, folder)
        for unit in (ROOT / "packaging").glob("trawl.*"):
            text = unit.read_text().replace("@BINDIR@/trawl", TRAWL)
            (folder / unit.name).write_text(text)
        result = subprocess.run(
            ["systemd-analyze", "--user", "--man=no", "verify", *sorted(folder.iterdir())], text=True,
            capture_output=True, env={**os.environ, "XDG_RUNTIME_DIR": str(folder), "SYSTEMD_UNIT_PATH": f"{folder}:"})
        told = [line for line in result.stderr.splitlines() if "trawl" in line]
        self.assertEqual((result.returncode, told), (0, []), result.stderr)

    def test_serve_tells_systemd_that_it_is_ready(self):
        place = Place()
        self.addCleanup(place.close)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(place.home / "notify"))
            notify.settimeout(15)
            place.environment["NOTIFY_SOCKET"] = str(place.home / "notify")
            place.serve()
            told = notify.recv(100)
            self.assertIn(b"READY=1", told)
            place.stop()
            last = b""
            while b"STOPPING=1" not in last:
                last = notify.recv(100)

    def test_a_watchdog_that_the_unit_asks_for_is_fed(self):
        unit = (ROOT / "packaging" / "trawl.service").read_text()
        if "WatchdogSec" not in unit:
            return
        place = Place()
        self.addCleanup(place.close)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(place.home / "notify"))
            notify.settimeout(5)
            place.environment.update(NOTIFY_SOCKET=str(place.home / "notify"), WATCHDOG_USEC="1000000")
            place.serve()
            told = [notify.recv(100) for _ in range(4)]
            self.assertGreaterEqual(sum(b"WATCHDOG=1" in text for text in told), 3, told)

    def test_systemd_s_socket_is_taken_over(self):
        place = Place()
        self.addCleanup(place.close)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(place.socket))
            listening.listen(8)
            # What systemd does: the descriptor is number 3, and the process knows that it is meant.
            inside = 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" serve 3<&"$1"'
            with socket.socket(socket.AF_UNIX) as early:
                early.connect(str(place.socket))
                early.sendall(b'{"jsonrpc":"2.0","id":1,"method":"count","params":{"query":"rudder"}}\n')
                place.server = subprocess.Popen(
                    ["bash", "-c", inside, TRAWL, str(listening.fileno())], env=place.environment, cwd=place.home,
                    pass_fds=[listening.fileno()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                early.settimeout(20)
                # Who came before it ran is answered too.
                self.assertIn(b'"total":3', early.makefile("rb").readline())
            place.stop()
        self.assertTrue(place.socket.is_socket(), "the file is systemd's to remove")

    def test_launchd_s_list_is_one(self):
        with open(ROOT / "packaging" / "org.trawl.serve.plist", "rb") as file:
            items = plistlib.load(file)
        self.assertEqual(items["ProgramArguments"], ["@BINDIR@/trawl", "serve"])
        self.assertEqual(items["Label"], "org.trawl.serve")
        self.assertTrue(items["KeepAlive"] and items["RunAtLoad"])


if __name__ == "__main__":
    unittest.main()
