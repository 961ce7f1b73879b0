/// A mail service that many people use, and what its users have to know.
public struct MailProvider: Sendable, Hashable {
    public var name: String
    public var host: String
    /// What stands behind the @ of its addresses.
    var domains: [String]
    /// What the names of its incoming servers (MX) end with: other people's domains that it keeps mail for.
    var exchanges: [String] = []
    /// How its password or token is had, in a sentence; nil where there is nothing to say.
    public var advice: String?
    /// Passwords are refused: only OAuth's tokens are taken.
    public var wantsToken = false

    /// All listen on port 993, with TLS from the first octet.
    public static let all = [
        MailProvider(
            name: "Gmail", host: "imap.gmail.com", domains: ["gmail.com", "googlemail.com"],
            exchanges: ["google.com", "googlemail.com"],
            advice: "Google wants an app password (Google Account > Security > App passwords), or OAuth."),
        MailProvider(
            name: "Microsoft 365", host: "outlook.office365.com",
            domains: [
                "outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "outlook.es", "hotmail.co.uk",
            ],
            exchanges: ["mail.protection.outlook.com", "olc.protection.outlook.com"],
            advice: "Microsoft takes OAuth's tokens alone: give a command that prints one.", wantsToken: true),
        MailProvider(
            name: "Fastmail", host: "imap.fastmail.com", domains: ["fastmail.com", "fastmail.fm"],
            exchanges: ["messagingengine.com"],
            advice: "Fastmail wants an app password (Settings > Privacy & Security > App passwords)."),
        MailProvider(
            name: "iCloud", host: "imap.mail.me.com", domains: ["icloud.com", "me.com", "mac.com"],
            exchanges: ["mail.icloud.com"],
            advice: "Apple wants an app-specific password (account.apple.com > Sign-In and Security)."),
        MailProvider(
            name: "Yahoo", host: "imap.mail.yahoo.com",
            domains: ["yahoo.com", "ymail.com", "rocketmail.com", "yahoo.co.uk", "yahoo.de", "yahoo.es", "yahoo.fr"],
            exchanges: ["yahoodns.net"],
            advice: "Yahoo wants an app password (Account Info > Security > Generate app password)."),
        MailProvider(
            name: "AOL", host: "imap.aol.com", domains: ["aol.com"],
            advice: "AOL wants an app password (Account Info > Security > Generate app password)."),
        MailProvider(
            name: "GMX", host: "imap.gmx.net", domains: ["gmx.net", "gmx.de", "gmx.at", "gmx.ch"],
            exchanges: ["gmx.net"],
            advice: "GMX must be told to let IMAP in (E-Mail > Settings > POP3/IMAP)."),
        MailProvider(
            name: "WEB.DE", host: "imap.web.de", domains: ["web.de"], exchanges: ["web.de"],
            advice: "WEB.DE must be told to let IMAP in (E-Mail > Settings > POP3/IMAP)."),
        MailProvider(
            name: "mailbox.org", host: "imap.mailbox.org", domains: ["mailbox.org"], exchanges: ["mailbox.org"]),
        MailProvider(
            name: "Posteo", host: "posteo.de", domains: ["posteo.de", "posteo.net"], exchanges: ["posteo.de"]),
        MailProvider(
            name: "Zoho", host: "imap.zoho.com", domains: ["zoho.com", "zohomail.com"], exchanges: ["zoho.com"],
            advice: "Zoho must be told to let IMAP in (Settings > Mail Accounts > IMAP Access)."),
    ]

    /// The one that a domain's addresses are of.
    static func of(domain: String) -> MailProvider? {
        let domain = domain.lowercased()
        return all.first { $0.domains.contains(domain) }
    }

    /// The one that takes a domain's mail in.
    static func of(exchange host: String) -> MailProvider? {
        all.first { provider in provider.exchanges.contains { ServerDiscovery.isHost(host, within: $0) } }
    }

    /// The one whose IMAP server this is.
    static func of(host: String) -> MailProvider? {
        let host = host.lowercased()
        return all.first { $0.host == host }
    }
}
