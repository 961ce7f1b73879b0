import IMAPClient
import IMAPCore
import Logging
import NIOCore
import Synchronization
import TLS
import TestSupport
import Testing

/// The client against servers that do what no good server does.
@Suite struct ScriptedServerTests {
    typealias Step = ScriptedIMAPServer.Step

    static let greeting = Step.send("* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN IDLE ENABLE] hello\n")
    static let login: [Step] = [
        greeting, .expect("AUTHENTICATE PLAIN"),
        .send("{tag} OK [CAPABILITY IMAP4rev1 LITERAL+ IDLE UNSELECT] welcome\n"),
    ]
    static let logout: [Step] = [.expect("LOGOUT"), .send("* BYE so long\n{tag} OK done\n"), .close(reset: false)]

    /// Plays a dialogue and runs `body` on a connection to it.
    func play<R: Sendable>(
        _ dialogue: [Step], security: IMAPServer.Security = .none,
        configuration: IMAPConfiguration = .quick(),
        credentials: IMAPCredentials = .password(user: "ana", Secret("open sesame")), logger: Logger = .silent,
        _ body: @escaping @Sendable (IMAPConnection) async throws -> R
    ) async throws -> R {
        let scripted = try ScriptedIMAPServer([dialogue])
        defer { scripted.stop() }
        let server = IMAPServer(host: "127.0.0.1", port: scripted.port, security: security)
        let result = try await within {
            try await IMAPConnection.withConnection(
                to: server, credentials: credentials, configuration: configuration, logger: logger, body)
        }
        #expect(scripted.surprises == [])
        return result
    }

    func playToFailure(
        _ dialogue: [Step], security: IMAPServer.Security = .none,
        configuration: IMAPConfiguration = .quick(),
        _ body: @escaping @Sendable (IMAPConnection) async throws -> Void = { _ in }
    ) async throws -> IMAPError {
        do {
            try await play(dialogue, security: security, configuration: configuration, body)
        } catch let error as IMAPError {
            return error
        }
        throw TestSupportError("no error was thrown")
    }

    // MARK: Greetings

    @Test func greetingOfBYEIsNamed() async throws {
        for (text, code) in [
            ("[UNAVAILABLE] down for repairs", IMAPError.Code.unavailable),
            ("[UNAVAILABLE] too many connections", .limit),
        ] {
            let error = try await playToFailure([.send("* BYE \(text)\n"), .close(reset: false)])
            #expect(error.code == code)
            #expect(error.isTransient)
            #expect(error.message.contains(text.dropFirst("[UNAVAILABLE] ".count)))
        }
    }

    @Test func greetingOfPREAUTHNeedsNoLogin() async throws {
        try await play(
            [.send("* PREAUTH [CAPABILITY IMAP4rev1] hello\n"), .expect("NOOP"), .send("{tag} OK\n")] + Self.logout
        ) {
            try await $0.noop()
        }
    }

    @Test func greetingOfPREAUTHBeforeSTARTTLSIsRefused() async throws {
        let error = try await playToFailure(
            [.send("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\n"), .stall], security: .startTLS)
        #expect(error.code == .startTLSUnavailable)
    }

    @Test func whatIsNoIMAPIsQuoted() async throws {
        let error = try await playToFailure([.send("220 mail.example.org ESMTP\n"), .stall])
        #expect(error.code == .notIMAP)
        #expect(error.message.contains("ESMTP"))
        #expect(error.message.contains("port"))
    }

    @Test func silentServerIsGivenUp() async throws {
        let error = try await playToFailure([.stall], configuration: .quick { $0.connectTimeout = .milliseconds(300) })
        #expect(error.code == .responseTimeout || error.code == .tlsExpected)
    }

