import Foundation
import IMAPCore
import Logging
import TLS
import TestSupport
import Testing

@testable import IMAPClient

/// Logging in by a client certificate and by OAuth tokens, against Dovecot and by dialogues.
@Suite struct LoginTests {
    /// A Dovecot that takes client certificates of its authority and tokens of a key of its own.
    private struct Server {
        let dovecot: DovecotServer
        let folder: TemporaryFolder
        private static let key = Array("0123456789abcdef0123456789abcdef".utf8)

        init() throws {
            folder = try TemporaryFolder("trawl-oauth", othersMayEnter: true)
            let keys = folder.path("keys/default/HS256")
            try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
            try Data(Self.key).base64EncodedData().write(to: URL(fileURLWithPath: keys + "/default"))
            try Data(
                """
                introspection_mode = local
                local_validation_key_dict = fs:posix:prefix=\(folder.path("keys/"))
                username_attribute = sub

                """.utf8
            ).write(to: URL(fileURLWithPath: folder.path("oauth2.conf")))
            var options = DovecotServer.Options()
            options.extraConfiguration = """
                ssl_verify_client_cert = yes
                ssl_require_crl = no
                auth_ssl_username_from_cert = yes
                auth_mechanisms = plain external oauthbearer xoauth2
                passdb {
                  driver = static
                  mechanisms = external
                  args = nopassword=y
                }
                passdb {
                  driver = oauth2
                  mechanisms = oauthbearer xoauth2
                  args = \(folder.path("oauth2.conf"))
                }
                """
            dovecot = try DovecotServer(options)
        }

        func server(identity: TLSConfiguration.Identity? = nil) -> IMAPServer {
            IMAPServer(
                host: dovecot.host, port: dovecot.tlsPort,
                tls: TLSConfiguration(trust: .file(dovecot.certificates.authority), identity: identity))
        }

