"""Every command in the documents is run.

Fenced blocks of `sh` are run with an index of the demo mail, each with bash, its lines one after the other. After the
word `sh` may stand: `server` (`trawl serve` runs), `fzf` (in a terminal), `elsewhere` (not run: it needs an account, a
desktop or a system manager; its trawl commands and scripts must still be ones that there are). Those of README and
of the benchmarks are of that last kind: they build, install and measure; test_new_user.py runs README's way to the first
search, and scripts/demo what README shows of it. Links must lead somewhere.
"""

import json
import re
import subprocess
import time
import unittest
from xml.etree import ElementTree

from support import ROOT, Place, need

DOCUMENTS = sorted((ROOT / "docs").glob("*.md")) + [
    path for path in [ROOT / "README.md", ROOT / "clients" / "python" / "README.md"] if path.exists()]


def blocks(path):
    """(info string, text) of each fenced block."""
    found, info, lines = [], None, []
    for line in path.read_text().splitlines():
        if line.startswith("```"):
            if info is None:
                info, lines = line[3:].strip(), []
            else:
                found.append((info, "\n".join(lines) + "\n"))
                info = None
        elif info is not None:
            lines.append(line)
    return found


def shell_blocks(word):
    for path in DOCUMENTS:
        for info, text in blocks(path):
            words = info.split()
            if words == ["sh"] and path.name in ("README.md", "benchmarks.md"):
                words = ["sh", "elsewhere"]
            if words == ["sh", *([word] if word else [])]:
                yield path, text


class DocumentTests(unittest.TestCase):
    def run_block(self, place, path, text):
        with self.subTest(document=path.name, block=text):
            result = place.run("bash", "-c", "set -o pipefail\n" + text, status=None)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def test_each_command_is_run(self):
        place = Place()
        self.addCleanup(place.close)
        ran = list(shell_blocks(None))
        self.assertGreater(len(ran), 10)
        for path, text in ran:
            self.run_block(place, path, text)

    def test_each_command_that_needs_serve_is_run(self):
        need(self, "socat")
        place = Place()
        self.addCleanup(place.close)
        place.serve()
        for path, text in shell_blocks("server"):
            self.run_block(place, path, text)

    def test_commands_that_cannot_be_run_here_are_known_to_trawl(self):
        place = Place(mail=False)
        self.addCleanup(place.close)
        for path, text in shell_blocks("elsewhere"):
            for script in re.findall(r"\./(scripts/[a-z-]+)", text):
                self.assertTrue((ROOT / script).exists(), (path.name, script))
            # What stands within quotes and here documents is no command.
            text = re.sub(r"<<'END'\n.*?\nEND\n", "\n", text, flags=re.S)
            for command, rest in re.findall(r"^(?:\$ )?trawl ([a-z]+)((?: [^\n|&>#]*)?)", text, re.M):
                command = ["account", "add"] if rest.split()[:1] == ["add"] else [command]
                help_text = place.run("trawl", *command, "--help").stdout
                for option in re.findall(r"(--[a-z-]+)", rest.split("--exec")[0]):
                    self.assertIn(option, help_text, (path.name, command))

    def test_every_block_says_what_it_is(self):
        known = {"sh", "sh server", "sh fzf", "sh elsewhere", "toml", "json", "python", "vim", "elisp", "text", ""}
        for path in DOCUMENTS:
            for info, text in blocks(path):
                self.assertIn(info, known, path.name)
                if info in ("", "text"):
                    for line in text.splitlines():
                        self.assertFalse(line.startswith("trawl "), f"{path.name}: {line}: is not run")

    def test_links_lead_somewhere(self):
        for path in DOCUMENTS:
            for target in re.findall(r"\]\((?!https?:)([^)#]*)", path.read_text()):
                if target and target != "benchmarks.md":
                    self.assertTrue((path.parent / target).exists(), f"{path.name}: {target}")

    def test_every_document_is_reached_from_readme(self):
        reached, waiting = set(), [ROOT / "README.md"]
        while waiting:
            path = waiting.pop().resolve()
            if path in reached or not path.exists():
                continue
            reached.add(path)
            if path.suffix == ".md":
                waiting += [path.parent / target for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text())]
        documents = [path for path in (ROOT / "docs").rglob("*") if path.is_file()]
        self.assertEqual([str(path.relative_to(ROOT)) for path in documents if path.resolve() not in reached], [])

    def test_queries_of_the_query_language_can_be_read(self):
        place = Place()
        self.addCleanup(place.close)
        # For from:me.
        place.config.write_text('[accounts.demo]\nhost = "localhost"\nuser = "sam@demo.example"\npassword-env = "P"\n')
        text = (ROOT / "docs" / "query-language.md").read_text()
        queries = re.findall(r"^\| `([^`|]+)` \|", text.split("## Fields")[0], re.M)
        queries += re.findall(r"`((?:from|to|subject|filename|type|in|newer|older|larger):[^`]+)`", text)
        self.assertGreater(len(queries), 12)
        for query in queries:
            for one in query.split("`, `"):
                with self.subTest(query=one):
                    place.trawl("explain", one)

    def test_the_example_configurations_are_read(self):
        place = Place()
        self.addCleanup(place.close)
        count = 0
        for path in DOCUMENTS:
            for info, text in blocks(path):
                if info != "toml":
                    continue
                count += 1
                with self.subTest(document=path.name, block=text):
                    place.config.write_text(text)
                    # A saved query makes it read its configuration.
                    result = place.run("trawl", "search", "query:bills", status=None)
                    self.assertNotIn("config.toml", result.stderr)
        self.assertGreater(count, 3)


