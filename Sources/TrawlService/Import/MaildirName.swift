/// A Maildir file's name: the unique part, and the flags that stand behind `:2,` (or `;2,`, `!2,` on file systems
/// without colons).
struct MaildirName: Hashable, Sendable {
    var unique: String
    /// IMAP flags; keywords by Dovecot's letters need its table.
    var flags: [String]
    /// Letters `a` to `z`, numbers 0 to 25 of Dovecot's keyword table.
    var keywordNumbers: [Int]

    init(_ name: String) {
        let bytes = Array(name.utf8)
        var end = bytes.count
        var letters: ArraySlice<UInt8> = []
        if let mark = bytes.indices.last(where: { index in
            index + 2 < bytes.count && bytes[index + 1] == UInt8(ascii: "2") && bytes[index + 2] == UInt8(ascii: ",")
                && (bytes[index] == UInt8(ascii: ":") || bytes[index] == UInt8(ascii: ";")
                    || bytes[index] == UInt8(ascii: "!"))
        }) {
            end = mark
            letters = bytes[(mark + 3)...]
        }
        unique = end == bytes.count ? name : String(decoding: bytes[..<end], as: UTF8.self)
        flags = []
        keywordNumbers = []
        for letter in letters {
            switch letter {
            case UInt8(ascii: "S"): flags.append("\\Seen")
            case UInt8(ascii: "R"): flags.append("\\Answered")
            case UInt8(ascii: "F"): flags.append("\\Flagged")
            case UInt8(ascii: "D"): flags.append("\\Draft")
            case UInt8(ascii: "T"): flags.append("\\Deleted")
            case UInt8(ascii: "P"): flags.append("$Forwarded")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): keywordNumbers.append(Int(letter - UInt8(ascii: "a")))
            default: break
            }
        }
    }

    /// Dovecot's `dovecot-keywords`: a number and a name a line.
    static func keywordTable(_ text: [UInt8]) -> [Int: String] {
        var table: [Int: String] = [:]
        for line in text.split(separator: 10) {
            let parts = line.split(separator: 0x20, maxSplits: 1)
            guard parts.count == 2, let number = Int(String(decoding: parts[0], as: UTF8.self)),
                (0..<26).contains(number),
                let name = String(validating: parts[1], as: UTF8.self)
            else { continue }
            table[number] = name
        }
        return table
    }

    func allFlags(_ keywords: [Int: String]) -> [String] {
        keywordNumbers.isEmpty ? flags : flags + keywordNumbers.compactMap { keywords[$0] }
    }
}
