/// Address lists (RFC 5322 §3.4 and §4.4), as mailers write them: groups, comments, source routes, unquoted
/// punctuation in names, encoded words inside of quotes, semicolons for commas, addresses without brackets.
struct AddressParser {
    private let bytes: UnsafeRawBufferPointer
    private let fallback: Charset?
    private let limit: Int
    private var index = 0
    private var result: [EmailAddress] = []
    private(set) var isTruncated = false

    // One address on its way.
    private var phrase: [UInt8] = []
    private var comment: [UInt8] = []
    private var angle: [UInt8]?
    private var bracketless: [UInt8] = []
    private var hasQuotedName = false
    private var wasBlank = false

    // Set by a quote or parenthesis that nothing closes; looking for the ends of all that follow would take quadratic
    // time.
    private var quotesAreBroken = false
    private var commentsAreBroken = false

    /// Group nesting is not allowed; a colon inside of a group is text.
    private var groupName: String?
    private var groupStart = 0

    private init(_ bytes: UnsafeRawBufferPointer, fallback: Charset?, limit: Int) {
        self.bytes = bytes
        self.fallback = fallback
        self.limit = limit
    }

    /// Reads a list. Members of a group stand in the list like all others; an empty group gives its name without an
    /// address.
    static func parse(
        _ bytes: UnsafeRawBufferPointer, fallback: Charset? = nil, limit: Int = 10_000
    ) -> (addresses: [EmailAddress], isTruncated: Bool) {
        var parser = AddressParser(bytes, fallback: fallback, limit: limit)
        parser.run()
        return (parser.result, parser.isTruncated)
    }

    private mutating func run() {
        while index < bytes.count {
            if result.count >= limit {
                isTruncated = true
                return
            }
            let byte = bytes[index]
            switch byte {
            case 0x20, 0x09, 0x0D, 0x0A:
                wasBlank = true
                index += 1
            case UInt8(ascii: "\"") where !quotesAreBroken: readQuoted()
            case UInt8(ascii: "(") where !commentsAreBroken: readComment()
            case UInt8(ascii: "\""), UInt8(ascii: "("):
                wasBlank = true
                index += 1
            case UInt8(ascii: "<"): readAngle()
            case UInt8(ascii: ","):
                index += 1
                finish()
            case UInt8(ascii: ";"):
                index += 1
                finish()
                endGroup()
            case UInt8(ascii: ":") where opensGroup:
                index += 1
                groupName = text(phrase)
                groupStart = result.count
                reset()
            default: readAtom()
            }
        }
        finish()
        endGroup()
    }

    /// A colon ends a group's name; inside of an address (`mailto:`, `[IPv6:…]`) it does not.
    private var opensGroup: Bool {
        groupName == nil && angle == nil && !phrase.isEmpty && !bracketless.contains(UInt8(ascii: "@"))
    }

    private mutating func endGroup() {
        if let name = groupName, result.count == groupStart, !name.isEmpty, result.count < limit {
            result.append(EmailAddress(name: name, email: ""))
        }
        groupName = nil
    }

    private mutating func reset() {
        phrase.removeAll(keepingCapacity: true)
        comment.removeAll(keepingCapacity: true)
        bracketless.removeAll(keepingCapacity: true)
        angle = nil
        hasQuotedName = false
        wasBlank = false
    }

    /// Puts the blank between the words of a name; none is put between an address's parts.
    private mutating func separate() {
        if wasBlank, !phrase.isEmpty { phrase.append(0x20) }
        wasBlank = false
    }

