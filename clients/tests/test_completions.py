"""Completions in the real shells."""

import json
import unittest

from support import TRAWL, Place, need

# What a Tab would offer: COMPREPLY after bash's own function ran over a line, as readline would part it.
BASH = r"""
source completion
compopt() { :; }
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
COMP_WORDS=(trawl) COMP_CWORD=1
_trawl
printf '%s\n' "${COMPREPLY[@]}"
"""

ZSH = r"""
fpath=($PWD $fpath)
autoload -Uz compinit && compinit -D -u
compadd() { print -rl -- ${(P)@[-1]}; }
_files() { print :files; }
words=("${@}") CURRENT=$#
source ./_trawl
_trawl
"""


class CompletionTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        (cls.place.home / "Sent Mail $(touch owned)").mkdir()
        note = (cls.place.mail / "thread-question.eml").read_text().replace("boat-1@", "sent-1@")
        (cls.place.home / "Sent Mail $(touch owned)" / "1.eml").write_text(note)
        cls.place.trawl("import", "Sent Mail $(touch owned)")
        cls.place.config.write_text('[queries]\nboats = "rudder"\n[accounts.work]\nhost = "h"\nuser = "u"\n'
                                    'password-env = "P"\n')

    def test_every_command_and_option_is_offered(self):
        dump = json.loads(self.place.trawl("--experimental-dump-help"))["command"]
        commands = [c for c in dump["subcommands"] if c.get("shouldDisplay", True)]
        offered = [line.split("\t")[0] for line in self.candidates("")]
        self.assertEqual([c["commandName"] for c in commands if c["commandName"] not in offered], [])
        for command in commands:
            offered = {line.split("\t")[0] for line in self.candidates(command["commandName"], "--")}
            for argument in command.get("arguments", []):
                if argument["kind"] != "positional" and argument.get("shouldDisplay", True):
                    self.assertIn("--" + argument["preferredName"]["name"], offered, command["commandName"])

    def candidates(self, *words):
        return self.place.trawl("completions", "bash", "--candidates", "--", "trawl", *words).splitlines()

    def bash(self, line):
        need(self, "bash")
        (self.place.home / "completion").write_text(self.place.trawl("completions", "bash"))
        return self.place.run("bash", "--norc", "-c", BASH, "-", line, status=None).stdout.splitlines()

    def test_bash_completes_commands_options_and_values(self):
        self.assertEqual(self.bash("trawl sea"), ["search"])
        self.assertIn("--no-snippets", self.bash("trawl search --"))
        self.assertEqual(self.bash("trawl search --format not"), ["notmuch-json"])
        self.assertEqual(self.bash("trawl search x --sort rel"), ["relevance"])
        self.assertEqual(self.bash("trawl sync wo"), ["work"])
        self.assertEqual(self.bash("trawl completions "), ["bash", "zsh", "fish"])

    def test_bash_completes_a_querys_words_after_the_colon(self):
        self.assertEqual(self.bash("trawl search participa"), ["participant:"])
        # Readline replaces what stands after the colon alone, and after the at sign.
        self.assertEqual(self.bash("trawl search from:an"), ["ana@harbour.example"])
        self.assertEqual(self.bash("trawl search from:ana@har"), ["harbour.example"])
        self.assertEqual(self.bash("trawl count x -to:lui"), ["luis@harbour.example"])
        self.assertEqual(self.bash("trawl search in:mai"), ["mail"])
        self.assertEqual(self.bash("trawl search query:bo"), ["boats"])
        self.assertEqual(self.bash("trawl search account:lo"), ["local"])

    def test_what_a_mailboxs_name_holds_is_quoted_and_never_run(self):
        offered = self.bash("trawl search in:Sent")
        self.assertEqual(len(offered), 1)
        count = self.place.run("bash", "-c", f"trawl count in:{offered[0]}").stdout
        self.assertEqual(count, "1\n")
        self.assertFalse((self.place.home / "owned").exists())

    def test_fish_completes(self):
        need(self, "fish")
        (self.place.home / "trawl.fish").write_text(self.place.trawl("completions", "fish"))

        def fish(line):
            text = self.place.run("fish", "--no-config", "-c", f"source trawl.fish; complete -C '{line}'").stdout
            return text.splitlines()

        self.assertEqual(fish("trawl sea"), ["search\tFind messages."])
        self.assertEqual(fish("trawl search from:an"), ["from:ana@harbour.example\tAna Silva"])
        self.assertEqual(fish("trawl search --format mail"), ["maildir"])

    def test_zsh_completes(self):
        need(self, "zsh")
        (self.place.home / "_trawl").write_text(self.place.trawl("completions", "zsh"))
        self.place.run("zsh", "-n", "_trawl")

        def zsh(*words):
            return self.place.run("zsh", "-f", "-c", ZSH, "-", "trawl", *words).stdout.splitlines()

        self.assertEqual(zsh("sea"), ["search"])
        self.assertEqual(zsh("search", "from:an"), ["from:ana@harbour.example"])
        self.assertEqual(zsh("search", "fr"), ["from:"])
        self.assertEqual(zsh("import", ""), [":files"])


if __name__ == "__main__":
    unittest.main()
