"""clients/emacs in the real Emacs, in batch mode."""

import shutil
import unittest

from support import ROOT, Place, need


class EmacsTests(unittest.TestCase):
    def setUp(self):
        need(self, "emacs")
        self.place = Place()
        self.addCleanup(self.place.close)
        self.package = self.place.home / "emacs"
        shutil.copytree(ROOT / "clients" / "emacs", self.package)

    def test_the_package_compiles_without_a_warning(self):
        result = self.place.run(
            "emacs", "-Q", "--batch", "--eval", "(setq byte-compile-error-on-warn t)", "-f", "batch-byte-compile",
            self.package / "trawl.el", status=None)
        self.assertEqual((result.returncode, result.stderr.strip()), (0, ""))

    def test_it_searches_and_reads(self):
        result = self.place.run(
            "emacs", "-Q", "--batch", "-L", self.package, "-l", "trawl-tests", "-f", "ert-run-tests-batch-and-exit",
            status=None)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("0 unexpected", result.stderr)


if __name__ == "__main__":
    unittest.main()
