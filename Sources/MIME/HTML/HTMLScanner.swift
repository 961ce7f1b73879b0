#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One pass over an HTML document: finds text and tags, and tells the writer what they mean.
///
/// Only elements that change something, and those of the same name within them, are kept on a stack; the tags of all
/// others are passed over as they come.
struct HTMLScanner: ~Copyable {
    /// What a byte of text is to the scanner.
    private enum Class {
        static let ordinary: UInt8 = 0
        static let space: UInt8 = 1
        static let markup: UInt8 = 2
        static let ampersand: UInt8 = 3
        /// Begins a character that may be white space or may vanish.
        static let lead: UInt8 = 4
    }

    private static let classes: [UInt8] = {
        var classes = Array(repeating: Class.ordinary, count: 256)
        for byte in 0...0x20 { classes[byte] = Class.space }
        classes[0x7F] = Class.space
        classes[Int(UInt8(ascii: "<"))] = Class.markup
        classes[Int(UInt8(ascii: "&"))] = Class.ampersand
        for byte in [0xC2, 0xCD, 0xE1, 0xE2, 0xEF] { classes[byte] = Class.lead }
        return classes
    }()

    /// How many bytes of an image's alternative text are kept.
    private static let attributeLimit = 4096

    let base: UnsafePointer<UInt8>
    let end: Int
    var position = 0
    var writer: HTMLTextWriter
    var tree = HTMLOpenElements()
    var title: String?
    private var sheet = HTMLStyleSheet()

    private let classes: UnsafeMutablePointer<UInt8>
    private let tags = HTMLTagTable.shared
    private let entities = HTMLEntities.shared
    /// A quote character that never comes again, so that no search for it is made twice.
    private var lacksDoubleQuote = false
    private var lacksSingleQuote = false
    private var lacksTitleEnd = false
    private var lacksXMLEnd = false
    /// Whether `<` is no markup here, as in a title.
    private var isTextAlone = false {
        didSet { classes[Int(UInt8(ascii: "<"))] = Class.ordinary }
    }
    /// Preformatted text that has just begun: its first line end does not count.
    var skipsLineEnd = false

    init(base: UnsafePointer<UInt8>, count: Int, limit: Int) {
        self.base = base
        end = count
        writer = HTMLTextWriter(expected: count / 3, limit: limit)
        classes = .allocate(capacity: 256)
        Self.classes.withUnsafeBufferPointer { classes.initialize(from: $0.baseAddress!, count: 256) }
    }

    deinit {
        classes.deallocate()
    }

    mutating func run() -> HTMLExtraction {
        while position < end, !writer.isFull {
            if base[position] == UInt8(ascii: "<"), !isTextAlone {
                markup()
            } else if !tree.state.isDisjoint(with: .hidden) {
                position = find(UInt8(ascii: "<"), from: position) ?? end
            } else if tree.state.contains(.preformatted) {
                preformattedText()
            } else {
                text(to: end)
            }
        }
        let isCut = position < end
        let (text, isTruncated) = writer.text()
        return HTMLExtraction(text: text, title: title, isTruncated: isTruncated || isCut)
    }

    @inline(__always)
    func find(_ byte: UInt8, from start: Int) -> Int? {
        guard start < end, let found = memchr(base + start, Int32(byte), end - start) else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }

    // MARK: Text

    /// Takes text up to the next `<`.
    private mutating func text(to end: Int) {
        while position < end {
            let start = position
            var index = start
            while index < end {
                let kind = classes[Int(base[index])]
                if kind != Class.ordinary {
                    // A single space between words is copied with them.
                    guard base[index] == 0x20, index > start, index + 1 < end,
                        classes[Int(base[index + 1])] == Class.ordinary
                    else { break }
                }
                index += 1
            }
            position = index
            if index > start {
                writer.put(base + start, index - start)
                if writer.isFull { return }
            }
            guard index < end else { return }
            switch classes[Int(base[index])] {
            case Class.space: whiteSpace()
            case Class.ampersand: reference()
            case Class.lead: lead()
            default: return
            }
        }
    }

    private mutating func whiteSpace() {
        var holdsLineEnd = false
        var index = position
        while index < end, classes[Int(base[index])] == Class.space {
            if base[index] == 0x0A || base[index] == 0x0D { holdsLineEnd = true }
            index += 1
        }
        position = index
        if holdsLineEnd { writer.foldedLineEnd() } else { writer.space() }
    }

    private mutating func preformattedText() {
        while position < end {
            let byte = base[position]
            switch classes[Int(byte)] {
            case Class.markup: return
            case Class.space:
                if byte == 0x0A {
                    if !skipsLineEnd { writer.lineBreak() }
                } else if byte == 0x20 || byte == 0x09 {
                    writer.putVerbatim(space: byte)
                }
                if byte != 0x0D { skipsLineEnd = false }
                position += 1
                continue
            case Class.ampersand: reference()
            case Class.lead: lead()
            default:
                let start = position
                while position < end, classes[Int(base[position])] == Class.ordinary { position += 1 }
                writer.put(base + start, position - start)
            }
            skipsLineEnd = false
            if writer.isFull { return }
        }
    }

