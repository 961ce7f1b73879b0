/// The flags and labels of a message in one place, in one canonical form, so that equal sets are equal values.
public struct FlagSet: Hashable, Sendable {
    public let flags: EmailFlags
    /// Other flags, without doubles (case aside), sorted.
    public let keywords: [String]
    /// Gmail's labels, likewise.
    public let labels: [String]

    /// Most keywords, and most labels, that are kept of one place.
    public static let maximumCount = 1_000
    /// Octets of the longest keyword or label that is kept.
    public static let maximumLength = 1_000

    public static let none = FlagSet(imap: [])

    /// Flags in IMAP's form, in any order and case: `\Seen`, `$Forwarded`. `\Recent` and unknown system flags are not
    /// the message's and are left out, as is what passes a limit.
    public init(imap: [String], labels: [String] = []) {
        var flags: EmailFlags = []
        var keywords: [String] = []
        for flag in imap {
            guard flag.utf8.first == UInt8(ascii: "\\") else {
                keywords.append(flag)
                continue
            }
            switch flag.lowercased() {
            case "\\seen": flags.insert(.seen)
            case "\\answered": flags.insert(.answered)
            case "\\flagged": flags.insert(.flagged)
            case "\\deleted": flags.insert(.deleted)
            case "\\draft": flags.insert(.draft)
            default: break
            }
        }
        self.flags = flags
        self.keywords = keywords.isEmpty ? [] : FlagSet.canonical(keywords)
        self.labels = labels.isEmpty ? [] : FlagSet.canonical(labels)
    }

    package init(flags: EmailFlags, keywords: [String], labels: [String]) {
        self.flags = flags
        self.keywords = keywords
        self.labels = labels
    }

    private static func canonical(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        var kept: [String] = []
        for name in names.sorted() {
            guard kept.count < maximumCount else { break }
            guard !name.isEmpty, name.utf8.count <= maximumLength, seen.insert(name.lowercased()).inserted else {
                continue
            }
            kept.append(name.utf8.contains(UInt8(ascii: "\n")) ? String(name.map { $0.isNewline ? " " : $0 }) : name)
        }
        return kept
    }
}
