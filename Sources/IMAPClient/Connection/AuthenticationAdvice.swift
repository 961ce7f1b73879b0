import IMAPCore

/// What to do when a server refuses a login, by what it said and by whose server it is.
enum AuthenticationAdvice {
    private enum Provider {
        case google
        case microsoft
        case yahoo
        case apple
        case other
    }

    /// The error for a refused login.
    static func error(_ text: ResponseText, server: IMAPServer, credentials: IMAPCredentials) -> IMAPError {
        let words = text.text.isEmpty ? "" : " (\"\(printable(text.text))\")"
        let advice = advice(text, server: server, credentials: credentials)
        var code = IMAPError.Code.authenticationFailed
        switch text.code {
        case .unavailable?: code = .unavailable
        case .limit?: code = .limit
        case .inUse?: code = .inUse
        case .contactAdmin?, .expired?, .privacyRequired?, .authorizationFailed?, .authenticationFailed?: break
        default: break
        }
        if saysTooManyConnections(text.text) { code = .limit }
        if code != .authenticationFailed {
            return IMAPError(
                code, "\(server.host) cannot log \(credentials.user) in just now\(words); it will be tried again",
                responseCode: text.code)
        }
        return IMAPError(
            code, "\(server.host) refuses the login of \(credentials.user)\(words): \(advice)",
            responseCode: text.code)
    }

    private static func advice(
        _ text: ResponseText, server: IMAPServer, credentials: IMAPCredentials
    ) -> String {
        let words = text.text.lowercased()
        let usesToken = if case .token = credentials.proof { true } else { false }
        if words.contains("not enabled for imap") || words.contains("imap access is disabled")
            || words.contains("imap is disabled") || words.contains("imap disabled")
        {
            return "IMAP is switched off for this account; switch it on in the provider's mail settings"
        }
        switch provider(server.host) {
        case .google:
            return usesToken
                ? "the token has expired or lacks the scope https://mail.google.com/"
                : "Google takes no account passwords here: make an app password (Google Account, Security, 2-Step Verification, App passwords), or use OAuth with token-command and auth = \"xoauth2\""
        case .microsoft:
            if words.contains("authenticated but not connected") {
                return
                    "the login is right, but this mailbox may not be read over IMAP: IMAP is switched off for it, or the user name is not the mailbox's own address"
            }
            return usesToken
                ? "the token has expired or lacks the scope https://outlook.office.com/IMAP.AccessAsUser.All"
                : "Microsoft no longer takes passwords over IMAP: use OAuth with token-command and auth = \"xoauth2\""
        case .yahoo:
            return usesToken
                ? "the token has expired or lacks the mail scope"
                : "Yahoo takes no account passwords here: make an app password (Account Security, Generate app password)"
        case .apple:
            return
                "iCloud takes no account passwords here: make an app-specific password (account.apple.com, Sign-In and Security)"
        case .other: break
        }
        switch text.code {
        case .expired?: return "the password has expired; set a new one with the provider"
        case .contactAdmin?: return "the server asks to contact its administrator"
        case .privacyRequired?: return "the server wants TLS: set security = \"tls\" or \"starttls\""
        case .authorizationFailed?: return "the login is right, but this user may not use the mailbox"
        default: break
        }
        if words.contains("web login required") || words.contains("web browser") {
            return "log in once in a web browser, as the server asks"
        }
        if words.contains("application-specific") || words.contains("app password") {
            return "make an app password with the provider and use it here"
        }
        return usesToken
            ? "is the token still valid, and for this user? See what token-command prints"
            : "are user and password right? See what its password-command, file or variable gives, and whether the provider wants an app password"
    }

    private static func provider(_ host: String) -> Provider {
        let host = host.lowercased()
        func belongs(_ domains: String...) -> Bool { domains.contains { host == $0 || host.hasSuffix("." + $0) } }
        if belongs("gmail.com", "googlemail.com", "google.com") { return .google }
        if belongs("outlook.com", "office365.com", "office.com", "hotmail.com", "live.com") { return .microsoft }
        if belongs("yahoo.com", "yahoo.co.jp", "aol.com", "ymail.com") { return .yahoo }
        if belongs("me.com", "icloud.com", "mac.com") { return .apple }
        return .other
    }

    /// Most servers say so in words, whatever response code they choose: Dovecot with `[UNAVAILABLE]`, Gmail with
    /// `[ALERT]`, Courier with none.
    static func saysTooManyConnections(_ words: String) -> Bool {
        let words = words.lowercased()
        guard words.contains("connection") || words.contains("session") || words.contains("login") else { return false }
        return ["too many", "maximum number of", "maximum connection", "connection limit", "limit exceeded"]
            .contains { words.contains($0) }
    }

    /// A server's words, fit for a terminal: no control characters, and not endless.
    static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(300) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            // Marks that change the direction of what follows could make a message say something else.
            let isDirection = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            result.unicodeScalars.append(isControl || isDirection ? " " : scalar)
        }
        return result
    }
}
