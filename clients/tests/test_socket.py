"""docs/socket.md and schema/openrpc.json against the real socket."""

import json
import re
import socket
import unittest

from support import ROOT, Place

ANYTHING = "…"
# What differs from index to index: bound where it is first told, and used in the requests after it.
NAMES_BOUND = {"id", "threadId", "state", "oldState", "newState"}


class Connection:
    def __init__(self, place):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(place.socket))
        self.lines = self.socket.makefile("rb")
        self.number = 1000

    def send(self, request):
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = json.loads(self.lines.readline())
            if answer.get("id") == request["id"]:
                return answer

    def call(self, method, params=None):
        self.number += 1
        return self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params or {}})

    def close(self):
        self.lines.close()
        self.socket.close()


class SocketDocumentTests(unittest.TestCase):
    def test_each_request_has_the_answer_that_is_written(self):
        place = Place()
        self.addCleanup(place.close)
        place.serve()
        connection = Connection(place)
        self.addCleanup(connection.close)
        text = (ROOT / "docs" / "socket.md").read_text()
        blocks = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", text, re.M | re.S)]
        self.assertGreater(len(blocks), 28)
        bound = {}
        methods = set()
        for request, written in zip(blocks[::2], blocks[1::2]):
            methods.add(request["method"])
            answer = connection.send(self.replaced(request, bound))
            self.compare(written, answer, bound, request["method"])
        described = {method["name"] for method in openrpc()["methods"]}
        self.assertEqual(described - methods, set())

    def replaced(self, value, bound):
        if isinstance(value, dict):
            return {key: item if key in ("jsonrpc", "method") else self.replaced(item, bound)
                    for key, item in value.items()}
        if isinstance(value, list):
            return [self.replaced(item, bound) for item in value]
        return bound.get(value, value) if isinstance(value, str) else value

    def compare(self, written, real, bound, where):
        if written == ANYTHING:
            return
        if isinstance(written, dict):
            self.assertIsInstance(real, dict, where)
            named = set(written) - {ANYTHING}
            if ANYTHING in written:
                self.assertLessEqual(named, set(real), where)
            else:
                self.assertEqual(named, set(real), where)
            for name in named:
                item = written[name]
                if name in NAMES_BOUND and isinstance(item, str) and item not in bound:
                    self.assertIsInstance(real[name], str)
                    bound[item] = real[name]
                self.compare(bound.get(item, item) if isinstance(item, str) else item, real[name], bound,
                             f"{where}.{name}")
        elif isinstance(written, list):
            self.assertIsInstance(real, list, where)
            if written and written[-1] == ANYTHING:
                written, real = written[:-1], real[: len(written) - 1]
            self.assertEqual(len(written), len(real), where)
            for index, (item, other) in enumerate(zip(written, real)):
                self.compare(item, other, bound, f"{where}[{index}]")
        else:
            self.assertEqual(written, real, where)


def openrpc():
    return json.loads((ROOT / "schema" / "openrpc.json").read_text())


class OpenRPCTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.document = openrpc()
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.place.serve()

    def setUp(self):
        self.connection = Connection(self.place)
        self.addCleanup(self.connection.close)
        self.id = self.connection.call("search", {"query": "filename:*.csv"})["result"]["hits"][0]["id"]
        self.state = self.connection.call("status")["result"]["state"]

    def example(self, name):
        return {
            "query": "rudder", "limit": 2, "offset": 0, "sort": "newest", "threads": False, "snippets": True,
            "ids": [self.id], "properties": ["id", "attachments"], "id": self.id, "prefix": "a", "accounts": [],
            "since": self.state, "watch": 1, "deadline": 20000,
        }[name]

    def test_the_methods_are_those_of_the_code(self):
        source = (ROOT / "Sources" / "TrawlService" / "RPC" / "RPCMethods.swift").read_text()
        names = re.search(r"static let names = \[(.*?)\]", source, re.S).group(1)
        self.assertEqual([method["name"] for method in self.document["methods"]], re.findall(r'"([^"]+)"', names))

    def test_each_method_takes_its_parameters_and_answers_as_described(self):
        for method in self.document["methods"]:
            params = {param["name"]: self.example(param["name"]) for param in method["params"]}
            for param in method["params"]:
                self.check(param["schema"], params[param["name"]], method["name"])
            answer = self.connection.call(method["name"], params)
            self.assertIn("result", answer, (method["name"], answer))
            self.check(method["result"]["schema"], answer["result"], method["name"])
            required = {param["name"]: self.example(param["name"]) for param in method["params"]
                        if param.get("required")}
            if method["name"] != "unwatch":
                self.assertIn("result", self.connection.call(method["name"], required), method["name"])

    def test_no_method_takes_others(self):
        for method in self.document["methods"]:
            params = {param["name"]: self.example(param["name"]) for param in method["params"]}
            for name in ["undescribed", "limit", "sort", "since", "properties", "accounts"]:
                if name in params:
                    continue
                answer = self.connection.call(method["name"], {**params, name: 1})
                self.assertEqual(answer.get("error", {}).get("code"), -32602, (method["name"], name, answer))

    def test_required_parameters_are_required(self):
        for method in self.document["methods"]:
            params = {param["name"]: self.example(param["name"]) for param in method["params"]}
            for param in method["params"]:
                if param.get("required"):
                    answer = self.connection.call(
                        method["name"], {name: value for name, value in params.items() if name != param["name"]})
                    self.assertEqual(answer.get("error", {}).get("code"), -32602, (method["name"], param["name"]))

    def test_the_bounds_of_numbers_are_the_codes(self):
        for method in self.document["methods"]:
            params = {param["name"]: self.example(param["name"]) for param in method["params"]}
            for param in method["params"]:
                for bound, step in [("minimum", -1), ("maximum", 1)]:
                    if bound in param["schema"]:
                        wrong = {**params, param["name"]: param["schema"][bound] + step}
                        answer = self.connection.call(method["name"], wrong)
                        self.assertEqual(answer.get("error", {}).get("code"), -32602, (method["name"], param["name"]))

    def test_search_results_are_as_described(self):
        schema = {"$ref": "#/components/schemas/SearchResult"}
        for query in ["*", "rudder"]:
            self.check(schema, json.loads(self.place.trawl("search", query, "--format", "json")), "search")

    def check(self, schema, value, where):
        """The few words of JSON Schema that the document uses."""
        if "$ref" in schema:
            target = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return self.check(target, value, where)
        for part in schema.get("allOf", []):
            self.check(part, value, where)
        if "const" in schema:
            self.assertEqual(value, schema["const"], where)
        if "enum" in schema:
            self.assertIn(value, schema["enum"], where)
        if "type" in schema:
            kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            known = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict,
                     "array": list, "null": type(None)}
            fits = any(isinstance(value, known[kind]) and (kind == "boolean" or not isinstance(value, bool))
                       for kind in kinds)
            self.assertTrue(fits, f"{where}: {value!r} is not {kinds}")
        if isinstance(value, dict):
            for name in schema.get("required", []):
                self.assertIn(name, value, where)
            for name, item in value.items():
                if name in schema.get("properties", {}):
                    self.check(schema["properties"][name], item, f"{where}.{name}")
                elif "additionalProperties" in schema:
                    self.check(schema["additionalProperties"], item, f"{where}.{name}")
        if isinstance(value, list) and "items" in schema:
            for item in value:
                self.check(schema["items"], item, where + "[]")


if __name__ == "__main__":
    unittest.main()