    @Test func greetingWithoutCapabilitiesAsksForThem() async throws {
        try await play(
            [
                .send("* OK hello\n"), .expect("CAPABILITY"),
                .send("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\n{tag} OK\n"), .expect("AUTHENTICATE PLAIN"),
                .send("{tag} OK welcome\n"), .expect("CAPABILITY"), .send("* CAPABILITY IMAP4rev1 IDLE\n{tag} OK\n"),
            ] + Self.logout
        ) { #expect($0.capabilities.contains(.idle)) }
    }

    // MARK: STARTTLS

    @Test func dataBehindSTARTTLSIsAnAttack() async throws {
        let error = try await playToFailure(
            [
                .send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\n"), .expect("STARTTLS"),
                .send("{tag} OK begin\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\n"), .stall,
            ], security: .startTLS)
        #expect(error.code == .startTLSInjection)
    }

    /// The same in a packet of its own, after the TLS layer stands.
    @Test(arguments: ["* CAPABILITY IMAP4rev1 AUTH=PLAIN\n", "T2 OK\n", "\n", "*"])
    func dataSomeTimeBehindSTARTTLSIsAnAttackToo(data: String) async throws {
        let error = try await playToFailure(
            [
                .send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\n"), .expect("STARTTLS"), .send("{tag} OK begin\n"),
                .pause(milliseconds: 50), .send(data), .stall,
            ], security: .startTLS)
        #expect(error.code == .startTLSInjection)
    }

    @Test func missingSTARTTLSEndsBeforeAnyPassword() async throws {
        let error = try await playToFailure(
            [.send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n"), .expect("LOGOUT"), .close(reset: false)],
            security: .startTLS)
        #expect(error.code == .startTLSUnavailable)
    }

    @Test func refusedSTARTTLSEndsBeforeAnyPassword() async throws {
        let error = try await playToFailure(
            [
                .send("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello\n"), .expect("STARTTLS"),
                .send("{tag} NO not today\n"), .expect("LOGOUT"), .close(reset: false),
            ], security: .startTLS)
        #expect(error.code == .startTLSUnavailable)
    }

    // MARK: Logging in

    @Test func LOGINDISABLEDIsObeyed() async throws {
        let error = try await playToFailure([
            .send("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\n"), .expect("LOGOUT"), .close(reset: false),
        ])
        #expect(error.code == .loginDisabled)
        #expect(error.fault == .user)
    }

    @Test func tokenIsSentByXOAUTH2AndItsRefusalIsRead() async throws {
        let scripted = try ScriptedIMAPServer([
            [
                .send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hello\n"), .expect("AUTHENTICATE XOAUTH2 "),
                // {"status":"401"}
                .send("+ eyJzdGF0dXMiOiI0MDEifQ==\n"), .expectLine(""),
                .send("{tag} NO [AUTHENTICATIONFAILED] bad token\n"),
                .expect("LOGOUT"), .close(reset: false),
            ]
        ])
        defer { scripted.stop() }
        let server = IMAPServer(host: "127.0.0.1", port: scripted.port, security: .none)
        let error = try await failure {
            try await IMAPConnection.withConnection(
                to: server, credentials: .token(user: "ana", Secret("ya29.secret-token")), logger: .silent
            ) { _ in }
        }
        #expect(error.code == .authenticationFailed)
        #expect(error.message.contains("token"))
        #expect(!error.message.contains("ya29"))
    }

    @Test func credentialsReachNoLogAndNoDescription() async throws {
        let written = Written()
        let logger = Logger(label: "test") { _ in WritingHandler(written: written) }
        let credentials = IMAPCredentials.password(user: "ana", Secret("open sesame"))
        try await play(Self.login + Self.logout, credentials: credentials, logger: logger) { _ in }
        var dumped = ""
        dump(credentials, to: &dumped)
        let all = written.text + "\(credentials)" + String(reflecting: credentials) + dumped
        for secret in ["open sesame", "AGFuYQBvcGVuIHNlc2FtZQ=="] { #expect(!all.contains(secret)) }
    }

    // MARK: Responses at any time

    @Test func answersInSingleBytesAreRead() async throws {
        try await play(
            Self.login + [
                .expect("EXAMINE"),
                .sendSlowly(
                    "* 2 EXISTS\n* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT 9] ok\n{tag} OK [READ-ONLY] done\n",
                    microseconds: 200),
                .expect("UID FETCH"),
                .sendSlowly("* 1 FETCH (UID 4 BODY[] {5}\nab\ncd)\n{tag} OK done\n", microseconds: 200),
            ] + Self.logout
        ) { connection in
            let selected = try await connection.examine("INBOX")
            #expect(selected.exists == 2)
            #expect(selected.uidValidity == 7)
            var texts: [String] = []
            _ = try await connection.fetch([UIDSet(1...8)], [.uid, .body(.full)]) { message in
                texts.append(String(buffer: try #require(message.bytes(of: .full))))
            }
            #expect(texts.count == 1)
        }
    }

    @Test func cutInALiteralIsAConnectionLost() async throws {
        for reset in [false, true] {
            let error = try await playToFailure(
                Self.login + [.expect("UID FETCH"), .send("* 1 FETCH (UID 4 BODY[] {500}\nhalf"), .close(reset: reset)]
            ) { connection in
                _ = try await connection.fetch([UIDSet(1...8)], [.uid, .body(.full)]) { _ in }
            }
            #expect(error.code == .connectionLost)
            #expect(error.isTransient)
        }
    }

    @Test func byeDuringACommandIsTold() async throws {
        let error = try await playToFailure(
            Self.login + [.expect("NOOP"), .send("* BYE shutting down\n"), .close(reset: false)]
        ) { try await $0.noop() }
        #expect(error.code == .bye)
        #expect(error.message.contains("shutting down"))
    }

    @Test func unsolicitedDataReachesWhoeverListensNext() async throws {
        try await play(
            Self.login + [
                .expect("EXAMINE"), .send("* 3 EXISTS\n{tag} OK done\n"), .expect("NOOP"),
                .send("* 2 EXPUNGE\n* 1 FETCH (FLAGS (\\Seen))\n* 4 EXISTS\n{tag} OK done\n"),
            ] + Self.logout
        ) { connection in
            _ = try await connection.examine("INBOX")
            try await connection.noop()
            let events = connection.takeEvents()
            #expect(events.contains(.expunged(2)))
            #expect(events.contains(.exists(4)))
            #expect(events.contains { if case .fetch(let message) = $0 { message.flags == [.seen] } else { false } })
            #expect(connection.takeEvents().isEmpty)
        }
    }

    @Test func dataBeforeIDLEsPlusIsRead() async throws {
        try await play(
            Self.login + [
                .expect("EXAMINE"), .send("* 0 EXISTS\n{tag} OK done\n"), .expect("IDLE"),
                .send("* 1 EXISTS\n+ idling\n* 2 EXISTS\n"), .expectLine("DONE"),
                .send("* 3 EXISTS\n{tag} OK done\n"),
            ] + Self.logout
        ) { connection in
            _ = try await connection.examine("INBOX")
            var counts: [Int] = []
            try await connection.idle { event in
                if case .exists(let count) = event { counts.append(count) }
                return counts.last == 2 ? .stop : .goOn
            }
            #expect(counts == [1, 2])
            // IDLE's end is awaited by the next command, or by LOGOUT.
        }
    }

    @Test func refusedIDLEIsAnError() async throws {
        let error = try await playToFailure(
            Self.login + [.expect("IDLE"), .send("{tag} NO not here\n"), .expect("LOGOUT"), .close(reset: false)]
        ) { try await $0.idle { _ in .goOn } }
        #expect(error.code == .no)
    }

    @Test func refusedWindowIsToldAndTheOthersGoOn() async throws {
        let scripted = try ScriptedIMAPServer(greeting: "* PREAUTH [CAPABILITY IMAP4rev1] hello\n") { command in
            switch command.text {
            case let text where text.hasPrefix("UID FETCH 1:2 "): [.send("* 1 FETCH (UID 1 FLAGS ())\n{tag} OK\n")]
            case let text where text.hasPrefix("UID FETCH 3:4 "): [.send("{tag} NO [UNAVAILABLE] disk trouble\n")]
            case let text where text.hasPrefix("UID FETCH 5:6 "): [.send("* 5 FETCH (UID 5 FLAGS ())\n{tag} OK\n")]
            case let text where text.hasPrefix("LOGOUT"): [.send("* BYE\n{tag} OK\n"), .close(reset: false)]
            default: [.send("{tag} OK\n")]
            }
        }
        defer { scripted.stop() }
        let server = IMAPServer(host: "127.0.0.1", port: scripted.port, security: .none)
        try await within {
            try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: "ana", Secret("x")), logger: .silent
            ) { connection in
                var uids: [UID] = []
                let outcome = try await connection.fetch(
                    [UIDSet(1...2), UIDSet(3...4), UIDSet(5...6)], [.uid, .flags], depth: 1
                ) { uids.append($0.uid!) }
                #expect(uids == [1, 5])
                #expect(outcome.refused.map(\.window) == [1])
                #expect(outcome.refused.first?.text.code == .unavailable)
            }
        }
    }

    @Test func silenceDuringACommandEnds() async throws {
        let error = try await playToFailure(
            Self.login + [.expect("NOOP"), .stall], configuration: .quick { $0.responseTimeout = .milliseconds(300) }
        ) { try await $0.noop() }
        #expect(error.code == .responseTimeout)
        #expect(error.fault == .network)
    }

    @Test func quietConnectionAsksWhetherTheServerLives() async throws {
        let error = try await playToFailure(
            Self.login + [.expect("NOOP"), .send("{tag} OK\n"), .expect("NOOP"), .stall],
            configuration: .quick {
                $0.keepAliveInterval = .milliseconds(150)
                $0.keepAliveTimeout = .milliseconds(150)
            }
        ) { connection in
            try await Task.sleep(for: .milliseconds(900))
            try await connection.noop()
        }
        #expect(error.code == .responseTimeout)
    }

    @Test func sleepIsNoticedByTheGapBetweenTheClocks() async throws {
        let clock = SleepyClock()
        try await play(
            Self.login + [.expect("NOOP"), .send("{tag} OK\n")] + Self.logout,
            configuration: .quick {
                $0.clock = clock
                $0.sleepCheckInterval = .milliseconds(50)
            }
        ) { _ in
            try await Task.sleep(for: .milliseconds(150))
            clock.sleep(seconds: 3600)
            try await Task.sleep(for: .milliseconds(300))
        }
    }
}

/// A clock that can be told that the machine slept.
final class SleepyClock: IMAPClock {
    private let slept = Mutex<Int64>(0)
    private let system = SystemIMAPClock()

    var awake: Int64 { system.awake }
    var elapsed: Int64 { system.awake + slept.withLock { $0 } }

    func sleep(seconds: Int64) { slept.withLock { $0 += seconds * 1_000_000_000 } }
}

/// Keeps all that is logged.
final class Written: Sendable {
    private let lines = Mutex("")
    var text: String { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0 += line + "\n" } }
}

struct WritingHandler: LogHandler {
    let written: Written
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        written.add("\(event.message) \(event.metadata ?? [:])")
    }
}

extension IMAPConfiguration {
    /// For dialogues that know no ID, with less patience.
    static func quick(_ change: (inout IMAPConfiguration) -> Void = { _ in }) -> IMAPConfiguration {
        var configuration = IMAPConfiguration()
        configuration.identification = []
        configuration.connectTimeout = .seconds(5)
        change(&configuration)
        return configuration
    }
}
