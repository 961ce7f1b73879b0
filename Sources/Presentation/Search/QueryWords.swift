import MailSearch

/// A query as the words of a command line.
package enum QueryWords {
    /// Options that every command with a query has.
    package static let commonOptions = ["config", "data", "socket", "color", "help", "quiet", "version"]

    /// What is wrong with the words, in one sentence with a hint.
    package struct Fault: Error {
        package var message: String
    }

    /// The query's text: the words joined, as the shell parted them.
    ///
    /// - Parameter options: names of the command's options, to tell a misspelt one.
    package static func text(_ words: [String], options: [String]) throws(Fault) -> String {
        // Words with one dash exclude; with two they are options that don't exist.
        var words = words
        if let end = words.firstIndex(of: "--") {
            words.remove(at: end)
        } else if let word = words.first(where: { $0.hasPrefix("--") && $0.utf8.count > 2 }) {
            let name = word.dropFirst(2).prefix { $0 != "=" }
            // One that is known lacks what it wants.
            if options.contains(String(name)) { throw Fault(message: "--\(name) wants a value") }
            let hint =
                NearestName.find(String(name), among: options).map { "did you mean \"--\($0)\"?" }
                ?? "to search for it, write it after --"
            throw Fault(message: "unknown option \"--\(name)\"; \(hint)")
        }
        return words.parted(by: " ")
    }

    /// Whether the query may name something that the configuration says, which takes longer to read than most searches.
    package static func mayNeedConfiguration(_ text: String) -> Bool {
        // The library's own searching sets up more than all else here costs.
        let name: StaticString = "query:"
        let count = name.utf8CodeUnitCount
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= count else { return false }
            return (0...bytes.count - count).contains { start in
                (0..<count).allSatisfy { bytes[start + $0] | 0x20 == name.utf8Start[$0] | 0x20 }
            }
        }
    }
}
