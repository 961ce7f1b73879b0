import Presentation

/// What `config.toml` says, checked and with its defaults filled in.
///
/// Every key is known: an unknown one, or a value of the wrong type, is an error that names the file, the line and
/// the nearest known key.
public struct Configuration: Sendable, Hashable {
    /// The accounts, by name in alphabetical order.
    public var accounts: [AccountConfiguration] = []
    /// `[extract]`: lower-case media type to the arguments of a command that reads stdin and writes text.
    public var extract: [String: [String]] = [:]
    /// `[index] languages`: languages whose words are stemmed; none unless named.
    public var languages: [String] = []
    /// `[queries]`: saved queries, by name.
    public var queries: [String: String] = [:]

    /// A configuration that says nothing.
    public init() {}

    /// Larger files than this are no configuration: 1 MiB.
    public static let largestFile = 1 << 20

    /// The file, where it is there; an empty configuration where it isn't and wasn't named by the user.
    ///
    /// Errors: ``ServiceError/Code/configurationMissing``, ``ServiceError/Code/configurationInvalid``,
    /// ``ServiceError/Code/fileUnusable``.
    public static func loadIfPresent(_ paths: Paths) throws(ServiceError) -> Configuration {
        if !paths.configWasNamed, Files.status(paths.config) == nil { return Configuration() }
        return try load(paths)
    }

    /// The file, which must be there and name at least one account.
    public static func load(_ paths: Paths) throws(ServiceError) -> Configuration {
        guard Files.status(paths.config) != nil else {
            throw ServiceError(
                .configurationMissing,
                "\(paths.config): no such file; \"trawl account add\" writes one")
        }
        let bytes = try Files.read(paths.config, limit: largestFile)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ServiceError(.configurationInvalid, "\(paths.config): is not UTF-8")
        }
        return try parse(text, file: paths.config)
    }

    /// Reads configuration text. `file` is its name in errors, and relative paths in it stand beside that file.
    public static func parse(
        _ text: String, file: String, environment: @escaping (String) -> String? = Environment.value
    ) throws(ServiceError) -> Configuration {
        var reader = try ConfigurationReader(text: text, file: file, environment: environment)
        return try reader.read()
    }

    /// The accounts of these names, or all where none is given.
    ///
    /// Errors: ``ServiceError/Code/accountUnknown``, which names those there are.
    public func accounts(named names: [String]) throws(ServiceError) -> [AccountConfiguration] {
        guard !names.isEmpty else { return accounts }
        var chosen: [AccountConfiguration] = []
        for name in names {
            guard let account = accounts.first(where: { $0.name == name }) else {
                let known = accounts.map(\.name)
                let hint =
                    NearestName.find(name, among: known).map { "did you mean \"\($0)\"?" }
                    ?? (known.isEmpty ? "the configuration has none" : "there are: \(known.joined(separator: ", "))")
                throw ServiceError(.accountUnknown, "no account \"\(name)\"; \(hint)")
            }
            if !chosen.contains(where: { $0.name == name }) { chosen.append(account) }
        }
        return chosen
    }
}
