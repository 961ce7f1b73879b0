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
        try await finish(account, editor, paths) { false }
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
        var draft = options
        while true {
            var dialogue = AccountDialogue(draft, paths: paths, takenNames: editor.accountNames, prompt: prompt)
            do {
                let account = try await dialogue.ask()
                prompt.say("")
                try await finish(account, editor, paths) {
                    let answer = try prompt.choose(
                        "That did not work. What now?",
                        among: ["ask me again", "write it down all the same", "leave, and write nothing"], proposed: 0)
                    if answer == 0 { throw AskAgain() }
                    return answer == 1
                }
                return
            } catch is AskAgain {
                dialogue.keptPassword.map(SecretStore.forget)
                // The name and the address were right; all else is asked for again.
                draft = options
                draft.address = dialogue.draft.address
            } catch {
                dialogue.keptPassword.map(SecretStore.forget)
                throw error
            }
        }
    }

    private struct AskAgain: Error {}

    // MARK: Trying and writing

    /// - Parameter writesAnyway: asked where the account can't be read.
    private func finish(
        _ account: AccountConfiguration, _ editor: ConfigurationEditor, _ paths: Paths,
        writesAnyway: () throws -> Bool
    ) async throws {
        var output = Output()
        let text = try editor.text(adding: account)
        if print {
            _ = text
            output.write(account.toml)
            output.flush()
            return
        }
        if !noCheck {
            let style = Style(isOn: Terminal(descriptor: 2).usesColor)
            let logger = Logger(label: "trawl") { _ in LineLogHandler(level: .critical) }
            let isReadable = try await AccountDoctor(account, logger: logger).examine(now: DateText.currentTime()) {
                for line in DoctorCommand.lines(of: $0, style) { Diagnostics.line(line) }
            }
            if !isReadable, try !writesAnyway() {
                Diagnostics.error("the account can't be read, and nothing was written; --no-check writes it untried")
                throw ExitCode(ExitStatus.nothingFound)
            }
        }
        try editor.add(account)
        let name = TerminalText.line(account.name)
        output.line("added account \"\(name)\" to \(TerminalText.line(paths.config))")
        output.flush()
        Diagnostics.line("next: \"trawl sync \(name)\" brings its mail in, \"trawl serve\" stays and watches it")
    }
}

extension AccountConfiguration.Security: ExpressibleByArgument {}
extension AccountConfiguration.Mechanism: ExpressibleByArgument {}
