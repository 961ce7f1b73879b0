import Foundation
import IMAPCore
import MailIndex
import MailSearch
import ServiceLifecycle
import TestSupport
import Testing

@testable import TrawlService

/// `trawl serve` as a whole: accounts, index and socket under one life cycle.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct TrawlServerTests {
    @Test func aDeliveryIsAnsweredOverTheSocketAndSIGTERMsWayEndsItAll() async throws {
        let harness = try SyncHarness()
        try await harness.client { try await $0.append(sampleMessage("before")) }
        var configuration = Configuration()
        configuration.accounts = [harness.account]
        let socket = harness.folder.path("trawl.sock")
        let server = TrawlServer(
            configuration: configuration, environment: harness.environment, socket: socket)
        let group = ServiceGroup(services: [server], logger: SyncHarness.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            #expect(
                try await harness.eventually { try harness.store.status().accounts.first?.state == "watching" })
            let answer = try await ask(
                socket, #"{"jsonrpc":"2.0","id":1,"method":"count","params":{"query":"before"}}"#)
            #expect(answer.contains(#""total":1"#))
            try harness.server.deliver(sampleMessage("while it runs"), to: harness.server.user.name)
            let found = try await ask(
                socket, #"{"jsonrpc":"2.0","id":2,"method":"count","params":{"query":"runs"}}"#, until: #""total":1"#)
            #expect(found.contains(#""total":1"#))
            let synced = try await ask(socket, #"{"jsonrpc":"2.0","id":3,"method":"sync","params":{}}"#)
            #expect(synced.contains(#""result""#))
            let id = try #require(try harness.search("runs").first?.id)
            let raw = try await ask(
                socket, #"{"jsonrpc":"2.0","id":4,"method":"raw","params":{"id":"\#(id)"}}"#)
            #expect(raw.contains(#""base64""#))
            await group.triggerGracefulShutdown()
            try await tasks.next()
        }
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func aSecondSynchroniserOfTheSameDataIsRefused() throws {
        let folder = try TemporaryFolder()
        let first = try SyncLock(dataFolder: folder.path("data"))
        #expect(throws: ServiceError.self) { try SyncLock(dataFolder: folder.path("data")) }
        withExtendedLifetime(first) {}
    }

    /// One request over the socket, asked again until the answer holds `expected`.
    private func ask(_ path: String, _ request: String, until expected: String = "") async throws -> String {
        var answer = ""
        for _ in 0..<300 {
            // On a thread of its own: one that waits in the concurrency pool would keep the server from answering.
            answer = await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: (try? oneAnswer(path, request)) ?? "") }
            }
            if !answer.isEmpty, expected.isEmpty || answer.contains(expected) { return answer }
            try await Task.sleep(for: .milliseconds(20))
        }
        return answer
    }

    private func oneAnswer(_ path: String, _ request: String) throws -> String {
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw TestSupportError("cannot connect to \(path): errno \(errno)") }
        let line = Array((request + "\n").utf8)
        guard write(descriptor, line, line.count) == line.count else { throw TestSupportError("cannot write") }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !answer.contains(0x0A) {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
