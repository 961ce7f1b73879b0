import Foundation
import Logging
import MIME
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService
@testable import Presentation

/// The server over a real Unix domain socket.
@Suite(.serialized) struct RPCServerTests {
    /// Lines to send, and as many lines back.
    private func exchange(_ path: String, _ text: String, lines: Int) throws -> [[String: JSONValue]] {
        let client = try #require(LineClient(path))
        client.send(Array(text.utf8))
        return try client.receive(lines)
    }

    @Test func everyMethodAnswers() async throws {
        try await RPCFixture.serving { fixture in
            let client = try #require(RPCClient(socket: fixture.path))
            let found = try client.call("search", ["query": .string("budget"), "limit": .integer(1)])
            #expect(found.objectValue?["total"] == .integer(2))
            #expect(found.objectValue?["complete"] == .bool(true))
            let hit = try #require(found.objectValue?["hits"]?.arrayValue?.first?.objectValue)
            #expect(hit["subject"] == .string("budget again"))
            let id = try #require(hit["id"])
            #expect(try client.call("count", ["query": .string("*")]).objectValue?["total"] == .integer(3))
            let got = try client.call(
                "get", ["ids": .array([id, .string("zz"), id]), "properties": .array([.string("subject")])])
            #expect(
                got
                    == .object([
                        "list": .array([.object(["id": id, "subject": .string("budget again")])]),
                        "notFound": .array([.string("zz")]),
                    ]))
            #expect(try client.call("text", ["id": id]).objectValue?["text"]?.stringValue?.hasPrefix("text of") == true)
            let raw = try client.call("raw", ["id": id]).objectValue?["base64"]?.stringValue
            #expect(raw.flatMap { Data(base64Encoded: $0) } == Data(RPCFixture.message("budget again", "2").utf8))
            #expect(try client.call("thread", ["id": id]).objectValue?["list"]?.arrayValue?.count == 1)
            let addresses = try client.call("addresses", ["prefix": .string("an")])
            #expect(
                addresses.objectValue?["list"]
                    == .array([
                        .object(["name": .string("Ana"), "email": .string("ana@example.org"), "count": .integer(3)])
                    ]))
            #expect(try client.call("mailboxes", [:]).objectValue?["list"]?.arrayValue?.count == 1)
            #expect(try client.call("status", [:]).objectValue?["messages"] == .integer(3))
            #expect(try client.call("sync", [:]) == .object([:]))
            #expect(try client.call("explain", ["query": .string("a -b")]).objectValue?["parsed"] != nil)
            let state = try #require(try client.call("status", [:]).objectValue?["state"])
            let changes = try client.call("changes", ["since": state])
            #expect(changes.objectValue?["hasMoreChanges"] == .bool(false))
            #expect(changes.objectValue?["newState"] == state)
        }
    }

    @Test func meIsKnownFromTheAccounts() async throws {
        try await RPCFixture.serving { fixture in
            let client = try #require(RPCClient(socket: fixture.path))
            #expect(try client.call("count", ["query": .string("from:me")]).objectValue?["total"] == .integer(3))
            #expect(try client.call("count", ["query": .string("to:me")]).objectValue?["total"] == .integer(0))
            let parsed = try client.call("explain", ["query": .string("-cc:me")]).objectValue?["parsed"]
            #expect(parsed == .string("(not cc:me[ana@example.org])"))
            #expect(try client.call("watch", ["query": .string("from:me")]).objectValue?["watch"] != nil)
        }
    }

    @Test func hostileLinesAreAnsweredAndTheConnectionGoesOn() async throws {
        try await RPCFixture.serving { fixture in
            let deep = String(repeating: "[", count: 5000)
            let text = """
                nonsense
                [1,2]
                {"jsonrpc":"2.0","id":{},"method":"count"}
                {"jsonrpc":"1.0","id":1,"method":"count"}
                {"jsonrpc":"2.0","id":2,"method":"cuont"}
                {"jsonrpc":"2.0","id":3,"method":"count","params":[1]}
                {"jsonrpc":"2.0","id":4,"method":"count","params":{"query":3}}
                {"jsonrpc":"2.0","id":5,"method":"count","params":{"qery":"x"}}
                {"jsonrpc":"2.0","id":6,"method":"count","params":{"query":"(a"}}
                {"jsonrpc":"2.0","id":7,"method":"search","params":{"query":"*","limit":-1}}
                {"jsonrpc":"2.0","id":8,"method":"text","params":{"id":"\\u0000"}}
                {"jsonrpc":"2.0","id":9,"method":"changes","params":{"since":"nonsense"}}
                {"jsonrpc":"2.0","id":10,"method":"sync","params":{"accounts":["bad"]}}
                {"jsonrpc":"2.0","method":"count","params":{"query":"(a"}}
                \(deep)
                \(String(repeating: "x", count: 3 << 20))

                {"jsonrpc":"2.0","id":"last","method":"count","params":{"query":"*"}}

                """
            let answers = try exchange(fixture.path, text, lines: 16)
            var codes: [JSONValue: Int64] = [:]
            var nameless: [Int64] = []
            for answer in answers {
                let code = answer["error"]?.objectValue?["code"]?.integerValue ?? 0
                if answer["id"] == .null { nameless.append(code) } else { codes[answer["id"] ?? .null] = code }
            }
            #expect(nameless.sorted() == [-32700, -32700, -32600, -32600, -32600])
            let expected: [JSONValue: Int64] = [
                .integer(1): -32600, .integer(2): -32601, .integer(3): -32602, .integer(4): -32602, .integer(5): -32602,
                .integer(6): -32000, .integer(7): -32602, .integer(8): -32001, .integer(9): -32003,
                .integer(10): -32602,
                .string("last"): 0,
            ]
            #expect(codes == expected)
        }
    }

    @Test func manyRequestsOfManyClientsAreAllAnswered() async throws {
        try await RPCFixture.serving { fixture in
            let path = fixture.path
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        var text = ""
                        for id in 0..<300 {
                            text +=
                                "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"search\",\"params\":{\"query\":\"budget\"}}\n"
                        }
                        return Set(try self.exchange(path, text, lines: 300).compactMap { $0["id"]?.integerValue })
                            .count
                    }
                }
                for try await count in group { #expect(count == 300) }
            }
        }
    }

    @Test func halfClosedVanishingAndSilentClientsDoNoHarm() async throws {
        try await RPCFixture.serving { fixture in
            // One that says all it wants, closes its half, and still gets its answers; the last line lacks its end.
            let half = try #require(LineClient(fixture.path))
            half.send(Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"count\",\"params\":{\"query\":\"*\"}}".utf8))
            half.closeOutput()
            #expect(try half.receive(1).first?["id"] == .integer(1))
            // Ones that ask much and go.
            for _ in 0..<20 {
                let client = try #require(LineClient(fixture.path))
                for id in 0..<50 {
                    client.send(
                        Array(
                            "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"search\",\"params\":{\"query\":\"*\"}}\n"
                                .utf8))
                }
            }
            // One that asks and never reads; the others go on.
            let silent = try #require(LineClient(fixture.path))
            silent.sendWithoutWaiting(
                Array(
                    String(
                        repeating:
                            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"search\",\"params\":{\"query\":\"*\"}}\n",
                        count: 20_000
                    ).utf8))
            let client = try #require(RPCClient(socket: fixture.path))
            #expect(try client.call("count", ["query": .string("*")]).objectValue?["total"] == .integer(3))
        }
    }

    @Test func requestsCanBeCancelledAndHaveDeadlines() async throws {
        try await RPCFixture.serving { fixture in
            let text = """
                {"jsonrpc":"2.0","id":1,"method":"sync","params":{"accounts":["slow"]}}
                {"jsonrpc":"2.0","id":2,"method":"count","params":{"query":"*","deadline":0}}
                {"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}
                {"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":77}}

                """
            let answers = try exchange(fixture.path, text, lines: 2)
            let codes = Dictionary(
                uniqueKeysWithValues: answers.map { ($0["id"], $0["error"]?.objectValue?["code"]?.integerValue) })
            #expect(codes[.integer(1)] == -32800)
            #expect(codes[.integer(2)] == -32602)
        }
    }

    @Test func watchesTellWhatComesAndGoOnFromAState() async throws {
        try await RPCFixture.serving { fixture in
            let client = try #require(RPCClient(socket: fixture.path))
            let begun = try client.call("watch", ["query": .string("subject:budget")])
            let state = try #require(begun.objectValue?["state"]?.stringValue)
            try await fixture.add("lunch again", "4")
            try await fixture.add("budget thrice", "5")
            fixture.server.indexChanged()
            let first = try #require(try client.nextNotification())
            #expect(first.method == "match")
            #expect(first.params["watch"] == .integer(1))
            #expect(first.params["email"]?.objectValue?["subject"] == .string("budget thrice"))
            _ = try client.call("unwatch", ["watch": .integer(1)])
            #expect(throws: RPCError.self) { try client.call("unwatch", ["watch": .integer(1)]) }
            // Another client goes on from the state at which the first began.
            let later = try #require(RPCClient(socket: fixture.path))
            _ = try later.call("watch", ["query": .string("subject:budget"), "since": .string(state)])
            #expect(
                try later.nextNotification()?.params["email"]?.objectValue?["subject"] == .string("budget thrice"))
            #expect(throws: RPCError.self) {
                try later.call("watch", ["query": .string("x"), "since": .string("nonsense")])
            }
        }
    }

    @Test func aStaleSocketIsReplacedAndALivingOneIsNot() async throws {
        let path = try await RPCFixture.serving { fixture in
            #expect(Files.status(fixture.path)?.permissions == 0o600)
            #expect(Files.status(Paths.folder(of: fixture.path))?.permissions == 0o700)
            let second = RPCServer(
                store: fixture.store, socket: fixture.path,
                operations: RPCOperations(sync: { _ in }, raw: { _ in [] }),
                logger: RPCFixture.logger)
            do {
                try await second.run()
                Issue.record("two servers on one socket")
            } catch let error as ServiceError {
                #expect(error.code == .alreadyRunning)
            }
            // The first still answers.
            #expect(RPCClient(socket: fixture.path) != nil)
            return fixture.path
        }
        #expect(RPCClient(socket: path) == nil)
        let folder = try TemporaryFolder("trawl-socket")
        let stale = folder.path("s")
        // Bound and never listened on, as a server that was killed leaves it.
        close(try RPCSocket.bind(stale))
        #expect(Files.status(stale) != nil)
        close(try RPCSocket.bind(stale))
        let file = try folder.write("mine", to: "file")
        #expect(throws: ServiceError.self) { try RPCSocket.bind(file) }
        #expect(throws: ServiceError.self) { try RPCSocket.bind("/proc/nowhere/s") }
        #expect(throws: ServiceError.self) { try RPCSocket.bind(folder.path(String(repeating: "x", count: 200))) }
    }
}