        /// A JSON web token (RFC 7519) that the server's key has signed.
        static func token(user: String, expires: Int) -> Secret {
            func base64(_ bytes: some Sequence<UInt8>) -> String {
                Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                    .replacing("=", with: "")
            }
            let text =
                base64(#"{"alg":"HS256","typ":"JWT"}"#.utf8) + "."
                + base64(#"{"sub":"\#(user)","iat":1700000000,"exp":\#(expires)}"#.utf8)
            return Secret(text + "." + base64(Digest.hmac(key: key, Array(text.utf8), .sha256)))
        }
    }

    /// Typed composed (é) and decomposed (e and its accent): SCRAM's proof is the same, PLAIN sends what was set.
    @Test(.enabled(if: Lab.isAvailable, "skipped: dovecot-imapd is not installed"))
    func passwordsBeyondASCIILogInToDovecot() async throws {
        var options = DovecotServer.Options()
        options.users = [.init("ana", password: "pass\u{E9} ß 密码 🔑"), .init("odd", password: "no\u{A0}break \u{E000}")]
        let dovecot = try DovecotServer(options)
        defer { dovecot.stop() }
        let server = IMAPServer(
            host: dovecot.host, port: dovecot.tlsPort,
            tls: TLSConfiguration(trust: .file(dovecot.certificates.authority)))
        let mechanisms: [IMAPCredentials.Mechanism] = [.plain, .login, .scramSHA1, .scramSHA256, .auto]
        try await within(seconds: 60) {
            for mechanism in mechanisms {
                // What SASLprep forbids is not changed by it.
                for user in dovecot.users {
                    try await Self.logIn(server, user.name, user.password, mechanism)
                }
            }
            for mechanism in [IMAPCredentials.Mechanism.scramSHA1, .scramSHA256] {
                try await Self.logIn(server, "ana", "passe\u{301} ß 密码 🔑", mechanism)
            }
        }
    }

    @Test(.enabled(if: UnpackedServer.reasonToSkip == nil, "skipped: Cyrus needs root to run in folders of its own"))
    func passwordsBeyondASCIILogInToCyrus() async throws {
        let cyrus = try UnpackedServer(.cyrus, password: "pass\u{E9}-ß-密码")
        defer { cyrus.stop() }
        let server = IMAPServer(
            host: cyrus.host, port: cyrus.tlsPort, tls: TLSConfiguration(trust: .file(cyrus.certificates.authority)))
        try await within(seconds: 60) {
            for mechanism in [IMAPCredentials.Mechanism.plain, .scramSHA1, .scramSHA256, .auto] {
                try await Self.logIn(server, "ana", cyrus.user.password, mechanism)
            }
            for mechanism in [IMAPCredentials.Mechanism.scramSHA1, .scramSHA256] {
                try await Self.logIn(server, "ana", "passe\u{301}-ß-密码", mechanism)
            }
        }
    }

    /// Cyrus knows no binding of TLS 1.3, and makes whom it refuses wait.
    @Test(.enabled(if: UnpackedServer.reasonToSkip == nil, "skipped: Cyrus needs root to run in folders of its own"))
    func aRefusedChannelBindingIsTriedOnceAndNotAtEachLogin() async throws {
        let cyrus = try UnpackedServer(.cyrus)
        defer { cyrus.stop() }
        let server = IMAPServer(
            host: cyrus.host, port: cyrus.tlsPort, tls: TLSConfiguration(trust: .file(cyrus.certificates.authority)))
        let credentials = IMAPCredentials.password(user: "ana", Secret(cyrus.user.password))
        try await within(seconds: 60) {
            #expect(!UnboundServers.known.contains(server))
            for _ in 0..<2 {
                let method = try await IMAPConnection.withConnection(
                    to: server, credentials: credentials, logger: .silent
                ) { $0.loginMethod }
                #expect(method == "SCRAM-SHA-256")
                #expect(UnboundServers.known.contains(server))
            }
        }
    }

    private static func logIn(
        _ server: IMAPServer, _ user: String, _ password: String, _ mechanism: IMAPCredentials.Mechanism
    ) async throws {
        try await IMAPConnection.withConnection(
            to: server, credentials: .password(user: user, Secret(password), mechanism: mechanism), logger: .silent
        ) { try await $0.noop() }
    }

    @Test(.enabled(if: Lab.isAvailable, "skipped: dovecot-imapd is not installed"))
    func certificatesAndTokensLogIn() async throws {
        let server = try Server()
        defer { server.dovecot.stop() }
        let written = Written()
        let logger = Logger(label: "test") { _ in WritingHandler(written: written) }
        try await within(seconds: 40) {
            let certificates = server.dovecot.certificates
            let identity = TLSConfiguration.Identity(
                certificateFile: certificates.clientCertificate, keyFile: certificates.clientKey)
            try await IMAPConnection.withConnection(
                to: server.server(identity: identity), credentials: .external(user: "ana"), logger: logger
            ) { connection in
                #expect(connection.loginMethod == "EXTERNAL")
                _ = try await connection.examine("INBOX")
            }
            let good = Server.token(user: "ana", expires: 4_000_000_000)
            for (mechanism, name) in [
                (IMAPCredentials.Mechanism.auto, "OAUTHBEARER"), (.oauthbearer, "OAUTHBEARER"), (.xoauth2, "XOAUTH2"),
            ] {
                try await IMAPConnection.withConnection(
                    to: server.server(), credentials: .token(user: "ana", good, mechanism: mechanism), logger: logger
                ) { connection in
                    #expect(connection.loginMethod == name)
                    _ = try await connection.examine("INBOX")
                }
            }
        }
        // The error continuation is answered, or Dovecot would wait for it.
        let old = Server.token(user: "ana", expires: 1_700_000_001)
        for mechanism in [IMAPCredentials.Mechanism.oauthbearer, .xoauth2] {
            let error = try await failure {
                try await IMAPConnection.withConnection(
                    to: server.server(), credentials: .token(user: "ana", old, mechanism: mechanism), logger: logger
                ) { _ in }
            }
            #expect(error.code == .authenticationFailed)
            #expect(error.message.contains("token"))
            #expect(!"\(error) \(String(reflecting: error))".contains("eyJ"))
        }
        // Without its certificate EXTERNAL says nothing.
        let error = try await failure {
            try await IMAPConnection.withConnection(
                to: server.server(), credentials: .external(user: "ana"), logger: logger
            ) { _ in }
        }
        #expect(error.fault == .user)
        #expect(!written.text.contains("eyJ"))
    }

    @Test func refusedTokensAreAnsweredWithWhatOAUTHBEARERWants() async throws {
        let scripted = try ScriptedIMAPServer([
            [
                .send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER] hello\n"),
                .expect("AUTHENTICATE OAUTHBEARER "),
                // {"status":"invalid_token"}; the answer is one octet 1 (RFC 7628, 3.2.3).
                .send("+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\n"), .expectLine("AQ=="),
                .send("{tag} NO [AUTHENTICATIONFAILED] bad token\n"), .expect("LOGOUT"), .close(reset: false),
            ]
        ])
        defer { scripted.stop() }
        let server = IMAPServer(host: "127.0.0.1", port: scripted.port, security: .none)
        let error = try await failure {
            try await IMAPConnection.withConnection(
                to: server, credentials: .token(user: "ana", Secret("ya29.x")), configuration: .quick(),
                logger: .silent
            ) { _ in }
        }
        #expect(error.code == .authenticationFailed)
        #expect(scripted.surprises == [])
    }

    /// Whatever fails and however it is logged.
    @Test(arguments: ["AUTH=PLAIN SASL-IR", "AUTH=PLAIN", "AUTH=LOGIN", "AUTH=CRAM-MD5", ""])
    func refusedPasswordsReachNoLogAndNoError(offered: String) async throws {
        let written = Written()
        let logger = Logger(label: "test") { _ in WritingHandler(written: written) }
        let scripted = try ScriptedIMAPServer([
            [
                .send("* OK [CAPABILITY IMAP4rev1 \(offered)] hello\n"), .expectAny,
                .send("{tag} NO [AUTHENTICATIONFAILED] no\n"), .expect("LOGOUT"), .close(reset: false),
            ]
        ])
        defer { scripted.stop() }
        let server = IMAPServer(host: "127.0.0.1", port: scripted.port, security: .none)
        let error = try await failure {
            try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: "ana", Secret("open sesame")), configuration: .quick(),
                logger: logger
            ) { _ in }
        }
        var dumped = ""
        dump(error, to: &dumped)
        let all = written.text + "\(error)" + String(reflecting: error) + dumped
        for secret in ["open sesame", "AGFuYQBvcGVuIHNlc2FtZQ==", "b3BlbiBzZXNhbWU="] { #expect(!all.contains(secret)) }
        #expect(error.code == .authenticationFailed)
    }
}
