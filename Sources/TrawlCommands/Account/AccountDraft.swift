import TrawlService

/// An account as far as it is known.
struct AccountDraft {
    var name: String?
    /// The mail address, for finding the server by.
    var address: String?
    var user: String?
    var host: String?
    var port: Int?
    var security: AccountConfiguration.Security?
    var mechanism: AccountConfiguration.Mechanism = .auto
    var password: AccountConfiguration.PasswordSource?
    var tokenCommand: [String]?
    var caFile: String?
    var certificateSHA256: [UInt8]?
    var allowPlaintext = false

    /// Whether it tells how to log in.
    var hasCredentials: Bool { password != nil || tokenCommand != nil }

    /// The address, or a user's name that is one.
    var searchedDomain: String? { (address ?? user).flatMap(ServerDiscovery.domain) }

    /// What the account may be called: its provider, or what its domain begins with.
    static func proposedName(domain: String?, host: String?, taken: [String]) -> String {
        let provider = MailProvider.all.first { $0.host == host?.lowercased() }?.name
        let label = domain?.split(separator: ".").first.map(String.init)
        var name = (provider ?? label ?? "mail").lowercased()
        name = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        // That is where imported mail stands.
        if name == "local" { name = "mail" }
        guard taken.contains(name) else { return name }
        return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
    }

    /// The account, with the defaults of the configuration for what is open.
    func account(name: String, host: String, user: String) -> AccountConfiguration {
        var account = AccountConfiguration(name: name, host: host, user: user)
        account.security = security ?? (port == 143 ? .startTLS : .tls)
        account.port = port ?? (account.security == .tls ? 993 : 143)
        account.mechanism = mechanism
        account.password = password
        account.tokenCommand = tokenCommand
        account.caFile = caFile
        account.certificateSHA256 = certificateSHA256
        account.allowPlaintext = allowPlaintext
        return account
    }

    /// Takes over where the server is, as far as nobody has said otherwise.
    mutating func take(_ found: ServerDiscovery.Found) {
        if host == nil {
            host = found.host
            if port == nil { port = found.port }
            if security == nil { security = found.security }
        }
    }
}