class ProgramTests(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)

    def test_the_vim_commands_list_and_show(self):
        need(self, "vim")
        commands = [text for info, text in blocks(ROOT / "docs" / "integrations.md") if info == "vim"]
        script = self.place.home / "test.vim"
        identifier = self.place.trawl("search", "mid:boat-1@harbour.example", "--format", "ids").strip()
        script.write_text(
            "".join(commands) + "Trawl rudder\n"
            "call writefile([string(len(getqflist()))] + map(getqflist(), {_, q -> q.text}), 'list')\n"
            f"TrawlShow {identifier}\ncall writefile(getline(1, '$'), 'message')\nqall!\n")
        self.place.run("vim", "-u", "NONE", "-N", "-es", "-S", script, status=None)
        listed = (self.place.home / "list").read_text().splitlines()
        self.assertEqual(listed[0], "3")
        self.assertIn("The boat needs a new rudder", listed[1])
        message = (self.place.home / "message").read_text()
        self.assertTrue(message.startswith("From:    Ana Silva"), message)
        self.assertIn("Albatross", message)

    def test_vim_reads_results_as_its_error_list(self):
        need(self, "vim")
        self.place.run("bash", "-c", "trawl search --no-snippets rudder > found; vim -u NONE -N -es -q found "
                       "-c \"call writefile([string(len(getqflist()))], 'count')\" -c 'qall!'", status=None)
        self.assertEqual((self.place.home / "count").read_text(), "3\n")

    def test_watch_runs_a_command_for_each_new_message(self):
        line = [text for _, text in shell_blocks("elsewhere") if text.startswith("trawl watch")][0].strip()
        stub = self.place.home / "bin" / "notify-send"
        stub.write_text('#!/bin/sh\necho "$@" >> told\ncat >> mail.json\n')
        stub.chmod(0o755)
        self.place.serve()
        watching = subprocess.Popen(["bash", "-c", "exec " + line.replace("in:inbox", "in:mail")],
                                    env=self.place.environment, cwd=self.place.home)
        self.addCleanup(watching.wait)
        self.addCleanup(watching.terminate)
        time.sleep(1)
        self.place.arrive()
        told = self.place.home / "told"
        for _ in range(200):
            if told.exists() and (self.place.home / "mail.json").read_text().endswith("\n"):
                break
            time.sleep(0.05)
        self.assertEqual(told.read_text(), "new mail\n")
        email = json.loads((self.place.home / "mail.json").read_text())
        self.assertEqual(email["subject"], "Berth 12 is yours")

    def test_the_picture_in_readme_can_be_made(self):
        need(self, "tmux")
        picture = self.place.home / "picture.svg"
        self.place.run(ROOT / "scripts" / "picture", picture)
        text = "".join(ElementTree.parse(picture).getroot().itertext())
        for shown in ["> harbour", "Berth 12 is yours", "1 of 7", "In:      local/inbox"]:
            # Runs of text stand each by themselves.
            self.assertIn("".join(shown.split()), "".join(text.split()))
        # Matches stand out.
        self.assertRegex(picture.read_text(), r'fill="#f2727f" font-weight="700">harbour<')

    def test_the_fzf_line_searches_as_one_types(self):
        need(self, "fzf", "tmux")
        line = [text for _, text in shell_blocks("fzf")][0].strip()
        (self.place.home / "fzf.sh").write_text(line + " > chosen\n")
        session = self.place.home / "tmux"

        def tmux(*arguments):
            return subprocess.run(["tmux", "-u", "-S", str(session), "-f", "/dev/null", *arguments],
                                  env=self.place.environment, cwd=self.place.home, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

        def wait(*texts, without=()):
            screen = ""
            for _ in range(200):
                screen = tmux("capture-pane", "-p", "-t", "t")
                if all(text in screen for text in texts) and not any(text in screen for text in without):
                    return
                time.sleep(0.05)
            self.fail(f"{texts} did not come:\n{screen}")

        tmux("new-session", "-d", "-s", "t", "-x", "160", "-y", "30", "bash", "fzf.sh")
        self.addCleanup(tmux, "kill-server")
        wait("Begoña Núñez")
        tmux("send-keys", "-t", "t", "-l", "from:luis weld")
        wait("Luis Ortega", without=["Begoña Núñez"])
        tmux("send-keys", "-t", "t", "Enter")
        for _ in range(100):
            if (self.place.home / "chosen").exists() and (self.place.home / "chosen").read_text():
                break
            time.sleep(0.05)
        chosen = (self.place.home / "chosen").read_text().strip()
        self.assertEqual(chosen, self.place.trawl("search", "from:luis weld", "--format", "ids").split()[0])


if __name__ == "__main__":
    unittest.main()
