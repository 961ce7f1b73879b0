"""`trawl search --format notmuch-json` beside the real notmuch on the same mail."""

import json
import shutil
import unittest

from support import Place, need


class NotmuchShapeTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need(cls, "notmuch")
        cls.place = place = Place()
        cls.addClassCleanup(place.close)
        maildir = place.home / "notmuch"
        for name in ["cur", "new", "tmp"]:
            (maildir / name).mkdir(parents=True)
        for file in place.mail.iterdir():
            shutil.copy(file, maildir / "cur" / f"{file.stem}:2,")
        config = place.home / "notmuch-config"
        config.write_text(f"[database]\npath={maildir}\n[user]\nname=Sam\nprimary_email=sam@demo.example\n"
                          "[new]\ntags=unread\n")
        place.environment["NOTMUCH_CONFIG"] = str(config)
        place.run("notmuch", "new", "--quiet")

    def both(self, query):
        theirs = json.loads(self.place.run("notmuch", "search", "--format=json", query).stdout)
        found = 0 if theirs else 1
        ours = json.loads(self.place.trawl("search", "--format", "notmuch-json", query, status=found))
        return theirs, ours

    def test_threads_have_notmuchs_members_and_values(self):
        for query in ["*", "rudder", "from:ana", "weld", "factura", "nothing-has-this-word"]:
            theirs, ours = self.both(query)
            self.assertEqual(len(theirs), len(ours), query)
            for their, our in zip(theirs, ours):
                self.assertEqual(list(their), list(our))
                for name in ["timestamp", "date_relative", "matched", "total", "authors", "subject"]:
                    self.assertEqual(their[name], our[name], (query, name))
                self.assertEqual([type(part) for part in their["query"]], [type(part) for part in our["query"]])
                self.assertIn("unread", our["tags"])
                self.assertEqual([tag for tag in our["tags"] if tag not in their["tags"]
                                  and tag != "attachment"], [])

    def test_the_query_given_finds_the_messages_again(self):
        _, ours = self.both("weld")
        matched, others = ours[0]["query"]
        self.assertEqual(self.place.trawl("count", matched).strip(), str(ours[0]["matched"]))
        if others:
            self.assertEqual(
                self.place.trawl("count", others).strip(), str(ours[0]["total"] - ours[0]["matched"]))
        self.assertEqual(self.place.trawl("count", "thread:" + ours[0]["thread"]).strip(), str(ours[0]["total"]))


if __name__ == "__main__":
    unittest.main()