    /// A character reference, or an ampersand.
    private mutating func reference() {
        guard let reference = entities.decode(UnsafeBufferPointer(start: base + position, count: end - position)) else {
            writer.put(base + position, 1)
            position += 1
            return
        }
        position += reference.length
        put(reference.first)
        if let second = reference.second { writer.put(second) }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        switch Self.meaning(of: scalar.value) {
        case .text: writer.put(scalar)
        case .space:
            if tree.state.contains(.preformatted) { writer.putVerbatim(space: 0x20) } else { writer.space() }
        case .joiner: writer.join(UInt8(truncatingIfNeeded: 0x80 | scalar.value & 0x3F))
        case .nothing: break
        }
    }

    /// A character whose first byte is one that white space and invisible characters begin with.
    private mutating func lead() {
        let first = base[position]
        let length = first < 0xE0 ? 2 : 3
        guard position + length <= end else {
            writer.put(base + position, end - position)
            position = end
            return
        }
        var value = length == 2 ? UInt32(first & 0x1F) : UInt32(first & 0x0F)
        for offset in 1..<length {
            guard base[position + offset] & 0xC0 == 0x80 else {
                writer.put(base + position, offset)
                position += offset
                return
            }
            value = value << 6 | UInt32(base[position + offset] & 0x3F)
        }
        switch Self.meaning(of: value) {
        case .text: writer.put(base + position, length)
        default: if let scalar = Unicode.Scalar(value) { put(scalar) }
        }
        position += length
    }

    private enum Meaning {
        case text, space, joiner, nothing
    }

    private static func meaning(of value: UInt32) -> Meaning {
        if value > 0x20, value < 0x7F { return .text }
        switch value {
        case 0x00...0x20, 0x7F...0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F: return .space
        // Soft hyphen, grapheme joiner, Mongolian vowel separator, zero-width space and marks of direction, word
        // joiner and its kin, byte order mark: nobody sees them, and they would cut words.
        case 0xAD, 0x034F, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF:
            return .nothing
        case 0x200C, 0x200D: return .joiner
        default: return .text
        }
    }

    // MARK: Markup

    /// What stands at a `<`.
    private mutating func markup() {
        guard position + 1 < end else {
            writer.putIfShown("<", tree.state)
            position = end
            return
        }
        let next = base[position + 1]
        switch next {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            position += 1
            startTag()
        case UInt8(ascii: "/"):
            if position + 2 < end, Self.isLetter(base[position + 2]) {
                position += 2
                endTag()
            } else {
                skipPastTagEnd()
            }
        case UInt8(ascii: "!"): declaration()
        case UInt8(ascii: "?"): skipPastTagEnd()
        default:
            writer.putIfShown("<", tree.state)
            position += 1
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private mutating func skipPastTagEnd() {
        position = find(UInt8(ascii: ">"), from: position).map { $0 + 1 } ?? end
    }

    /// A comment, a document type, or one of Microsoft's conditions.
    private mutating func declaration() {
        guard position + 3 < end, base[position + 2] == UInt8(ascii: "-"), base[position + 3] == UInt8(ascii: "-")
        else { return skipPastTagEnd() }
        // `<!-->` and `<!--->` are whole comments.
        var from = position + 4
        if from < end, base[from] == UInt8(ascii: ">") {
            position = from + 1
            return
        }
        if from + 1 < end, base[from] == UInt8(ascii: "-"), base[from + 1] == UInt8(ascii: ">") {
            position = from + 2
            return
        }
        while let close = find(UInt8(ascii: ">"), from: from) {
            let isEnd =
                base[close - 1] == UInt8(ascii: "-") && base[close - 2] == UInt8(ascii: "-")
                || base[close - 1] == UInt8(ascii: "!") && base[close - 2] == UInt8(ascii: "-")
                    && base[close - 3] == UInt8(ascii: "-")
            if isEnd, close - 2 >= position + 4 {
                position = close + 1
                return
            }
            from = close + 1
        }
        position = end
    }

    /// Reads a tag's name; leaves the position after it.
    private mutating func tagName() -> (tag: HTMLTag, role: HTMLRole) {
        var key: UInt64 = 0
        let start = position
        var index = position
        while index < end {
            let byte = base[index]
            if byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") { break }
            if index - start < 8 { key = key << 8 | UInt64(byte | 0x20) }
            index += 1
        }
        position = index
        return tags.find(key: key, length: index - start)
    }

    private mutating func startTag() {
        let (tag, role) = tagName()
        var attributes = HTMLAttributes()
        guard readAttributes(&attributes, isImage: role == .image) else {
            position = end
            return
        }
        open(tag, role, attributes)
    }

    private mutating func endTag() {
        let (tag, role) = tagName()
        // The attributes of an end tag mean nothing, and their quotes are seldom meant.
        skipPastTagEnd()
        close(tag, role)
    }

    // MARK: Attributes

    /// Reads attributes up to and past the `>`; false where the document ends before it.
    private mutating func readAttributes(_ attributes: inout HTMLAttributes, isImage: Bool) -> Bool {
        var index = position
        while index < end {
            let byte = base[index]
            if byte == UInt8(ascii: ">") {
                position = index + 1
                return true
            }
            if byte <= 0x20 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "=") {
                index += 1
                continue
            }
            var key: UInt64 = 0
            let nameStart = index
            while index < end {
                let byte = base[index]
                if byte <= 0x20 || byte == UInt8(ascii: "=") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") {
                    break
                }
                key = key << 8 | UInt64(byte | 0x20)
                index += 1
            }
            if index - nameStart > 8 { key = 0 }
            while index < end, base[index] <= 0x20 { index += 1 }
            guard index < end, base[index] == UInt8(ascii: "=") else {
                if key == HTMLAttributes.hiddenKey { attributes.isHidden = true }
                continue
            }
            index += 1
            while index < end, base[index] <= 0x20 { index += 1 }
            guard index < end else { return false }
            let (start, stop) = attributeValue(at: &index)
            if key != 0 {
                if !sheet.isEmpty { hideBySheet(&attributes, key, start, stop) }
                attributes.take(key, UnsafeBufferPointer(start: base + start, count: stop - start), isImage: isImage)
            }
        }
        return false
    }

