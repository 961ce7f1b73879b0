extension AccountConfiguration {
    /// The account as `config.toml` has it: what is not as the defaults have it, a line each.
    public var toml: String {
        let standard = AccountConfiguration(name: name, host: host, user: user)
        var lines = ["[accounts.\(TOMLText.key(name))]", "host = \(TOMLText.string(host))"]
        let isUsualPort = port == Self.defaultPort(for: security)
        if !isUsualPort || security == .startTLS { lines.append("port = \(port)") }
        if security != Self.defaultSecurity(forPort: port) { lines.append("security = \"\(security.rawValue)\"") }
        if allowPlaintext { lines.append("allow-plaintext = true") }
        lines.append("user = \(TOMLText.string(user))")
        if mechanism != .auto { lines.append("auth = \"\(mechanism.rawValue)\"") }
        switch password {
        case .command(let command): lines.append("password-command = \(TOMLText.array(command))")
        case .file(let path): lines.append("password-file = \(TOMLText.string(path))")
        case .environment(let name): lines.append("password-env = \(TOMLText.string(name))")
        case nil: break
        }
        if let tokenCommand { lines.append("token-command = \(TOMLText.array(tokenCommand))") }
        if let caFile { lines.append("ca-file = \(TOMLText.string(caFile))") }
        if let certificateSHA256 {
            let digits = certificateSHA256.map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            lines.append("certificate-sha256 = \"\(digits.joined())\"")
        }
        if let clientCertificate { lines.append("client-certificate = \(TOMLText.string(clientCertificate))") }
        if let clientKey { lines.append("client-key = \(TOMLText.string(clientKey))") }
        if mailboxes != standard.mailboxes { lines.append("mailboxes = \(TOMLText.array(mailboxes))") }
        if exclude != standard.exclude { lines.append("exclude = \(TOMLText.array(exclude))") }
        if watch != standard.watch { lines.append("watch = \(TOMLText.array(watch))") }
        if connections != standard.connections { lines.append("connections = \(connections)") }
        if pollInterval != standard.pollInterval { lines.append("poll-interval = \"\(pollInterval)s\"") }
        if fetch != standard.fetch { lines.append("fetch = \"\(fetch.rawValue)\"") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Values as TOML 1.0 writes them.
enum TOMLText {
    /// Bare where it can be.
    static func key(_ name: String) -> String {
        let isBare = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isBare && !name.isEmpty ? name : string(name)
    }

    /// A basic string.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func array(_ texts: [String]) -> String { "[\(texts.map(string).joined(separator: ", "))]" }
}
