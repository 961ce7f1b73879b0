"""README's own way, from the installation to the first search of one's own mail, with a real Dovecot for the mail."""

import os
import re
import subprocess
import unittest

from support import ROOT, TRAWL, MailServer, Place
from test_documents import blocks


class NewUserTests(unittest.TestCase):
    def test_the_way_in_readme_leads_to_ones_own_mail(self):
        place = Place(mail=False)
        self.addCleanup(place.close)
        server = MailServer(self, place.home)
        (place.home / "bin" / "trawl").unlink()
        way = [text for _, text in blocks(ROOT / "README.md") if "trawl account add" in text]
        self.assertEqual(len(way), 1)
        lines = [re.sub(r"\s+#.*", "", line) for line in way[0].splitlines()]
        self.assertEqual([line.split()[0] for line in lines],
                         ["./scripts/install", "trawl", "trawl", "trawl", "trawl"])
        # Search as you type wants a terminal; a test of its own types into it.
        self.assertEqual(lines.pop(), "trawl")
        # Who asks no questions gets the answers beforehand; the dialogue has a test of its own.
        lines[1] += (f" mail --user sam --host localhost --port {server.port} --password-file {server.password} "
                     f"--ca-file {server.authority}")
        lines[0] = lines[0].replace("~/.local", f"{place.home}/.local")
        environment = {**place.environment, "TRAWL_BINARY": TRAWL,
                       "PATH": f"{place.home}/.local/bin:{os.environ['PATH']}"}
        del environment["TRAWL_CONFIG"]
        told = []
        for line in lines[:-1] + ["trawl search 'from:luis lighthouse'", "trawl doctor"]:
            result = subprocess.run(["bash", "-c", line], env=environment, cwd=ROOT, text=True, capture_output=True)
            self.assertEqual(result.returncode, 0, f"{line}\n{result.stdout}\n{result.stderr}")
            told.append(result.stdout)
        self.assertEqual(told[1], f'added account "mail" to {place.home}/.config/trawl/config.toml\n')
        self.assertIn("Fwd: storm warning", told[3])
        # README's own search: mail of the last thirty days is not in the sample for ever.
        last = subprocess.run(["bash", "-c", lines[-1]], env=environment, text=True, capture_output=True)
        self.assertIn(last.returncode, (0, 1), last.stderr)


if __name__ == "__main__":
    unittest.main()