    @inline(never)
    private func hideBySheet(_ attributes: inout HTMLAttributes, _ key: UInt64, _ start: Int, _ stop: Int) {
        guard key == HTMLAttributes.classKey || key == HTMLAttributes.idKey else { return }
        let value = UnsafeBufferPointer(start: base + start, count: stop - start)
        if sheet.hides(value, isID: key == HTMLAttributes.idKey) { attributes.isHiddenBySheet = true }
    }

    /// Takes the content of `<style>`, for what it hides.
    mutating func readStyleSheet() {
        let start = position
        let stop = skipContent(of: "style")
        sheet.read(UnsafeBufferPointer(start: base + start, count: stop - start))
    }

    /// The bounds of the value at `index`, which moves past it.
    @inline(__always)
    private mutating func attributeValue(at index: inout Int) -> (start: Int, stop: Int) {
        let quote = base[index]
        if quote == UInt8(ascii: "\""), !lacksDoubleQuote {
            if let close = find(quote, from: index + 1) {
                defer { index = close + 1 }
                return (index + 1, close)
            }
            lacksDoubleQuote = true
        } else if quote == UInt8(ascii: "'"), !lacksSingleQuote {
            if let close = find(quote, from: index + 1) {
                defer { index = close + 1 }
                return (index + 1, close)
            }
            lacksSingleQuote = true
        }
        let start = index
        while index < end, base[index] > 0x20, base[index] != UInt8(ascii: ">") { index += 1 }
        return (start, index)
    }

    // MARK: Content that is not markup

    /// Passes over content up to the end tag `name`; returns where the content ended.
    mutating func skipContent(of name: StaticString) -> Int {
        let length = name.utf8CodeUnitCount
        var from = position
        while let open = find(UInt8(ascii: "<"), from: from) {
            if open + 2 + length <= end, base[open + 1] == UInt8(ascii: "/") {
                let word = CSSWord(base: base + open + 2, count: length)
                let after = open + 2 + length
                if word.begins(name), after == end || !Self.isLetter(base[after]) {
                    position = after
                    skipPastTagEnd()
                    return open
                }
            }
            from = open + 1
        }
        position = end
        return end
    }

    /// Reads the document's title, whose content is text alone.
    mutating func readTitle() {
        let start = position
        let stop = lacksTitleEnd ? end : skipContent(of: "title")
        if stop == end {
            // Without an end tag the title would be the whole document: let it end at the next tag.
            lacksTitleEnd = true
            position = find(UInt8(ascii: "<"), from: start) ?? end
        }
        if title == nil { title = foldedTitle(from: start, to: min(stop, position)) }
    }

    /// Passes over Office's settings; without an end tag they are nothing.
    mutating func skipXML() {
        guard !lacksXMLEnd else { return }
        let start = position
        if skipContent(of: "xml") == end {
            lacksXMLEnd = true
            position = start
        }
    }

    /// Takes an attribute's value as text.
    mutating func attribute(_ value: UnsafeBufferPointer<UInt8>) {
        guard let base = value.baseAddress else { return }
        var inner = HTMLScanner(base: base, count: value.count, limit: Self.attributeLimit)
        inner.isTextAlone = true
        var text = inner.run().text
        text.withUTF8 { text in
            if let first = text.baseAddress { writer.put(first, text.count) }
        }
    }

    private func foldedTitle(from start: Int, to stop: Int) -> String? {
        let length = min(stop - start, HTMLText.titleLimit * 2)
        var inner = HTMLScanner(base: base + start, count: length, limit: HTMLText.titleLimit)
        inner.isTextAlone = true
        let text = inner.run().text
        return text.isEmpty ? nil : text
    }

}

extension HTMLTextWriter {
    mutating func putIfShown(_ text: StaticString, _ state: HTMLStyle.State) {
        if state.isDisjoint(with: .hidden) { putLiteral(text) }
    }
}
