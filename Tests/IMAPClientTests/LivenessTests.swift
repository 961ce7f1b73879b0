import IMAPClient
import IMAPCore
import Synchronization
import TestSupport
import Testing

/// Servers that fall silent are found within a minute, and servers that are well are left in peace. The tests move the
/// connection's clock themselves, so none of them waits for it.
@Suite(.serialized) struct LivenessTests {
    typealias Step = ScriptedIMAPServer.Step

    static let greeting: Step = .send("* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\n")
    /// The RECENT tells the test that the client has read the `+`.
    static let idle: [Step] = [.expect("IDLE"), .send("+ idling\n* 0 RECENT\n")]
    static let probe: [Step] = [
        .expectLine("DONE"), .send("{tag} OK idled\n"), .expect("NOOP"), .send("{tag} OK\n"),
    ]

    @Test func aServerThatFallsSilentInIDLEIsGivenUpWithinAMinute() async throws {
        let watched = try WatchedServer([Self.greeting] + Self.idle + [.expectLine("DONE"), .stall])
        let error = try await failure {
            try await watched.run {
                try await watched.eventually { watched.idles == 1 }
                try await watched.advance(39)
                #expect(watched.server.receivedLines == [])
                try await watched.advance(1)
                try await watched.eventually { watched.server.receivedLines == ["DONE"] }
                try await watched.advance(15)
            }
        }
        #expect(error.code == .responseTimeout)
        #expect(error.isTransient)
        #expect(watched.clock.seconds <= 60)
    }

    @Test func aServerWithoutIDLEThatFallsSilentIsGivenUpWithinAMinute() async throws {
        let greeting: Step = .send("* PREAUTH [CAPABILITY IMAP4rev1] hello\n")
        let watched = try WatchedServer([greeting, .expect("NOOP"), .stall])
        let error = try await failure {
            try await watched.run {
                try await watched.eventually { watched.isConnected }
                try await watched.advance(40)
                try await watched.eventually { watched.count("NOOP") == 1 }
                try await watched.advance(15)
            }
        }
        #expect(error.code == .responseTimeout)
        #expect(watched.clock.seconds <= 60)
    }

    @Test func aServerThatDoesNotAnswerIDLEIsGivenUp() async throws {
        let watched = try WatchedServer([Self.greeting, .expect("IDLE"), .stall])
        let error = try await failure {
            try await watched.run {
                try await watched.eventually { watched.count("IDLE") == 1 }
                try await watched.advance(15)
            }
        }
        #expect(error.code == .responseTimeout)
    }

    @Test func aServerThatIsWellKeepsItsIDLEOverManyProbes() async throws {
        let rounds = 5
        let turns = (0..<rounds).flatMap { _ in Self.idle + Self.probe }
        let watched = try WatchedServer(
            [Self.greeting] + turns + Self.idle + [.send("* 1 EXISTS\n"), .expectLine("DONE")])
        try await within {
            try await watched.run {
                for round in 1...rounds {
                    try await watched.eventually { watched.idles == round }
                    try await watched.advance(40)
                    try await watched.eventually { watched.count("NOOP") == round }
                }
            }
        }
        #expect(watched.count("IDLE") == rounds + 1)
        #expect(watched.server.surprises == [])
    }

    /// Dovecot says so every two minutes, Gmail every five; some every half.
    @Test func aServerThatSaysStillHereIsNotAsked() async throws {
        let watched = try WatchedServer([Self.greeting] + Self.idle + [.expectLine("DONE")])
        try await within {
            try await watched.run {
                try await watched.eventually { watched.idles == 1 }
                for word in 1...5 {
                    try await watched.advance(35)
                    watched.server.push("* OK Still here\n")
                    try await watched.eventually { watched.words == word }
                }
                watched.server.push("* 1 EXISTS\n")
            }
        }
        #expect(watched.clock.seconds > 60)
        #expect(watched.count("NOOP") == 0)
    }

    @Test func aServerThatSendsOtherThingsBeforeItsAnswerLives() async throws {
        let watched = try WatchedServer(
            [Self.greeting] + Self.idle + [
                .expectLine("DONE"), .expectAny, .send("* 1 EXISTS\n{tag} OK\n"),
            ])
        _ = try? await within(seconds: 5) {
            try await watched.run {
                try await watched.eventually { watched.idles == 1 }
                try await watched.advance(40)
                try await watched.eventually { watched.server.receivedLines == ["DONE"] }
                for word in 1...4 {
                    try await watched.advance(10)
                    watched.server.push("* \(word) RECENT\n")
                    try await watched.eventually { watched.words == word }
                }
                watched.server.push("* 1 EXISTS\n")
                try await watched.eventually { watched.words == 5 }
                watched.server.stop()
            }
        }
        #expect(watched.words == 5)
        #expect(watched.clock.seconds >= 80)
    }

