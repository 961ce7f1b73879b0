#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The lines of a text that are its author's own, one after another.
struct NewTextLines {
    typealias Line = UnsafeBufferPointer<UInt8>

    /// A quote's announcement may be wrapped over this many lines.
    private static let attributionLines = 4
    /// No longer line announces a quote.
    private static let attributionLimit = 400
    /// An Outlook header block is looked for in this many lines.
    private static let headerBlockLines = 6

    private let text: Line
    private var position = 0

    init(_ text: Line) {
        self.text = text
    }

    /// The next new line; nil at the end, or where a signature or an unmarked quote begins.
    mutating func next() -> Line? {
        while position < text.count {
            let (line, after) = self.line(at: position)
            let trimmed = Self.trim(line)
            guard let first = trimmed.first else {
                position = after
                return line
            }
            switch first {
            case UInt8(ascii: ">"):
                position = after
                continue
            case UInt8(ascii: "-"):
                if QuoteVocabulary.begins(trimmed, "-----BEGIN PGP SIGNED") {
                    position = afterBlankLine(after)
                    continue
                }
                if Self.isSignatureLine(trimmed) || endsText(dashes: trimmed) {
                    position = text.count
                    return nil
                }
            case UInt8(ascii: "_"):
                if isRuleBeforeFooter(trimmed, after) {
                    position = text.count
                    return nil
                }
            default: break
            }
            if let end = attributionEnd(trimmed, after) {
                position = end
                // Where no line is marked, all that follows is the quote.
                if !isQuoteNext(end) { position = text.count }
                continue
            }
            if isHeaderBlock(trimmed, after) || QuoteVocabulary.isForwardLine(trimmed) {
                position = text.count
                return nil
            }
            position = after
            if QuoteVocabulary.isDeviceLine(trimmed) { continue }
            return line
        }
        return nil
    }

    // MARK: Lines

    private func line(at start: Int) -> (line: Line, after: Int) {
        guard let base = text.baseAddress, start < text.count else { return (Line(start: nil, count: 0), start) }
        let rest = text.count - start
        let found = memchr(base + start, 0x0A, rest)
        let length = found.map { UnsafeRawPointer(base + start).distance(to: UnsafeRawPointer($0)) } ?? rest
        return (Line(start: base + start, count: length), start + length + (found == nil ? 0 : 1))
    }

    /// A line without white space, marks of direction and emphasis at its ends.
    private static func trim(_ line: Line) -> Line {
        var start = 0
        var end = line.count
        while start < end, line[start] <= 0x20 { start += 1 }
        while start + 2 < end, line[start] == 0xE2, line[start + 1] == 0x80, line[start + 2] >= 0x8B { start += 3 }
        while end > start, line[end - 1] <= 0x20 { end -= 1 }
        while end - 2 > start, line[end - 3] == 0xE2, line[end - 2] == 0x80, line[end - 1] >= 0x8B { end -= 3 }
        return Line(rebasing: line[start..<end])
    }

    private func afterBlankLine(_ start: Int) -> Int {
        var position = start
        while position < text.count {
            let (line, after) = line(at: position)
            position = after
            if Self.trim(line).isEmpty { break }
        }
        return position
    }

    // MARK: Signatures and separators

    private static func isSignatureLine(_ line: Line) -> Bool {
        // OpenPGP's cleartext framework escapes a line that begins with a dash.
        QuoteVocabulary.equals(line, "--") || QuoteVocabulary.equals(line, "- --")
    }

    /// `-----Original Message-----` and its like, and what closes a signed text.
    private func endsText(dashes line: Line) -> Bool {
        guard line.count >= 10, line.count <= 120 else { return false }
        var leading = 0
        while leading < line.count, line[leading] == UInt8(ascii: "-") { leading += 1 }
        var trailing = 0
        while trailing < line.count - leading, line[line.count - 1 - trailing] == UInt8(ascii: "-") { trailing += 1 }
        guard leading >= 3, trailing >= 3 else { return false }
        if QuoteVocabulary.begins(line, "-----BEGIN PGP SIGNATURE") { return true }
        return QuoteVocabulary.isSeparator(Line(rebasing: line[leading..<line.count - trailing]))
    }

