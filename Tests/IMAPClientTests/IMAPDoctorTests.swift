import IMAPClient
import IMAPCore
import NIOCore
import Synchronization
import TLS
import TestSupport
import Testing

@Suite struct IMAPDoctorTests {
    /// The steps that are reported, and whether all went well.
    static func steps(
        _ server: IMAPServer, _ credentials: IMAPCredentials, _ configuration: IMAPConfiguration = .quick()
    ) async throws -> ([IMAPDoctor.Step], Bool) {
        try await within {
            let reported = Mutex<[IMAPDoctor.Step]>([])
            let doctor = IMAPDoctor(
                server: server, credentials: credentials, configuration: configuration, logger: .silent)
            let isWell = try await doctor.examine(now: 1_800_000_000) { step in reported.withLock { $0.append(step) } }
            return (reported.withLock { $0 }, isWell)
        }
    }

    @Test(.enabled(if: Lab.isAvailable, "skipped: dovecot-imapd is not installed"))
    func healthyServerPassesEachStep() async throws {
        let lab = try Lab.open()
        let user = try lab.user()
        try await lab.connect(user) { connection in
            for number in 1...3 { try await connection.append("INBOX", Lab.message(number, size: 5000)) }
        }
        for security in [IMAPServer.Security.tls, .startTLS] {
            let (steps, isWell) = try await Self.steps(
                lab.server(security), .password(user: user.name, Secret(user.password)))
            #expect(isWell)
            #expect(steps.allSatisfy { $0.outcome != .failed })
            #expect(Set(steps.map(\.name)) == Set(IMAPDoctor.Step.Name.allCases))
            let tls = try #require(steps.first { $0.name == .tls })
            #expect(tls.facts.first?.contains("CN=localhost") == true)
            #expect(steps.last?.detail.contains("3 messages") == true)
            #expect(!steps.contains { $0.detail.contains(user.password) })
        }
    }

    @Test func whatTheServerWantsToTellTheUserIsShown() async throws {
        let server = try ScriptedIMAPServer(
            greeting: "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\n"
        ) { command in
            switch command.name {
            case "AUTHENTICATE":
                [
                    .send("* OK [ALERT] Your mailbox is\u{1B}[31m nearly full\n"),
                    .send("* NO [ALERT] Your password ends in 3 days\n{tag} OK [CAPABILITY IMAP4rev1] welcome\n"),
                ]
            case "LOGOUT": [.send("* BYE\n{tag} OK\n"), .close(reset: false)]
            default: [.send("* NO [ALERT] Your password ends in 3 days\n{tag} OK\n")]
            }
        }
        defer { server.stop() }
        let place = IMAPServer(host: "127.0.0.1", port: server.port, security: .none)
        let told = Mutex<[String]>([])
        var configuration = IMAPConfiguration()
        configuration.onAlert = { text in told.withLock { $0.append(text) } }
        let (steps, _) = try await Self.steps(place, .password(user: "ana", Secret("x")), configuration)
        let texts = ["Your mailbox is [31m nearly full", "Your password ends in 3 days"]
        #expect(told.withLock { $0 } == texts)
        let step = try #require(steps.first { $0.name == .authentication })
        #expect(step.outcome == .warned)
        #expect(step.facts == texts.map { "the server asks to tell you: \($0)" })
    }

    @Test(.enabled(if: Lab.isAvailable, "skipped: dovecot-imapd is not installed"))
    func eachFailureEndsAtItsStep() async throws {
        let lab = try Lab.open()
        let user = try lab.user()
        let good = IMAPCredentials.password(user: user.name, Secret(user.password))

        let (refused, _) = try await Self.steps(lab.server(), .password(user: user.name, Secret("wrong")))
        #expect(refused.last?.name == .authentication)
        #expect(refused.map(\.name) == [.resolve, .connect, .tls, .greeting, .authentication])

        let (untrusted, _) = try await Self.steps(lab.server(tls: TLSConfiguration()), good)
        #expect(untrusted.map(\.name) == [.resolve, .connect, .tls])
        #expect(untrusted.last?.error?.code == .certificate)
        #expect(untrusted.last?.facts.first?.contains("valid 20") == true)

        let (unknown, _) = try await Self.steps(IMAPServer(host: "no-such-host.invalid"), good)
        #expect(unknown.map(\.name) == [.resolve])
        #expect(unknown.last?.error?.code == .unknownHost)

        let closed = IMAPServer(host: "127.0.0.1", port: 1)
        let (nobody, _) = try await Self.steps(closed, good)
        #expect(nobody.map(\.name) == [.resolve, .connect])
        #expect(nobody.last?.error?.code == .refused)
    }

    @Test func providersOwnHintsAreGiven() async throws {
        let scripted = try ScriptedIMAPServer([
            [
                .send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"), .expect("AUTHENTICATE PLAIN"),
                .send("{tag} NO [ALERT] Your account is not enabled for IMAP use.\n"), .expect("LOGOUT"),
                .close(reset: false),
            ]
        ])
        defer { scripted.stop() }
        let (steps, isWell) = try await Self.steps(
            IMAPServer(host: "127.0.0.1", port: scripted.port, security: .none), .password(user: "ana", Secret("x")))
        #expect(!isWell)
        #expect(steps.last?.name == .authentication)
        #expect(steps.last?.detail.contains("IMAP is switched off for this account") == true)
    }
}
