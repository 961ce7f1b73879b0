import TrawlService
import Presentation

/// Asks for what is not yet known of an account.
struct AccountDialogue {
    let prompt: Prompt
    let paths: Paths
    let takenNames: [String]
    private(set) var draft: AccountDraft
    /// Where a password that was typed is kept; to be forgotten where the account isn't added.
    private(set) var keptPassword: AccountConfiguration.PasswordSource?
    private var provider: MailProvider?
    /// What was answered the last time: proposed again.
    private let earlier: AccountDraft?

    init(_ draft: AccountDraft, earlier: AccountDraft?, paths: Paths, takenNames: [String], prompt: Prompt) {
        self.draft = draft
        // The address was understood, if the server wasn't.
        if let earlier, draft.address == nil { self.draft.address = earlier.address }
        self.earlier = earlier
        self.paths = paths
        self.takenNames = takenNames
        self.prompt = prompt
    }

    /// Asks, in this order: the address, the server, the user, the account's name, the password or token.
    ///
    /// Errors: `CancellationError` where the answer was Ctrl-D.
    mutating func ask() async throws -> AccountConfiguration {
        if earlier == nil {
            prompt.say("Enter takes what stands in [brackets]. Ctrl-C leaves, and nothing is written.\n")
        }
        if draft.address == nil, draft.user == nil {
            draft.address = try prompt.ask("Your mail address") { answer in
                ServerDiscovery.domain(of: answer) == nil ? "that is no address: write it like ana@example.org" : nil
            }
        }
        let host = try await askServer()
        let user: String
        if let known = draft.user {
            user = known
        } else {
            user = try prompt.ask("User", proposed: earlier?.user ?? draft.address)
        }
        draft.user = user
        let name = try askName(host: host)
        draft.name = name
        if !draft.hasCredentials { try await askCredentials(name: name) }
        return draft.account(name: name, host: host, user: user)
    }

    // MARK: Server

    private mutating func askServer() async throws -> String {
        if let host = draft.host { return host }
        var proposal = AccountDraft()
        if let host = earlier?.host {
            proposal.host = host
            proposal.port = earlier?.port
            proposal.security = earlier?.security
        } else if let domain = draft.searchedDomain {
            Diagnostics.write(prompt.style.faint("  looking for the server of \(domain)… "))
            let outcome = try await ServerDiscovery().find(domain)
            prompt.say(prompt.style.faint(TerminalText.line(Self.tell(outcome))))
            if case .found(let found) = outcome {
                proposal.take(found)
                provider = found.provider
            } else {
                // What most domains call it, and nothing more than that.
                proposal.host = "imap.\(domain)"
            }
            if let advice = provider?.advice { prompt.say("  \(advice)") }
        }
        let host = try prompt.ask("Server", proposed: proposal.host) { answer in
            answer.contains(where: \.isWhitespace) || answer.contains("/") ? "that is no host's name" : nil
        }
        let isAsProposed = host == proposal.host
        let port =
            if let known = draft.port {
                known
            } else {
                Int(
                    try prompt.ask("Port", proposed: String(isAsProposed ? proposal.port ?? 993 : 993)) { answer in
                        Int(answer).map { (1...65_535).contains($0) } == true ? nil : "write a number from 1 to 65535"
                    }) ?? 993
            }
        if draft.security == nil {
            let usual: AccountConfiguration.Security = port == 143 ? .startTLS : .tls
            let isProposedPort = isAsProposed && port == proposal.port
            let answer = try prompt.ask(
                "Security: tls, starttls or none",
                proposed: (isProposedPort ? proposal.security ?? usual : usual).rawValue
            ) { answer in
                guard let security = AccountConfiguration.Security(rawValue: answer.lowercased()) else {
                    return "write tls, starttls or none"
                }
                guard security == .none, !AccountConfiguration(name: "", host: host, user: "").isLoopback else {
                    return nil
                }
                return "that would send the password in the clear over the network"
            }
            draft.security = AccountConfiguration.Security(rawValue: answer.lowercased())
        }
        draft.port = port
        draft.host = host
        return host
    }

    private static func tell(_ outcome: ServerDiscovery.Outcome) -> String {
        switch outcome {
        case .found(let found):
            switch found.origin {
            case .provider: "it is \(found.provider?.name ?? found.host)"
            case .service(let domain): "\(domain) names \(found.host) (SRV record)"
            case .exchange(let host):
                "\(host) takes its mail in, which is \(found.provider?.name ?? found.host)'s"
            }
        case .nothing: "DNS tells none"
        case .notOffered: "the domain says that it offers no IMAP"
        case .failed: "no name server answers"
        }
    }

    private func askName(host: String) throws -> String {
        if let name = draft.name { return name }
        let proposed =
            earlier?.name
            ?? AccountDraft.proposedName(domain: draft.searchedDomain, host: host, taken: takenNames)
        return try prompt.ask("Name of the account, for in: and account: and the command line", proposed: proposed) {
            answer in
            if takenNames.contains(answer) { return "there is an account of that name" }
            if answer == "local" { return "that is where imported mail stands" }
            return answer.contains(where: \.isWhitespace) ? "a name has no blanks" : nil
        }
    }

    // MARK: Password

    private enum Way: CaseIterable {
        case command, keyring, file, token

        var text: String {
            switch self {
            case .command: "a command prints the password (pass, gopass, secret-tool, …)"
            case .keyring: "I type the password now, and the desktop's keyring keeps it"
            case .file: "I type the password now, and a file that only I can read keeps it"
            case .token: "a command prints an OAuth token (oama, mutt_oauth2, …)"
            }
        }
    }

    /// Programs that keep passwords, and what has them print one.
    private static let managers = [
        (program: "pass", command: "pass show mail/"), (program: "gopass", command: "gopass show -o mail/"),
        (program: "rbw", command: "rbw get "),
    ]

    private mutating func askCredentials(name: String) async throws {
        let hasKeyring = SecretStore.hasKeyring
        let manager = Self.managers.first { ChildProgram.find([$0.program]) != nil }
        let ways = Way.allCases.filter { $0 != .keyring || hasKeyring }
        let likely: Way =
            provider?.wantsToken == true ? .token : manager != nil ? .command : hasKeyring ? .keyring : .file
        let proposed = ways.firstIndex(of: likely) ?? 0
        while true {
            let way = ways[
                try prompt.choose("Where is the password to come from?", among: ways.map(\.text), proposed: proposed)]
            do {
                return try await ask(way, name: name, manager: manager?.command)
            } catch let error as ServiceError {
                // A keyring that nobody unlocks, a folder that can't be written: there are other ways.
                prompt.say("  \(prompt.style.warning(TerminalText.line(error.message)))")
            }
        }
    }

    private mutating func ask(_ way: Way, name: String, manager: String?) async throws {
        switch way {
        case .command: draft.password = .command(try askCommand("\(manager ?? Self.managers[0].command)\(name)"))
        case .token: draft.tokenCommand = try askCommand("oama access \(draft.user ?? "")")
        case .keyring:
            let password = try prompt.askSecret("Password")
            draft.password = try await SecretStore.keepInKeyring(password, account: name)
        case .file:
            let password = try prompt.askSecret("Password")
            keptPassword = try SecretStore.keepInFile(password, account: name, paths: paths)
            draft.password = keptPassword
        }
    }

    private func askCommand(_ proposed: String) throws -> [String] {
        try CommandWords.split(prompt.ask("The command", proposed: proposed, check: Self.problem))
    }

    private static func problem(ofCommand text: String) -> String? {
        do {
            _ = try CommandWords.split(text)
            return nil
        } catch {
            return error.message
        }
    }
}
