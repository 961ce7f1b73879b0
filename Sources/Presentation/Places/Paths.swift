/// Where Trawl's files stand: an option beats an environment variable, which beats the XDG default.
public struct Paths: Sendable, Hashable {
    /// The configuration file.
    public var config: String
    /// True where the user named the configuration file (then its absence is an error).
    public var configWasNamed: Bool
    /// The data folder, which holds the index.
    public var data: String
    /// The Unix domain socket that `trawl serve` listens on.
    public var socket: String

    /// - Parameter environment: looks up an environment variable; ``Environment/value(_:)`` by default.
    public init(
        config: String? = nil, data: String? = nil, socket: String? = nil,
        environment: (String) -> String? = Environment.value
    ) {
        func given(_ option: String?, _ variable: String) -> String? {
            if let option, !option.isEmpty { return option }
            if let value = environment(variable), !value.isEmpty { return value }
            return nil
        }
        // The XDG specification has relative paths in these variables ignored.
        func base(_ variable: String) -> String? {
            guard let value = environment(variable), value.utf8.first == UInt8(ascii: "/") else { return nil }
            return Self.withoutTrailingSlash(value)
        }
        let home = environment("HOME").flatMap { $0.isEmpty ? nil : Self.withoutTrailingSlash($0) } ?? "/"
        let namedConfig = given(config, "TRAWL_CONFIG")
        configWasNamed = namedConfig != nil
        self.config =
            namedConfig ?? Self.join(base("XDG_CONFIG_HOME") ?? Self.join(home, ".config"), "trawl/config.toml")
        let dataFolder =
            given(data, "TRAWL_DATA") ?? Self.join(base("XDG_DATA_HOME") ?? Self.join(home, ".local/share"), "trawl")
        self.data = Self.withoutTrailingSlash(dataFolder)
        if let named = given(socket, "TRAWL_SOCKET") {
            self.socket = named
        } else if let runtime = base("XDG_RUNTIME_DIR") {
            self.socket = Self.join(runtime, "trawl/trawl.sock")
        } else {
            self.socket = Self.join(self.data, "trawl.sock")
        }
    }

    package static func join(_ folder: String, _ name: String) -> String {
        folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }

    package static func withoutTrailingSlash(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }

    /// The folder that holds a path (`.` for a bare name).
    package static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component of a path.
    package static func lastComponent(of path: String) -> String {
        let path = withoutTrailingSlash(path)
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// A path from the configuration made usable: `~/` is the home folder, and relative ones stand beside `base`.
    package static func resolve(_ path: String, beside base: String, environment: (String) -> String?) -> String {
        if path == "~" || path.hasPrefix("~/"), let home = environment("HOME"), !home.isEmpty {
            return path == "~" ? home : join(home, String(path.dropFirst(2)))
        }
        return path.hasPrefix("/") ? path : join(base, path)
    }
}
