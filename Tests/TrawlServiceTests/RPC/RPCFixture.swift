import Foundation
import Logging
import MIME
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

/// An index of three messages, and a server on it.
final class RPCFixture: Sendable {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let folder: TemporaryFolder
    let store: IndexStore
    let server: RPCServer
    let path: String

    init() async throws {
        let folder = try TemporaryFolder("trawl-rpc")
        var paths: [String] = []
        for (name, subject) in [("1", "budget"), ("2", "budget again"), ("3", "lunch")] {
            paths.append(try folder.write(RPCFixture.message(subject, name), to: "\(name).eml"))
        }
        let store = try IndexStore.open(folder.path("data"), access: .readWrite)
        let work = MailImport(store: store, data: folder.path("data"), now: 1_800_000_000)
        _ = try await work.run(paths)
        let path = folder.path("run/trawl.sock")
        let operations = RPCOperations(
            sync: { accounts in
                if accounts == ["slow"] { try await Task.sleep(for: .seconds(60)) }
                if accounts == ["bad"] { throw ServiceError(.accountUnknown, "no account \"bad\"") }
            }, raw: { _ in Array("never asked".utf8) })
        self.folder = folder
        self.store = store
        self.path = path
        server = RPCServer(
            store: store, socket: path, users: ["ana@example.org"], operations: operations, logger: RPCFixture.logger)
    }

    static func message(_ subject: String, _ name: String) -> String {
        """
        From: Ana <ana@example.org>
        To: bo@example.com
        Subject: \(subject)
        Date: Tue, \(name) Mar 2024 12:00:00 +0000
        Message-ID: <\(name)@example.org>

        text of \(subject)

        """
    }

    func add(_ subject: String, _ name: String) async throws {
        let path = try folder.write(RPCFixture.message(subject, name), to: "\(name).eml")
        _ = try await MailImport(store: store, data: folder.path("data"), now: 1_800_000_000).run([path])
    }

    /// Runs `body` with an index and a server of its own.
    static func serving<R>(_ body: (RPCFixture) async throws -> R) async throws -> R {
        let fixture = try await RPCFixture()
        return try await fixture.serving(fixture.server) { try await body(fixture) }
    }

    /// Another server on the same index and socket, as after a restart.
    func anotherServer() -> RPCServer {
        let operations = RPCOperations(sync: { _ in }, raw: { _ in [] })
        return RPCServer(store: store, socket: path, operations: operations, logger: Self.logger)
    }

    /// Runs `body` while a server serves, each once.
    func serving<R>(_ server: RPCServer, _ body: () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
            group.addTask { try await server.run { continuation.finish() } }
            for await _ in ready {}
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            #expect(Files.status(path) == nil, "the socket's file goes with the server")
            return result
        }
    }
}
