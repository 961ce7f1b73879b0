import Presentation

/// Adds to `config.toml`, and leaves what stands in it as it is: comments, order and blanks.
public struct ConfigurationEditor: Sendable {
    private let path: String
    private let wasThere: Bool
    private let before: String
    private let configuration: Configuration

    /// Reads the file as it is now; one that isn't there is empty.
    ///
    /// Errors: those of reading a configuration. What can't be read is not written to either.
    public init(_ paths: Paths) throws(ServiceError) {
        path = paths.config
        wasThere = Files.status(paths.config) != nil
        guard wasThere else {
            before = ""
            configuration = Configuration()
            return
        }
        let bytes = try Files.read(paths.config, limit: Configuration.largestFile)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ServiceError(.configurationInvalid, "\(paths.config): is not UTF-8")
        }
        before = text
        configuration = try Configuration.parse(text, file: paths.config)
    }

    public var accountNames: [String] { configuration.accounts.map(\.name) }

    /// Where an account of this name stands, as `file:line`; nil where there is none.
    public func place(ofAccount name: String) -> String? {
        guard accountNames.contains(name) else { return nil }
        return "\(path):\(TOMLPositions(before).line(of: ["accounts", name]) ?? 1)"
    }

    /// The file with an account more, at its end.
    ///
    /// Errors: ``ServiceError/Code/configurationInvalid`` where there is one of that name, where what was given makes no
    /// account, or where the file is written so that no table can follow (`accounts = {…}`).
    public func text(adding account: AccountConfiguration) throws(ServiceError) -> String {
        if let place = place(ofAccount: account.name) {
            throw ServiceError(
                .configurationInvalid,
                "there is an account \"\(account.name)\" at \(place): choose another name, or change it there")
        }
        var text = before
        if !text.isEmpty {
            if text.utf8.last != 10 { text += "\n" }
            text += "\n"
        }
        text += account.toml
        // By itself first, so that a fault of the account is told as such.
        _ = try Configuration.parse(account.toml, file: "account \(account.name)")
        let after: Configuration
        do {
            after = try Configuration.parse(text, file: path)
        } catch {
            throw ServiceError(
                .configurationInvalid,
                "\(path): no table can be added at its end; add the account by hand (--print shows it)",
                underlying: error)
        }
        var rest = after
        rest.accounts.removeAll { $0.name == account.name }
        guard rest == configuration, after.accounts.count == configuration.accounts.count + 1 else {
            throw ServiceError(
                .configurationInvalid, "\(path): can't be added to safely; add the account by hand (--print shows it)")
        }
        return text
    }

    /// Writes the account into the file. A new one is made with mode 0600, its folder with 0700; one that is there keeps
    /// its mode. Where the path is a symbolic link, what it leads to is written.
    ///
    /// The file is always whole: the old one until the new one has taken its place.
    ///
    /// Errors: as ``text(adding:)``, and ``ServiceError/Code/fileUnusable``.
    public func add(_ account: AccountConfiguration) throws(ServiceError) {
        let text = try text(adding: account)
        let mode = wasThere ? Files.status(path)?.permissions ?? 0o600 : 0o600
        try Files.replace(path, with: Array(text.utf8), mode: mode)
    }
}
