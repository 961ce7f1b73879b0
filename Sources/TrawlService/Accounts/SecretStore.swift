#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// Keeps a password that was typed, outside of the configuration, and tells how an account gets it from there.
public enum SecretStore {
    /// Seconds for a person to unlock the keyring.
    private static let keyringTimeout = 120

    /// The keyring's own command: libsecret's, which GNOME, KDE and KeePassXC answer. macOS's `security` takes a
    /// password from its arguments alone, which all may read.
    public static let keyringCommand = "secret-tool"

    /// Whether that command is here, and a session of D-Bus that it can ask: over SSH there is none mostly.
    public static var hasKeyring: Bool {
        guard ProgramSearch.finds(keyringCommand) else { return false }
        if let address = Environment.value("DBUS_SESSION_BUS_ADDRESS"), !address.isEmpty { return true }
        guard let folder = Environment.value("XDG_RUNTIME_DIR"), !folder.isEmpty else { return false }
        return Files.status(Paths.join(folder, "bus")) != nil
    }

    /// Into a file beside the configuration, mode 0600. Returns where the account finds it.
    ///
    /// Errors: ``ServiceError/Code/fileUnusable``.
    public static func keepInFile(
        _ password: String, account: String, paths: Paths
    ) throws(ServiceError) -> AccountConfiguration.PasswordSource {
        let folder = Files.absolute(Paths.folder(of: paths.config))
        let path = Paths.join(folder, "passwords/\(fileName(of: account))")
        try Files.replace(path, with: Array((password + "\n").utf8), mode: 0o600)
        return .file(path)
    }

    /// Into the desktop's keyring. Returns where the account finds it.
    ///
    /// Errors: ``ServiceError/Code/commandFailed``.
    public static func keepInKeyring(
        _ password: String, account: String
    ) async throws -> AccountConfiguration.PasswordSource {
        let names = ["service", "trawl", "account", account]
        _ = try await CommandRunner(timeout: keyringTimeout, outputLimit: Credentials.longestSecret).run(
            [keyringCommand, "store", "--label=Trawl: mail of \(account)"] + names, input: Array(password.utf8))
        return .command([keyringCommand, "lookup"] + names)
    }

    /// Takes a file away that ``keepInFile(_:account:paths:)`` made.
    public static func forget(_ source: AccountConfiguration.PasswordSource) {
        if case .file(let path) = source { unlink(path) }
    }

    /// Names of accounts come from people: nothing in one leads out of the folder.
    private static func fileName(of account: String) -> String {
        String(
            account.unicodeScalars.map { scalar in
                scalar == "/" || scalar.value < 0x21 ? "_" : Character(scalar)
            }
        ).replacingDots()
    }
}

extension String {
    /// `.` and `..` are folders.
    fileprivate func replacingDots() -> String { allSatisfy { $0 == "." } ? "_" : self }
}
