"""The man pages: their mark-up, and that nothing is missing from them."""

import json
import re
import subprocess
import unittest

from support import ROOT, Place, need

MAN = ROOT / "docs" / "man"


def source(name):
    return (MAN / name).read_text().replace("\\-", "-").replace("\\(dq", '"').replace("\\fI", "").replace("\\fR", "")


class ManPageTests(unittest.TestCase):
    def test_they_are_sound(self):
        need(self, "man", "groff")
        for page in sorted(MAN.iterdir()):
            for command in [["man", "--warnings", "-l", page], ["groff", "-man", "-Tutf8", "-ww", page]]:
                result = subprocess.run(command, capture_output=True, text=True)
                self.assertEqual((result.returncode, result.stderr), (0, ""), page)

    def test_every_command_and_option_is_told(self):
        place = Place(mail=False)
        self.addCleanup(place.close)
        commands = json.loads(place.trawl("--experimental-dump-help"))["command"]["subcommands"]
        page = source("trawl.1")
        for parent in [c for c in commands if c.get("subcommands")]:
            commands += [dict(c, commandName=f"{parent['commandName']} {c['commandName']}")
                         for c in parent["subcommands"] if c["commandName"] != "help"]
        for command in commands:
            if not command.get("shouldDisplay", True):
                continue
            name = command["commandName"]
            self.assertRegex(page, rf'trawl {name}\b', name)
            for argument in command.get("arguments", []):
                if argument["kind"] != "positional" and argument.get("shouldDisplay", True):
                    self.assertIn("--" + argument["preferredName"]["name"], page, name)
                if argument["kind"] == "option" and argument.get("shouldDisplay", True):
                    for value in argument.get("allValues") or []:
                        self.assertRegex(page, rf'\b{value}\b', f"{name}: {value}")

    def test_every_key_of_the_configuration_is_told(self):
        code = (ROOT / "Sources" / "TrawlService" / "Configuration" / "ConfigurationReader.swift").read_text()
        keys = set()
        for known in re.findall(r"known: \[(.*?)\]|Keys = \[(.*?)\]", code, re.S):
            keys |= set(re.findall(r'"([a-z0-9-]+)"', "".join(known)))
        self.assertGreater(len(keys), 20)
        for text, name in [(source("trawl-config.5"), "trawl-config.5"),
                           ((ROOT / "docs" / "configuration.md").read_text(), "configuration.md")]:
            self.assertEqual([key for key in sorted(keys) if not re.search(rf"\b{re.escape(key)}\b", text)], [], name)

    def test_every_field_of_a_query_is_told(self):
        code = (ROOT / "Sources" / "MailSearch" / "Query" / "QueryField.swift").read_text()
        names = re.findall(r'"([a-z]+)"', re.search(r"shownNames = \[(.*?)\]", code, re.S).group(1))
        self.assertGreater(len(names), 25)
        for text, file in [(source("trawl-query.7"), "trawl-query.7"),
                           ((ROOT / "docs" / "query-language.md").read_text(), "query-language.md")]:
            self.assertEqual([name for name in names if f"{name}:" not in text], [], file)


if __name__ == "__main__":
    unittest.main()
