import Foundation
import IMAPClient
import IMAPCore
import Logging
import NIOCore
import Synchronization
import TLS
import TestSupport
import Testing

/// One private Dovecot for all tests of a run; each test has a user of its own.
final class Lab: Sendable {
    static let isAvailable = DovecotServer.isAvailable
    private static let shared = Result { try Lab() }
    private static let counter = Mutex(0)

    static func open() throws -> Lab { try shared.get() }

    let dovecot: DovecotServer

    private init() throws {
        var options = DovecotServer.Options()
        options.extraConfiguration = """
            protocol imap {
              mail_plugins = $mail_plugins imap_zlib
            }
            ssl_verify_client_cert = yes
            """
        options.users = (0..<100).map { .init("user\($0)", password: "p\u{E4}ss \"\($0)\" \\ word") }
        dovecot = try DovecotServer(options)
    }

    /// A user with an empty INBOX. They are made before Dovecot starts: it looks for new ones once a second.
    func user() throws -> DovecotServer.User {
        let number = Lab.counter.withLock { counter in
            defer { counter += 1 }
            return counter
        }
        guard dovecot.users.indices.contains(number) else { throw TestSupportError("more tests than users") }
        return dovecot.users[number]
    }

    func server(_ security: IMAPServer.Security = .tls, tls: TLSConfiguration? = nil) -> IMAPServer {
        IMAPServer(
            host: dovecot.host, port: security == .tls ? dovecot.tlsPort : dovecot.plainPort, security: security,
            tls: tls ?? TLSConfiguration(trust: .file(dovecot.certificates.authority)))
    }

    func connect<R: Sendable>(
        _ user: DovecotServer.User, _ security: IMAPServer.Security = .tls,
        mechanism: IMAPCredentials.Mechanism = .auto, configuration: IMAPConfiguration = IMAPConfiguration(),
        _ body: (IMAPConnection) async throws -> R
    ) async throws -> R {
        try await IMAPConnection.withConnection(
            to: server(security), credentials: .password(user: user.name, Secret(user.password), mechanism: mechanism),
            configuration: configuration, logger: .silent, body)
    }

    static func message(_ number: Int, size: Int = 200) -> ByteBuffer {
        let filler = String(repeating: "0123456789abcdef0123456789abcdef0123456789abcdef01234567\r\n", count: size / 58)
        return ByteBuffer(
            string:
                "From: Ana <ana@example.org>\r\nSubject: number \(number)\r\nMessage-ID: <\(number)@test>\r\n\r\n\(filler)"
        )
    }
}

extension Logger {
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}

/// Runs `body` with a limit: a test that hangs must fail, not hold up the run.
func within<R: Sendable>(seconds: Double = 20, _ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw TestSupportError("not done within \(seconds) seconds")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw TestSupportError("nothing ran") }
        return first
    }
}

/// The IMAPError that `body` throws.
func failure(
    seconds: Double = 20, _ body: @escaping @Sendable () async throws -> Void
) async throws -> IMAPError {
    do {
        try await within(seconds: seconds, body)
    } catch let error as IMAPError {
        return error
    }
    throw TestSupportError("no error was thrown")
}
