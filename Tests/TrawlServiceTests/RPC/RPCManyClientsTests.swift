import Foundation
import TestSupport
import Testing

@testable import TrawlService

/// Many clients at once, and clients that outlive their server.
@Suite(.serialized) struct RPCManyClientsTests {
    private func ask(_ client: LineClient, _ id: Int, _ method: String, _ params: String) throws -> [String: JSONValue]
    {
        client.send(Array("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\",\"params\":\(params)}\n".utf8))
        return try #require(try client.receive(1).first)
    }

    private static func mayOpen(_ count: UInt64) -> Bool {
        var limit = rlimit()
        #if canImport(Darwin)
            let descriptors = RLIMIT_NOFILE
        #else
            let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        guard getrlimit(descriptors, &limit) == 0 else { return false }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(count)))
        return setrlimit(descriptors, &limit) == 0 && limit.rlim_cur >= rlim_t(count)
    }

    @Test func aThousandConnectionsAreServedAndOneMoreIsRefused() async throws {
        // Both ends of each connection are this process's.
        try #require(Self.mayOpen(2_200), "2,200 descriptors are needed")
        try await RPCFixture.serving { fixture in
            var clients: [LineClient] = []
            for number in 0..<RPCServer.mostConnections {
                // The kernel's queue of those that wait to be accepted is shorter than this loop.
                var client = LineClient(fixture.path)
                while client == nil, number > 0 {
                    try await Task.sleep(for: .milliseconds(5))
                    client = LineClient(fixture.path)
                }
                clients.append(try #require(client))
            }
            for (number, client) in clients.enumerated() {
                let answer = try ask(client, number, "count", #"{"query":"budget"}"#)
                #expect(answer["id"] == .integer(Int64(number)))
                #expect(answer["result"]?.objectValue?["total"] == .integer(2))
            }
            let oneMore = try #require(LineClient(fixture.path))
            #expect(throws: ServiceError.self) { try ask(oneMore, 1, "count", #"{"query":"budget"}"#) }
            // A place that is left is another's.
            clients.removeFirst(10)
            var isServed = false
            for _ in 0..<200 where !isServed {
                try await Task.sleep(for: .milliseconds(10))
                isServed =
                    LineClient(fixture.path).map { (try? ask($0, 1, "count", #"{"query":"*"}"#)) != nil } ?? false
            }
            #expect(isServed)
        }
    }

    @Test func aWatchGoesOnOverARestartWithNothingMissedAndNothingTwice() async throws {
        let fixture = try await RPCFixture()
        var state = ""
        var told: [String] = []
        var number = 10
        /// Serves, adds mail before and while the client watches, and takes what it is told until it goes away.
        func round(before: Int, during: Int) async throws {
            for _ in 0..<before {
                number += 1
                try await fixture.add("budget \(number)", "\(number)")
            }
            let server = fixture.anotherServer()
            try await fixture.serving(server) {
                let client = try #require(RPCClient(socket: fixture.path))
                var params: [String: JSONValue] = ["query": .string("subject:budget")]
                if !state.isEmpty { params["since"] = .string(state) }
                let begun = try client.call("watch", params)
                if state.isEmpty { state = try #require(begun.objectValue?["state"]?.stringValue) }
                for _ in 0..<during {
                    number += 1
                    try await fixture.add("budget \(number)", "\(number)")
                    try await fixture.add("lunch \(number)", "1\(number)")
                    server.indexChanged()
                }
                for _ in 0..<(before + during) {
                    let notification = try #require(try client.nextNotification())
                    #expect(notification.method == "match")
                    told.append(notification.params["email"]?.objectValue?["subject"]?.stringValue ?? "")
                    // What a client keeps: it may go away after any line.
                    state = try #require(notification.params["state"]?.stringValue)
                }
            }
        }
        try await round(before: 0, during: 3)
        try await round(before: 4, during: 0)
        try await round(before: 2, during: 2)
        try await round(before: 0, during: 0)
        try await round(before: 1, during: 1)
        #expect(told.sorted() == (11...number).map { "budget \($0)" }.sorted())
        #expect(told.count == 13)
    }

    @Test func unwatchKnowsItsParameters() async throws {
        try await RPCFixture.serving { fixture in
            let client = try #require(RPCClient(socket: fixture.path))
            _ = try client.call("watch", ["query": .string("x")])
            for params: [String: JSONValue] in [
                [:], ["watch": .string("1")], ["watch": .integer(0)], ["watch": .integer(1), "wach": .integer(1)],
            ] {
                do {
                    _ = try client.call("unwatch", params)
                    Issue.record("\(params) were taken")
                } catch let error as RPCError {
                    #expect(error.code == .invalidParams)
                }
            }
            _ = try client.call("unwatch", ["watch": .integer(1)])
        }
    }
}
