import IMAPClient
import IMAPCore
import TestSupport
import Testing

/// The tests' own server.
@Suite struct ScriptedIMAPServerTests {
    /// A stopped server's descriptor goes to whoever opens the next one; its end must leave that alone.
    @Test func aServerThatGoesLeavesOtherDescriptorsAlone() async throws {
        for _ in 0..<20 {
            var first: ScriptedIMAPServer? = try ScriptedIMAPServer([[.stall]])
            first?.stop()
            try await Task.sleep(for: .milliseconds(5))
            let second = try ScriptedIMAPServer(greeting: "* PREAUTH [CAPABILITY IMAP4rev1] hello\n") { command in
                command.name == "LOGOUT" ? [.send("* BYE\n{tag} OK\n"), .close(reset: false)] : [.send("{tag} OK\n")]
            }
            first = nil
            let server = IMAPServer(host: "127.0.0.1", port: second.port, security: .none)
            try await within {
                try await IMAPConnection.withConnection(
                    to: server, credentials: .password(user: "ana", Secret("x")), configuration: .quick(),
                    logger: .silent
                ) { try await $0.noop() }
            }
            second.stop()
        }
    }
}
