#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import IMAPCore
import Presentation

/// What logs an account in, fetched anew for each connection, and kept no longer.
public enum Credentials: Sendable {
    case password(user: String, Secret)
    /// An OAuth access token (XOAUTH2, OAUTHBEARER).
    case token(user: String, Secret)
    /// The client certificate speaks for the user (EXTERNAL).
    case external(user: String)

    /// Seconds a password or token command may take: long enough for a person to unlock a key store.
    public static let commandTimeout = 120
    /// Octets of a password or token at most.
    public static let longestSecret = 65_536

    /// Runs the account's command, or reads its file or variable.
    ///
    /// Errors: ``ServiceError/Code/credentialUnavailable``, which names the account and the way, never the secret.
    public static func fetch(
        for account: AccountConfiguration, timeout: Int = commandTimeout,
        environment: @Sendable (String) -> String? = Environment.value
    ) async throws -> Credentials {
        if account.mechanism == .external { return .external(user: account.user) }
        let wantsToken =
            switch account.mechanism {
            case .xoauth2, .oauthbearer: true
            case .auto: account.password == nil
            case .plain, .login, .cramMD5, .scramSHA1, .scramSHA256, .external: false
            }
        if wantsToken, let command = account.tokenCommand {
            let token = try await output(of: command, key: "token-command", account: account, timeout: timeout)
            return .token(user: account.user, token)
        }
        switch account.password {
        case .command(let command):
            let password = try await output(of: command, key: "password-command", account: account, timeout: timeout)
            return .password(user: account.user, password)
        case .file(let path):
            return .password(user: account.user, try readFile(path, account: account))
        case .environment(let name):
            guard let value = environment(name), !value.isEmpty else {
                throw unavailable(account, "the variable \(name) (password-env) isn't set")
            }
            return .password(user: account.user, Secret(value))
        case nil:
            if account.clientCertificate != nil { return .external(user: account.user) }
            throw unavailable(account, "no password-command, password-file, password-env or token-command is given")
        }
    }

    private static func output(
        of command: [String], key: String, account: AccountConfiguration, timeout: Int
    ) async throws -> Secret {
        let bytes: [UInt8]
        do {
            bytes = try await CommandRunner(timeout: timeout, outputLimit: longestSecret).run(command)
        } catch let error as ServiceError {
            throw ServiceError(
                .credentialUnavailable, "account \(account.name): \(key): \(error.message)", underlying: error)
        }
        guard let secret = firstLine(of: bytes) else { throw unavailable(account, "\(key) wrote nothing") }
        return secret
    }

    private static func readFile(_ path: String, account: AccountConfiguration) throws(ServiceError) -> Secret {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw unavailable(account, "password-file \(path): \(Files.lastErrorText())")
        }
        defer { close(descriptor) }
        var info = stat()
        // Of the opened file, so that what is checked is what is read.
        guard fstat(descriptor, &info) == 0 else {
            throw unavailable(account, "password-file \(path): \(Files.lastErrorText())")
        }
        guard info.st_mode & 0o077 == 0 else {
            throw unavailable(account, "password-file \(path) can be read by others; run: chmod 600 \(path)")
        }
        guard let bytes = try? Files.read(descriptor: descriptor, path: path, limit: longestSecret) else {
            throw unavailable(account, "password-file \(path) can't be read, or is too large")
        }
        guard let secret = firstLine(of: bytes) else {
            throw unavailable(account, "password-file \(path) is empty")
        }
        return secret
    }

    /// As `pass show` writes it: the secret is the first line, and what follows is notes.
    private static func firstLine(of bytes: [UInt8]) -> Secret? {
        var line = bytes.prefix { $0 != 10 }
        if line.last == 13 { line.removeLast() }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else { return nil }
        return Secret(text)
    }

    private static func unavailable(_ account: AccountConfiguration, _ message: String) -> ServiceError {
        ServiceError(.credentialUnavailable, "account \(account.name): \(message)")
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        switch self {
        case .password(let user, _): "password of \(user)"
        case .token(let user, _): "token of \(user)"
        case .external(let user): "certificate of \(user)"
        }
    }

    public var debugDescription: String { description }
}
