import MailSearch
import TOMLKit
import Presentation

/// Turns a TOML document into a ``Configuration``, with errors that name the line.
struct ConfigurationReader {
    private let file: String
    private let root: TOMLTable
    private let positions: TOMLPositions
    private let environment: (String) -> String?

    init(text: String, file: String, environment: @escaping (String) -> String?) throws(ServiceError) {
        self.file = file
        self.environment = environment
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ServiceError(
                .configurationInvalid, "\(file):\(error.source.begin.line): \(Self.oneLine(error.description))",
                underlying: error)
        } catch {
            throw ServiceError(.configurationInvalid, "\(file): can't be read as TOML", underlying: error)
        }
        positions = TOMLPositions(text)
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    mutating func read() throws(ServiceError) -> Configuration {
        var configuration = Configuration()
        try check(keysOf: root, at: [], known: ["accounts", "extract", "index", "queries"])
        if let accounts = try table(root, "accounts", at: []) {
            for name in accounts.keys.sorted() {
                let path = ["accounts", name]
                guard !name.isEmpty, name != "local", !name.utf8.contains(where: { $0 < 0x21 || $0 == 0x7F }) else {
                    throw error(
                        name == "local"
                            ? "the account name \"local\" is that of imported mail; choose another"
                            : "an account's name can't be empty or hold blanks", at: path)
                }
                guard let account = accounts[name]?.table else {
                    throw error("accounts.\(name) must be a table: write [accounts.\(name)]", at: path)
                }
                configuration.accounts.append(try readAccount(name, account, at: path))
            }
        }
        if let extract = try table(root, "extract", at: []) {
            for type in extract.keys.sorted() {
                let parts = type.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                    throw error(
                        "\"\(type)\" is no media type; write it like \"application/pdf\"", at: ["extract", type])
                }
                configuration.extract[type.lowercased()] = try command(extract, type, at: ["extract"])
            }
        }
        if let index = try table(root, "index", at: []) {
            try check(keysOf: index, at: ["index"], known: ["languages"])
            configuration.languages = try languages(index)
        }
        if let queries = try table(root, "queries", at: []) {
            for name in queries.keys { configuration.queries[name] = try string(queries, name, at: ["queries"]) }
        }
        return configuration
    }

    private func languages(_ index: TOMLTable) throws(ServiceError) -> [String] {
        let named = try strings(index, "languages", at: ["index"]) ?? []
        for name in named where Stemmer(language: name) == nil {
            let known = Stemmer.languages
            let hint =
                NearestName.find(name, among: known).map { "did you mean \"\($0)\"?" }
                ?? "there are: \(known.joined(separator: ", "))"
            throw error("no stems of \"\(name)\"; \(hint)", at: ["index", "languages"])
        }
        return named.map { $0.lowercased() }
    }

    // MARK: Accounts

    private static let accountKeys = [
        "host", "port", "security", "allow-plaintext", "user", "auth", "password-command", "password-file",
        "password-env", "token-command", "ca-file", "certificate-sha256", "client-certificate", "client-key",
        "mailboxes", "exclude", "watch", "connections", "poll-interval", "fetch",
    ]

    private func readAccount(
        _ name: String, _ table: TOMLTable, at path: [String]
    ) throws(ServiceError) -> AccountConfiguration {
        try check(keysOf: table, at: path, known: Self.accountKeys)
        guard let host = try string(table, "host", at: path), !host.isEmpty else {
            throw error("accounts.\(name) has no host; add host = \"imap.example.com\"", at: path)
        }
        guard let user = try string(table, "user", at: path), !user.isEmpty else {
            throw error("accounts.\(name) has no user; add user = \"me@example.com\"", at: path)
        }
        var account = AccountConfiguration(name: name, host: host, user: user)
        try readConnection(&account, table, at: path)
        try readCredentials(&account, table, at: path)
        if let mailboxes = try strings(table, "mailboxes", at: path) { account.mailboxes = mailboxes }
        if let exclude = try strings(table, "exclude", at: path) { account.exclude = exclude }
        if let watch = try strings(table, "watch", at: path) { account.watch = watch }
        if let connections = try integer(table, "connections", at: path) {
            guard (1...AccountConfiguration.mostConnections).contains(connections) else {
                throw error(
                    "connections must be from 1 to \(AccountConfiguration.mostConnections)", at: path + ["connections"])
            }
            account.connections = connections
        }
        if let text = try string(table, "poll-interval", at: path) {
            guard let seconds = Self.seconds(text) else {
                throw error(
                    "poll-interval = \"\(text)\" is no duration; write it like \"30s\", \"5m\" or \"1h\"",
                    at: path + ["poll-interval"])
            }
            account.pollInterval = seconds
        }
        if let fetch = try choice(table, "fetch", at: path, AccountConfiguration.Fetch.self) { account.fetch = fetch }
        return account
    }

    private func readConnection(
        _ account: inout AccountConfiguration, _ table: TOMLTable, at path: [String]
    ) throws(ServiceError) {
        let security = try choice(table, "security", at: path, AccountConfiguration.Security.self)
        let port = try integer(table, "port", at: path)
        if let port, !(1...65_535).contains(port) {
            throw error("port must be from 1 to 65535", at: path + ["port"])
        }
        account.security = security ?? port.map(AccountConfiguration.defaultSecurity) ?? .tls
        account.port = port ?? AccountConfiguration.defaultPort(for: account.security)
        account.allowPlaintext = try boolean(table, "allow-plaintext", at: path) ?? false
        if account.security == .none, !account.allowPlaintext, !account.isLoopback {
            throw error(
                "security = \"none\" would send the password of \(account.name) in the clear to \(account.host); "
                    + "use \"tls\" or \"starttls\", or add allow-plaintext = true", at: path + ["security"])
        }
        account.caFile = try file(table, "ca-file", at: path)
        account.clientCertificate = try file(table, "client-certificate", at: path)
        account.clientKey = try file(table, "client-key", at: path)
        if account.clientKey != nil, account.clientCertificate == nil {
            throw error("client-key without client-certificate", at: path + ["client-key"])
        }
        if let text = try string(table, "certificate-sha256", at: path) {
            guard let digest = AccountConfiguration.digest(text) else {
                throw error(
                    "certificate-sha256 must be 64 hexadecimal digits (colons allowed)",
                    at: path + ["certificate-sha256"])
            }
            account.certificateSHA256 = digest
        }
    }

    private func readCredentials(
        _ account: inout AccountConfiguration, _ table: TOMLTable, at path: [String]
    ) throws(ServiceError) {
        if let auth = try choice(table, "auth", at: path, AccountConfiguration.Mechanism.self) {
            account.mechanism = auth
        }
        var given: [String] = []
        if let arguments = try command(table, "password-command", at: path) {
            account.password = .command(arguments)
            given.append("password-command")
        }
        if let name = try file(table, "password-file", at: path) {
            account.password = .file(name)
            given.append("password-file")
        }
        if let name = try string(table, "password-env", at: path) {
            account.password = .environment(name)
            given.append("password-env")
        }
        if given.count > 1 {
            throw error("\(given.joined(separator: " and ")) exclude each other; keep one", at: path + [given[1]])
        }
        account.tokenCommand = try command(table, "token-command", at: path)
        switch account.mechanism {
        case .xoauth2, .oauthbearer:
            guard account.tokenCommand != nil else {
                throw error("auth = \"\(account.mechanism.rawValue)\" needs a token-command", at: path + ["auth"])
            }
        case .external:
            guard account.clientCertificate != nil else {
                throw error("auth = \"external\" needs a client-certificate", at: path + ["auth"])
            }
        case .auto:
            guard account.password != nil || account.tokenCommand != nil || account.clientCertificate != nil else {
                throw error(
                    "accounts.\(account.name) has no way to log in; add password-command, password-file, "
                        + "password-env or token-command", at: path)
            }
        case .plain, .login, .cramMD5, .scramSHA1, .scramSHA256:
            guard account.password != nil else {
                throw error(
                    "auth = \"\(account.mechanism.rawValue)\" needs password-command, password-file or password-env",
                    at: path + ["auth"])
            }
        }
    }

    // MARK: Values

    /// `30s`, `5m`, `2h`, `1d` or bare seconds; nil where it is none of these, or zero, or beyond a year.
    static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard let last = bytes.last else { return nil }
        let unit: Int
        switch last {
        case UInt8(ascii: "s"): unit = 1
        case UInt8(ascii: "m"): unit = 60
        case UInt8(ascii: "h"): unit = 3600
        case UInt8(ascii: "d"): unit = 86_400
        case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = 0
        default: return nil
        }
        let digits = unit == 0 ? bytes[...] : bytes.dropLast()
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        let seconds = number * max(unit, 1)
        return (1...(366 * 86_400)).contains(seconds) ? seconds : nil
    }

    private func table(_ parent: TOMLTable, _ key: String, at path: [String]) throws(ServiceError) -> TOMLTable? {
        guard let value = parent[key] else { return nil }
        guard let table = value.table else { throw wrongType(value, wanted: "a table", at: path + [key]) }
        return table
    }

    private func string(_ parent: TOMLTable, _ key: String, at path: [String]) throws(ServiceError) -> String? {
        guard let value = parent[key] else { return nil }
        guard let string = value.string else { throw wrongType(value, wanted: "a string", at: path + [key]) }
        return string
    }

    private func integer(_ parent: TOMLTable, _ key: String, at path: [String]) throws(ServiceError) -> Int? {
        guard let value = parent[key] else { return nil }
        guard value.type == .int, let integer = value.int else {
            throw wrongType(value, wanted: "a whole number", at: path + [key])
        }
        return integer
    }

    private func boolean(_ parent: TOMLTable, _ key: String, at path: [String]) throws(ServiceError) -> Bool? {
        guard let value = parent[key] else { return nil }
        guard let boolean = value.bool else { throw wrongType(value, wanted: "true or false", at: path + [key]) }
        return boolean
    }

    private func strings(_ parent: TOMLTable, _ key: String, at path: [String]) throws(ServiceError) -> [String]? {
        guard let value = parent[key] else { return nil }
        guard let array = value.array else { throw wrongType(value, wanted: "an array of strings", at: path + [key]) }
        var strings: [String] = []
        for element in array {
            guard let string = element.string else {
                throw wrongType(element, wanted: "an array of strings", at: path + [key])
            }
            strings.append(string)
        }
        return strings
    }

    private func command(_ parent: TOMLTable, _ key: String, at path: [String]) throws(ServiceError) -> [String]? {
        guard let value = parent[key] else { return nil }
        if value.string != nil {
            throw error(
                "\(key) is run without a shell: write it as an array, like [\"pass\", \"show\", \"mail\"]",
                at: path + [key])
        }
        guard let arguments = try strings(parent, key, at: path) else { return nil }
        guard let program = arguments.first, !program.isEmpty else {
            throw error("\(key) names no program", at: path + [key])
        }
        return arguments
    }

    private func file(_ parent: TOMLTable, _ key: String, at path: [String]) throws(ServiceError) -> String? {
        guard let name = try string(parent, key, at: path) else { return nil }
        guard !name.isEmpty else { throw error("\(key) names no file", at: path + [key]) }
        return Paths.resolve(name, beside: Paths.folder(of: file), environment: environment)
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ parent: TOMLTable, _ key: String, at path: [String], _: Choice.Type
    ) throws(ServiceError) -> Choice? {
        guard let text = try string(parent, key, at: path) else { return nil }
        if let choice = Choice(rawValue: text.lowercased()) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        let hint =
            NearestName.find(text, among: known).map { "did you mean \"\($0)\"?" }
            ?? "one of: \(known.joined(separator: ", "))"
        throw error("\(key) = \"\(text)\" is unknown; \(hint)", at: path + [key])
    }

    // MARK: Errors

    private func check(keysOf table: TOMLTable, at path: [String], known: [String]) throws(ServiceError) {
        let unknown = table.keys.filter { !known.contains($0) }
        // The first by line, so that errors are mended from the top.
        guard let key = unknown.min(by: { line(path + [$0]) < line(path + [$1]) }) else { return }
        let place = path.isEmpty ? "" : " in [\(path.joined(separator: "."))]"
        let hint =
            NearestName.find(key, among: known).map { "did you mean \"\($0)\"?" }
            ?? "known are: \(known.joined(separator: ", "))"
        throw error("unknown key \"\(key)\"\(place); \(hint)", at: path + [key])
    }

    private func line(_ path: [String]) -> Int { positions.line(of: path) ?? 1 }

    private func wrongType(_ value: any TOMLValueConvertible, wanted: String, at path: [String]) -> ServiceError {
        error("\(path.joined(separator: ".")) must be \(wanted), not \(Self.article(value.type))", at: path)
    }

    private static func article(_ type: TOMLType) -> String {
        switch type {
        case .table: "a table"
        case .array: "an array"
        case .string: "a string"
        case .int: "a whole number"
        case .double: "a fraction"
        case .bool: "true or false"
        case .date: "a date"
        case .time: "a time"
        case .dateTime: "a date and time"
        }
    }

    private func error(_ message: String, at path: [String]) -> ServiceError {
        ServiceError(.configurationInvalid, "\(file):\(line(path)): \(message)")
    }
}