    /// A line of underscores ahead of a mailing list's footer or of a quoted message's header.
    private func isRuleBeforeFooter(_ line: Line, _ after: Int) -> Bool {
        guard line.count >= 10, line.allSatisfy({ $0 == UInt8(ascii: "_") }) else { return false }
        var position = after
        for _ in 0..<3 {
            let (next, end) = self.line(at: position)
            let trimmed = Self.trim(next)
            position = end
            if trimmed.isEmpty { continue }
            return QuoteVocabulary.label(of: trimmed) == .from || QuoteVocabulary.contains(trimmed, "mailing list")
                || QuoteVocabulary.contains(trimmed, "listinfo")
        }
        return false
    }

    // MARK: Quotes

    /// Where the announcement of a quote that begins with this line ends; nil if none begins here.
    private func attributionEnd(_ line: Line, _ after: Int) -> Int? {
        guard line.count <= Self.attributionLimit else { return nil }
        if QuoteVocabulary.endsWithColon(line) {
            return QuoteVocabulary.isAttribution(line) || isPlainAttribution(line, after) ? after : nil
        }
        // A wrapped one: its first line has a date or an address, and the following ones make no sense alone.
        guard let base = line.baseAddress, QuoteVocabulary.holdsDate(line) || QuoteVocabulary.contains(line, "@")
        else { return nil }
        var position = after
        for _ in 1..<Self.attributionLines {
            let (next, end) = self.line(at: position)
            let trimmed = Self.trim(next)
            guard let first = trimmed.first, first != UInt8(ascii: ">"), trimmed.count <= Self.attributionLimit,
                let nextBase = trimmed.baseAddress
            else { return nil }
            if QuoteVocabulary.endsWithColon(trimmed) {
                let whole = Line(start: base, count: base.distance(to: nextBase) + trimmed.count)
                guard QuoteVocabulary.isAttribution(whole), whole.count <= 2 * Self.attributionLimit else { return nil }
                let isWholeAlone =
                    first != UInt8(ascii: "<") && QuoteVocabulary.holdsDate(trimmed)
                    && QuoteVocabulary.isAttribution(trimmed)
                return isWholeAlone ? nil : end
            }
            position = end
        }
        return nil
    }

    /// `Jane Doe wrote:`, `Jane <jane@example.org>:` or `* Jane Doe:`, right above a quote.
    private func isPlainAttribution(_ line: Line, _ after: Int) -> Bool {
        guard line.count <= 120, isQuoteNext(after) else { return false }
        return QuoteVocabulary.holdsVerb(line) || QuoteVocabulary.begins(line, "* ")
            || QuoteVocabulary.contains(line, "@") && line.contains(UInt8(ascii: "<"))
    }

    /// Whether the next line with text is marked as quoted.
    private func isQuoteNext(_ start: Int) -> Bool {
        var position = start
        for _ in 0..<4 where position < text.count {
            let (line, after) = line(at: position)
            let trimmed = Self.trim(line)
            if let first = trimmed.first { return first == UInt8(ascii: ">") }
            position = after
        }
        return false
    }

    /// `From: … Sent: … To: … Subject: …` in any of the languages.
    private func isHeaderBlock(_ line: Line, _ after: Int) -> Bool {
        guard QuoteVocabulary.label(of: line) == .from else { return false }
        var position = after
        var others = 0
        for _ in 0..<Self.headerBlockLines where position < text.count {
            let (next, end) = self.line(at: position)
            if QuoteVocabulary.label(of: Self.trim(next)) == .other { others += 1 }
            position = end
        }
        return others >= 2
    }
}
