"""The client against the real `trawl serve`."""

import os
import sys
import threading
import unittest
from pathlib import Path

CLIENTS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CLIENTS / "python"), str(CLIENTS / "tests")]

from support import Place  # noqa: E402
from trawl_client import RPCError, Trawl, TrawlError, socket_path  # noqa: E402


class ClientTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.place.serve()

    def setUp(self):
        self.trawl = Trawl(self.place.socket)
        self.addCleanup(self.trawl.close)

    def test_search_finds_as_the_command_does(self):
        found = self.trawl.search("rudder", limit=2)
        self.assertEqual(found.total, 3)
        self.assertTrue(found.complete)
        self.assertEqual(len(found.hits), 2)
        ids = self.place.trawl("search", "rudder", "--format", "ids").split()
        self.assertEqual([hit["id"] for hit in found.hits], ids[:2])
        self.assertIn("<mark>rudder</mark>", found.hits[0]["snippet"]["subject"])
        rest = self.trawl.search("rudder", offset=2, snippets=False)
        self.assertEqual([hit["id"] for hit in rest.hits], ids[2:])
        self.assertNotIn("snippet", rest.hits[0])
        self.assertEqual(len(self.trawl.search("rudder", threads=True).hits), 1)
        oldest = self.trawl.search("rudder", sort="oldest").hits
        self.assertEqual([hit["id"] for hit in oldest], ids[::-1])

    def test_a_message_is_read_in_every_way(self):
        hit = self.trawl.search("mid:boat-1@harbour.example").hits[0]
        self.assertIn("Albatross", self.trawl.text(hit["id"]))
        self.assertEqual(self.trawl.raw(hit["id"]), (self.place.mail / "thread-question.eml").read_bytes())
        thread = self.trawl.thread(hit["id"])
        self.assertEqual(len(thread), 3)
        self.assertEqual(thread[0]["id"], hit["id"])
        email = self.trawl.get(hit["id"])[0]
        self.assertEqual(email["from"], [{"name": "Ana Silva", "email": "ana@harbour.example"}])
        self.assertEqual(self.trawl.get(hit["id"], "zzzz", properties=["subject"]),
                         [{"id": hit["id"], "subject": "The boat needs a new rudder"}])

    def test_counts_addresses_and_state(self):
        self.assertGreaterEqual(self.trawl.count("*"), 11)
        self.assertEqual(self.trawl.addresses("ana")[0]["email"], "ana@harbour.example")
        self.assertEqual(self.trawl.mailboxes()["list"][0]["mailbox"], "mail")
        self.assertEqual(self.trawl.status()["accounts"][0]["account"], "local")
        self.assertEqual(self.trawl.explain("a b")["parsed"], '(and "a" "b")')
        self.assertEqual(self.trawl.count("query:boats"), 3)
        self.assertEqual(self.trawl.sync(), {})

    def test_errors_bear_their_codes(self):
        with self.assertRaises(RPCError) as caught:
            self.trawl.search("(rudder")
        self.assertEqual(caught.exception.code, -32000)
        self.assertEqual(caught.exception.data["offset"], 0)
        for call, code in [
            (lambda: self.trawl.text("zzzz"), -32001),
            (lambda: self.trawl.changes("nonsense"), -32003),
            (lambda: self.trawl.call("serch", query="x"), -32601),
            (lambda: self.trawl.call("search", qeury="x"), -32602),
        ]:
            with self.assertRaises(RPCError) as caught:
                call()
            self.assertEqual(caught.exception.code, code)
        self.assertEqual(self.trawl.count("rudder"), 3)

    def test_threads_share_a_connection(self):
        wrong = []

        def work(word, count):
            for _ in range(50):
                if self.trawl.count(word) != count:
                    wrong.append(word)

        workers = [threading.Thread(target=work, args=pair) for pair in [("rudder", 3), ("factura", 1)] * 4]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(wrong, [])

    def test_nobody_there_is_said_plainly(self):
        with self.assertRaisesRegex(TrawlError, "is `trawl serve` running"):
            Trawl(self.place.home / "no-such-socket")

    def test_the_socket_is_where_trawl_has_it(self):
        kept = dict(os.environ)
        try:
            for name in ["TRAWL_SOCKET", "TRAWL_DATA", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"]:
                os.environ.pop(name, None)
            os.environ["HOME"] = "/home/sam"
            self.assertEqual(str(socket_path()), "/home/sam/.local/share/trawl/trawl.sock")
            os.environ["XDG_DATA_HOME"] = "/data"
            self.assertEqual(str(socket_path()), "/data/trawl/trawl.sock")
            os.environ["TRAWL_DATA"] = "/mail"
            self.assertEqual(str(socket_path()), "/mail/trawl.sock")
            os.environ["XDG_RUNTIME_DIR"] = "/run/user/1"
            self.assertEqual(str(socket_path()), "/run/user/1/trawl/trawl.sock")
            os.environ["TRAWL_SOCKET"] = "/s"
            self.assertEqual(str(socket_path()), "/s")
        finally:
            os.environ.clear()
            os.environ.update(kept)


class WatchTests(unittest.TestCase):
    def test_a_watch_tells_of_new_mail_and_goes_on_after_a_restart(self):
        place = Place()
        self.addCleanup(place.close)
        place.serve()
        with Trawl(place.socket) as trawl:
            state = trawl.status()["state"]
            matches = trawl.watch("zephyr")
            told = []
            reader = threading.Thread(target=lambda: told.append(next(matches)))
            reader.start()
            while not trawl._watches:
                pass
            place.arrive()
            reader.join(20)
            self.assertEqual(len(told), 1)
            self.assertTrue(told[0].matches)
            self.assertIn("mailboxes", told[0].email)
            changes = trawl.changes(state)
            self.assertEqual(changes.created, [told[0].email["id"]])
            self.assertFalse(changes.has_more)
        place.stop()
        # What came since is told once more from the earlier state, and not again from the later one.
        place.serve()
        with Trawl(place.socket) as trawl:
            again = next(trawl.watch("zephyr", since=state))
            self.assertEqual(again.email["id"], told[0].email["id"])
            self.assertEqual(trawl.changes(again.state).created, [])

    def test_waiting_requests_fail_when_serve_ends(self):
        place = Place()
        self.addCleanup(place.close)
        place.serve()
        with Trawl(place.socket) as trawl:
            watch = trawl.watch("rudder")
            failed = []

            def wait():
                try:
                    next(watch)
                except TrawlError as error:
                    failed.append(error)

            reader = threading.Thread(target=wait)
            reader.start()
            while not trawl._watches:
                pass
            place.stop()
            reader.join(20)
            self.assertEqual(len(failed), 1)


if __name__ == "__main__":
    unittest.main()