    @Test func IDLEIsIssuedAnewBeforeServersDropIt() async throws {
        let again: [Step] = [.expectLine("DONE"), .send("{tag} OK idled\n")]
        let watched = try WatchedServer(
            [Self.greeting] + Self.idle + again + Self.idle + [.send("* 1 EXISTS\n"), .expectLine("DONE")])
        try await within {
            try await watched.run {
                try await watched.eventually { watched.idles == 1 }
                // The server is heard of, so that only the age of the IDLE counts.
                for word in 1...18 {
                    try await watched.advance(30)
                    watched.server.push("* OK Still here\n")
                    try await watched.eventually { watched.words >= word }
                }
                try await watched.eventually { watched.count("IDLE") == 2 }
            }
        }
        #expect(watched.count("NOOP") == 0)
        #expect(watched.server.surprises == [])
    }

    @Test func theEndIsToldToWhoeverWaitsForIt() async throws {
        let watched = try WatchedServer([Self.greeting, .expect("NOOP"), .send("* BYE [UNAVAILABLE] going down\n")])
        let server = watched.place
        let reasons: [IMAPError] = try await within {
            try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: "ana", Secret("x")), configuration: .quick(), logger: .silent
            ) { connection in
                let wasCancelled = await withTaskGroup(of: Bool.self) { group in
                    group.addTask { (try? await connection.closed()) == nil }
                    group.cancelAll()
                    return await group.next()
                }
                #expect(wasCancelled == true)
                var reasons = try await withThrowingTaskGroup(of: IMAPError?.self) { group in
                    for _ in 0..<2 { group.addTask { try await connection.closed() } }
                    group.addTask {
                        try? await connection.noop()
                        return nil
                    }
                    return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
                }
                reasons.append(try await connection.closed())
                return reasons
            }
        }
        #expect(reasons.map(\.code) == [.unavailable, .unavailable, .unavailable])
    }
}

/// A dialogue as far as IDLE, a client in it, and the clock that the client goes by.
final class WatchedServer: Sendable {
    let server: ScriptedIMAPServer
    let clock = MovedClock()
    private let seen = Mutex<[MailboxEvent]>([])
    private let connected = Mutex(false)

    init(_ dialogue: [ScriptedIMAPServer.Step]) throws {
        server = try ScriptedIMAPServer([dialogue])
    }

    var place: IMAPServer { IMAPServer(host: "127.0.0.1", port: server.port, security: .none) }
    var isConnected: Bool { connected.withLock { $0 } }
    /// IDLEs whose `+` the client has read.
    var idles: Int { seen.withLock { $0.count { $0 == .recent(0) } } }
    /// Events beside those.
    var words: Int { seen.withLock { $0.count { $0 != .recent(0) } } }

    /// Idles till an EXISTS comes; `meanwhile` moves the clock.
    func run(meanwhile: @escaping @Sendable () async throws -> Void) async throws {
        defer { server.stop() }
        var configuration = IMAPConfiguration.quick()
        configuration.clock = clock
        // The clock is looked at in each millisecond, so that it is seen when it has moved.
        configuration.sleepCheckInterval = .milliseconds(1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [configuration] in
                try await IMAPConnection.withConnection(
                    to: self.place, credentials: .password(user: "ana", Secret("x")), configuration: configuration,
                    logger: .silent
                ) { connection in
                    self.connected.withLock { $0 = true }
                    try await connection.idle { event in
                        self.seen.withLock { $0.append(event) }
                        if case .exists = event { return .stop }
                        return .goOn
                    }
                }
            }
            group.addTask { try await meanwhile() }
            for try await _ in group {}
        }
    }

    /// Moves the clock, and lets the client see it.
    func advance(_ seconds: Int64) async throws {
        clock.advance(seconds)
        try await Task.sleep(for: .milliseconds(50))
    }

    func count(_ command: String) -> Int { server.received.count { $0.name == command } }

    func eventually(_ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(15)
        while !condition() {
            guard ContinuousClock.now < end else {
                throw TestSupportError("did not come; the client sent \(server.received.map(\.text))")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// A clock that moves only when it is told to.
final class MovedClock: IMAPClock {
    private let time = Mutex<Int64>(0)

    var awake: Int64 { time.withLock { $0 } }
    var elapsed: Int64 { awake }
    /// Since the beginning.
    var seconds: Int64 { awake / 1_000_000_000 }

    func advance(_ seconds: Int64) { time.withLock { $0 += seconds * 1_000_000_000 } }
}
