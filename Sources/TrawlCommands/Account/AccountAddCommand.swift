import ArgumentParser
import Logging
import TrawlService
import Presentation

struct AccountAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add an account: find its server, try it, write it down.",
        discussion: """
            What the options don't tell is asked for on the terminal. The server is found by the address: among the \
            known providers, or by what its domain says in DNS (RFC 6186). The account is tried as trawl doctor does, \
            and written to the end of config.toml, whose other lines stay as they are.

              trawl account add
              trawl account add work --user ana@example.org --password-command 'pass show mail/work'
              trawl account add home --user ana --host mail.example.org --port 143 --password-file ~/.secrets/mail

            Exit status: 0 added, 1 the server can't be read (nothing is written), 2 error.
            """)

    @Argument(help: ArgumentHelp("What the account is to be called.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The mail address, where the user's name is another.", valueName: "address"))
    var address: String?

    @Option(help: ArgumentHelp("The login name, mostly the mail address.", valueName: "user"))
    var user: String?

    @Option(help: ArgumentHelp("The IMAP server; found by the address where not given.", valueName: "host"))
    var host: String?

    @Option(help: ArgumentHelp("Its port (993).", valueName: "port"))
    var port: Int?

    @Option(help: "How the connection is protected: tls, starttls or none.")
    var security: AccountConfiguration.Security?

    @Option(help: "The way to log in; auto is the strongest that both sides know.")
    var auth: AccountConfiguration.Mechanism = .auto

    @Option(help: ArgumentHelp("A command that prints the password; it is run without a shell.", valueName: "command"))
    var passwordCommand: String?

    @Option(help: ArgumentHelp("A file of mode 0600 that holds the password.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @Option(help: ArgumentHelp("The environment variable that holds the password.", valueName: "variable"))
    var passwordEnv: String?

    @Option(help: ArgumentHelp("A command that prints an OAuth token.", valueName: "command"))
    var tokenCommand: String?

    @Option(
        help: ArgumentHelp("Certificates to trust instead of the system's.", valueName: "file"), completion: .file())
    var caFile: String?

    @Option(help: ArgumentHelp("The SHA-256 of the one server certificate to trust.", valueName: "digest"))
    var certificateSha256: String?

    @Flag(help: "Let --security none reach beyond this machine.")
    var allowPlaintext = false

    @Flag(help: "Write it down without trying it.")
    var noCheck = false

    @Flag(help: "Print what would be written, and write nothing.")
    var print = false

    @OptionGroup var places: PlaceOptions

    func run() async throws {
        let paths = places.paths
        let editor = try ConfigurationEditor(paths)
        let draft = try draft()
        if let name, let place = editor.place(ofAccount: name) {
            throw ServiceError(
                .configurationInvalid,
                "there is an account \"\(name)\" at \(place): choose another name, or change it there")
        }
        let isComplete = draft.user != nil && draft.hasCredentials && (draft.host != nil || draft.searchedDomain != nil)
        if isComplete || !Prompt.isPossible {
            try await addUnasked(draft, editor, paths)
        } else {
            try await addAsking(draft, editor, paths)
        }
    }

    /// What the options tell.
    private func draft() throws -> AccountDraft {
        let sources = [passwordCommand, passwordFile, passwordEnv].compactMap(\.self)
        guard sources.count <= 1 else {
            throw ServiceError(
                .requestInvalid, "give one of --password-command, --password-file and --password-env")
        }
        var draft = AccountDraft()
        draft.name = name
        draft.address = address
        draft.user = user ?? address
        draft.host = host
        draft.port = port
        draft.security = security
        draft.mechanism = auth
        draft.allowPlaintext = allowPlaintext
        draft.caFile = caFile.map(Paths.absolute)
        if let certificateSha256 {
            guard let digest = AccountConfiguration.digest(certificateSha256) else {
                throw ServiceError(
                    .requestInvalid, "--certificate-sha256 wants 64 hexadecimal digits (colons allowed)")
            }
            draft.certificateSHA256 = digest
        }
        if let passwordCommand { draft.password = .command(try Self.words(passwordCommand, "--password-command")) }
        if let passwordFile { draft.password = .file(Paths.absolute(passwordFile)) }
        if let passwordEnv { draft.password = .environment(passwordEnv) }
        draft.tokenCommand = try tokenCommand.map { try Self.words($0, "--token-command") }
        return draft
    }

    private static func words(_ text: String, _ option: String) throws -> [String] {
        do {
            return try CommandWords.split(text)
        } catch {
            throw ServiceError(.requestInvalid, "\(option): \(error.message)")
        }
    }

    // MARK: By options alone

    private func addUnasked(_ options: AccountDraft, _ editor: ConfigurationEditor, _ paths: Paths) async throws {
        var draft = options
        guard let user = draft.user else { throw Self.missing("--user") }
        guard draft.hasCredentials else {
            throw Self.missing("--password-command (or --password-file, --password-env, --token-command)")
        }
        if draft.host == nil { draft.take(try await Self.findServer(of: draft)) }
        guard let host = draft.host else { throw Self.missing("--host") }
        let name =
            name
            ?? AccountDraft.proposedName(domain: draft.searchedDomain, host: host, taken: editor.accountNames)
        let account = draft.account(name: name, host: host, user: user)
        try await finish(account, editor, paths) { _ in .leave }
    }

    private static func missing(_ option: String) -> ServiceError {
        ServiceError(
            .requestInvalid,
            "\(option) is missing; on a terminal \"trawl account add\" asks for what it needs")
    }

    /// Only where nobody could have said it who is not to be trusted: here is no one to ask.
    private static func findServer(of draft: AccountDraft) async throws -> ServerDiscovery.Found {
        guard let domain = draft.searchedDomain else { throw missing("--host") }
        switch try await ServerDiscovery().find(domain) {
        case .found(let found) where found.isSure: return found
        case .found(let found):
            throw ServiceError(
                .requestInvalid,
                "DNS says that the mail of \(domain) is at \(found.host), which is outside of \(domain): "
                    + "if that is right, add --host \(found.host)")
        case .nothing: throw ServiceError(.requestInvalid, "DNS tells no IMAP server of \(domain): add --host")
        case .notOffered:
            throw ServiceError(.requestInvalid, "\(domain) says that it offers no IMAP; if it does, add --host")
        case .failed:
            throw ServiceError(.requestInvalid, "no name server tells the IMAP server of \(domain): add --host")
        }
    }

    // MARK: By asking

    private func addAsking(_ options: AccountDraft, _ editor: ConfigurationEditor, _ paths: Paths) async throws {
        let prompt = Prompt()
        var earlier: AccountDraft?
        while true {
            var dialogue = AccountDialogue(
                options, earlier: earlier, paths: paths, takenNames: editor.accountNames, prompt: prompt)
            do {
                let account = try await dialogue.ask()
                prompt.say("")
                try await finish(account, editor, paths) { try Self.askWhatNow(prompt, certificate: $0) }
                return
            } catch is AskAgain {
                dialogue.keptPassword.map(SecretStore.forget)
                earlier = dialogue.draft
            } catch {
                dialogue.keptPassword.map(SecretStore.forget)
                throw error
            }
        }
    }

    private struct AskAgain: Error {}

    /// - Parameter certificate: the digest of the server's certificate, if what stands in the way is that nothing
    ///   vouches for it.
    private static func askWhatNow(_ prompt: Prompt, certificate: [UInt8]?) throws -> Remedy {
        var choices: [(text: String, remedy: Remedy?)] = [("ask me again", nil)]
        if let certificate {
            choices.append(
                ("trust just this certificate, since I know it to be that server's", .trust(certificate)))
        }
        choices += [("write it down all the same", .write), ("leave, and write nothing", .leave)]
        let answer = try prompt.choose("That did not work. What now?", among: choices.map(\.text), proposed: 0)
        guard let remedy = choices[answer].remedy else { throw AskAgain() }
        return remedy
    }

    // MARK: Trying and writing

    /// What to do about an account that can't be read.
    private enum Remedy {
        case write
        case leave
        /// Try it again with this certificate pinned.
        case trust([UInt8])
    }

    /// - Parameter remedy: asked where the account can't be read; gets the digest of the server's certificate where
    ///   nothing vouches for it.
    private func finish(
        _ given: AccountConfiguration, _ editor: ConfigurationEditor, _ paths: Paths,
        remedy: (_ certificate: [UInt8]?) throws -> Remedy
    ) async throws {
        var output = Output()
        var account = given
        let text = try editor.text(adding: account)
        if print {
            _ = text
            output.write(account.toml)
            output.flush()
            return
        }
        while !noCheck {
            let (isReadable, certificate) = try await examine(account)
            if isReadable { break }
            switch try remedy(account.certificateSHA256 == nil ? certificate : nil) {
            case .trust(let digest):
                account.certificateSHA256 = digest
                continue
            case .write: break
            case .leave:
                Diagnostics.error("the account can't be read, and nothing was written; --no-check writes it untried")
                throw ExitCode(ExitStatus.nothingFound)
            }
            break
        }
        try editor.add(account)
        let name = TerminalText.line(account.name)
        output.line("added account \"\(name)\" to \(TerminalText.line(paths.config))")
        output.flush()
        Diagnostics.line("next: \"trawl sync \(name)\" brings its mail in, \"trawl serve\" stays and watches it")
    }

    /// Whether the account's mail can be read; if not, the digest of the certificate that nothing vouches for.
    private func examine(_ account: AccountConfiguration) async throws -> (isReadable: Bool, certificate: [UInt8]?) {
        let terminal = Terminal(descriptor: 2)
        let style = Style(isOn: terminal.usesColor)
        let logger = Logger(label: "trawl") { _ in LineLogHandler(level: .critical) }
        var certificate: [UInt8]?
        let isReadable = try await AccountDoctor(account, logger: logger).examine(now: DateText.currentTime()) {
            certificate = certificate ?? $0.refusedCertificate
            for line in DoctorCommand.lines(of: $0, style, terminal) { Diagnostics.line(line) }
        }
        return (isReadable, certificate)
    }
}

extension AccountConfiguration.Security: ExpressibleByArgument {}
extension AccountConfiguration.Mechanism: ExpressibleByArgument {}