    private mutating func readAtom() {
        // Encoded words may hold commas and the like, which mailers forget to encode.
        if bytes[index] == UInt8(ascii: "="), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "?"),
            let end = encodedWordEnd()
        {
            separate()
            phrase.append(contentsOf: bytes[index..<end])
            bracketless.append(contentsOf: bytes[index..<end])
            index = end
            return
        }
        let start = index
        index += 1
        var isLiteral = bytes[start] == UInt8(ascii: "[")
        scan: while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "]"): isLiteral = false
            case UInt8(ascii: "["): isLiteral = true
            case UInt8(ascii: ":") where isLiteral || !opensGroupAhead(from: start): break
            case 0x20, 0x09, 0x0D, 0x0A, UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: "<"), UInt8(ascii: ","),
                UInt8(ascii: ";"), UInt8(ascii: ":"):
                break scan
            default: break
            }
            index += 1
        }
        separate()
        phrase.append(contentsOf: bytes[start..<index])
        // RFC 5322 §4.4 lets blanks stand around the dots and the at sign.
        if !bracketless.isEmpty, bracketless.last != UInt8(ascii: "."), bracketless.last != UInt8(ascii: "@"),
            bytes[start] != UInt8(ascii: "."), bytes[start] != UInt8(ascii: "@")
        {
            bracketless.append(0x20)
        }
        bracketless.append(contentsOf: bytes[start..<index])
    }

    private func opensGroupAhead(from start: Int) -> Bool {
        groupName == nil && angle == nil && !bytes.slice(start..<index).contains(UInt8(ascii: "@"))
            && !bracketless.contains(UInt8(ascii: "@")) && !bytes.slice(start..<index).equalsIgnoringCase("mailto")
    }

    private func encodedWordEnd() -> Int? {
        var questions = 0
        var at = index + 2
        while at < min(bytes.count, index + 2000) {
            let byte = bytes[at]
            if byte == UInt8(ascii: "?") {
                questions += 1
                if questions >= 3, at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "=") { return at + 2 }
            } else if questions < 2, byte <= 0x20 || byte == UInt8(ascii: "<") {
                return nil
            } else if byte == UInt8(ascii: "<"), questions > 3 {
                return nil
            }
            at += 1
        }
        return nil
    }

    private mutating func readQuoted() {
        let opening = index
        index += 1
        let phraseBefore = phrase
        separate()
        let start = phrase.count
        var closed = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                phrase.append(bytes[index + 1])
                index += 2
                continue
            }
            index += 1
            if byte == UInt8(ascii: "\"") {
                closed = true
                break
            }
            if byte == 0x0D || byte == 0x0A {
                continue
            }
            phrase.append(byte == 0x09 ? 0x20 : byte)
        }
        if !closed {
            // A quote that nothing closes quotes nothing: what follows it is read as it stands.
            phrase = phraseBefore
            index = opening + 1
            quotesAreBroken = true
            return
        }
        hasQuotedName = true
        // `"john doe"@example.com`: the quotes are part of the address.
        if index < bytes.count, bytes[index] == UInt8(ascii: "@") || bytes[index] == UInt8(ascii: ".") {
            bracketless.append(UInt8(ascii: "\""))
            bracketless.append(contentsOf: phrase[start...])
            bracketless.append(UInt8(ascii: "\""))
        } else {
            if !bracketless.isEmpty { bracketless.append(0x20) }
            bracketless.append(contentsOf: phrase[start...])
        }
    }

    private mutating func readComment() {
        let opening = index
        let commentBefore = comment
        index += 1
        var depth = 1
        if !comment.isEmpty { comment.append(0x20) }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\\") where index < bytes.count:
                comment.append(bytes[index])
                index += 1
                continue
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return }
            case 0x0D, 0x0A: continue
            default: break
            }
            comment.append(byte == 0x09 ? 0x20 : byte)
        }
        comment = commentBefore
        index = opening + 1
        commentsAreBroken = true
        wasBlank = true
    }

    private mutating func readAngle() {
        index += 1
        var spec: [UInt8] = []
        var isQuoted = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                spec.append(byte)
                spec.append(bytes[index + 1])
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted {
                if byte == UInt8(ascii: ">") {
                    index += 1
                    break
                }
                if byte == UInt8(ascii: "<") {
                    // `<<a@b>>`, or one that was never closed.
                    spec.removeAll()
                    index += 1
                    continue
                }
                if byte == UInt8(ascii: ","), !spec.isEmpty, spec.first != UInt8(ascii: "@") { break }
                if byte == UInt8(ascii: "("), skipComment() { continue }
            }
            if !ASCII.isBlank(byte) || isQuoted { spec.append(byte == 0x0D || byte == 0x0A ? 0x20 : byte) }
            index += 1
        }
        while index < bytes.count, bytes[index] == UInt8(ascii: ">") { index += 1 }
        // RFC 5322 §4.4: a source route before the address is passed over.
        if spec.first == UInt8(ascii: "@"), let colon = spec.firstIndex(of: UInt8(ascii: ":")) {
            spec.removeSubrange(...colon)
        }
        if let earlier = angle, !earlier.isEmpty, !spec.isEmpty {
            // Two addresses without a comma between them.
            finish()
        }
        if angle == nil || !spec.isEmpty { angle = spec }
        wasBlank = true
    }

    private mutating func skipComment() -> Bool {
        guard let close = ByteScan.first(0x29, in: bytes, from: index, to: bytes.count) else { return false }
        index = close + 1
        return true
    }

    private mutating func finish() {
        defer { reset() }
        if var angle {
            if angle.starts(with: Array("mailto:".utf8)) { angle.removeFirst(7) }
            let email = text(angle)
            var name = phrase.isEmpty ? text(comment) : text(phrase)
            if email.isEmpty && name.isEmpty { return }
            name = Self.unquoted(name)
            result.append(EmailAddress(name: name.isEmpty ? nil : name, email: email))
            return
        }
        if bracketless.isEmpty {
            // A comment alone is worth showing where nothing else is: `recipients:; (no To header)` is one name.
            let name = text(comment)
            if !name.isEmpty, result.isEmpty { result.append(EmailAddress(name: name, email: "")) }
            return
        }
        let hasAt = bracketless.contains(UInt8(ascii: "@"))
        let isOneWord = !bracketless.contains(0x20)
        if isOneWord, hasAt || !hasQuotedName {
            var email = bracketless
            if email.starts(with: Array("mailto:".utf8)) { email.removeFirst(7) }
            let name = Self.unquoted(text(comment))
            let isEncoded = email.starts(with: Array("=?".utf8))
            if isEncoded && !hasAt {
                result.append(EmailAddress(name: text(email), email: ""))
            } else {
                result.append(EmailAddress(name: name.isEmpty ? nil : name, email: text(email)))
            }
        } else if hasAt, bracketless.first != UInt8(ascii: "\"") {
            // A name and an address without brackets: the word with the at sign is the address.
            let words = bracketless.split(separator: 0x20)
            if words.count(where: { $0.contains(UInt8(ascii: "@")) }) > 1 {
                appendParted(words)
            } else if let at = words.lastIndex(where: { $0.contains(UInt8(ascii: "@")) }) {
                var others = words
                others.remove(at: at)
                let name = Self.unquoted(text(Array(others.joined(separator: [0x20]))))
                result.append(EmailAddress(name: name.isEmpty ? nil : name, email: text(Array(words[at]))))
            }
        } else if hasAt {
            result.append(EmailAddress(name: nil, email: text(bracketless)))
        } else {
            let name = text(phrase)
            // `"John Doe" (john@example.org)`: the parts in each other's places.
            let isAddress = comment.contains(UInt8(ascii: "@")) && !comment.contains(0x20)
            if !name.isEmpty { result.append(EmailAddress(name: name, email: isAddress ? text(comment) : "")) }
        }
    }

    /// Several addresses with blanks alone between them: each word with an at sign is one, and what stands ahead of it
    /// its name.
    private mutating func appendParted(_ words: [ArraySlice<UInt8>]) {
        var name: [UInt8] = []
        for word in words {
            guard word.contains(UInt8(ascii: "@")) else {
                if !name.isEmpty { name.append(0x20) }
                name.append(contentsOf: word)
                continue
            }
            guard result.count < limit else {
                isTruncated = true
                return
            }
            let decoded = Self.unquoted(text(name))
            result.append(EmailAddress(name: decoded.isEmpty ? nil : decoded, email: text(Array(word))))
            name.removeAll(keepingCapacity: true)
        }
    }

    private func text(_ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "" }
        return bytes.withUnsafeBytes { EncodedWords.decodeUnstructured($0, fallback: fallback) }
    }

    /// Mailers quote what is quoted already, and put names into apostrophes.
    private static func unquoted(_ name: String) -> String {
        let utf8 = name.utf8
        guard utf8.count > 2, let first = utf8.first, first == utf8.last,
            first == UInt8(ascii: "'") || first == UInt8(ascii: "\"")
        else { return name }
        return String(name.dropFirst().dropLast())
    }
}
