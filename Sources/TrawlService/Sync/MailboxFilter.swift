import IMAPCore

/// Which of an account's mailboxes are read: LIST patterns, less names, patterns and SPECIAL-USE attributes.
public struct MailboxFilter: Hashable, Sendable {
    public var patterns: [String]
    public var exclude: [String]

    public init(patterns: [String], exclude: [String]) {
        self.patterns = patterns
        self.exclude = exclude
    }

    /// Whether a mailbox that LIST told is read.
    public func includes(_ mailbox: MailboxInfo) -> Bool {
        guard mailbox.isSelectable else { return false }
        let name = mailbox.name.name
        guard patterns.contains(where: { Self.matches(name, pattern: $0, delimiter: mailbox.delimiter) }) else {
            return false
        }
        return !exclude.contains { excluded in
            if excluded.hasPrefix("\\") {
                return mailbox.attributes.contains { $0.standardized == MailboxAttribute(excluded).standardized }
            }
            return Self.matches(name, pattern: excluded, delimiter: mailbox.delimiter)
        }
    }

    /// LIST's own matching (RFC 3501, 6.3.8): `*` any text, `%` any text within one level. INBOX in any case.
    public static func matches(_ name: String, pattern: String, delimiter: Character?) -> Bool {
        let pattern = pattern.utf8.count == 5 && pattern.lowercased() == "inbox" ? "INBOX" : pattern
        let name = Array(name)
        let wanted = Array(pattern)
        // The set of places in the pattern that the name read so far may stand at: no backtracking, so no bad cases.
        var places = Set([0])
        func opened(_ places: Set<Int>) -> Set<Int> {
            var all = places
            for place in places {
                var next = place
                while next < wanted.count, wanted[next] == "*" || wanted[next] == "%" {
                    next += 1
                    all.insert(next)
                }
            }
            return all
        }
        places = opened(places)
        for character in name {
            var next: Set<Int> = []
            for place in places where place < wanted.count {
                switch wanted[place] {
                case "*": next.insert(place)
                case "%": if character != delimiter { next.insert(place) }
                case character: next.insert(place + 1)
                case _: break
                }
            }
            places = opened(next)
            if places.isEmpty { return false }
        }
        return places.contains(wanted.count)
    }
}
