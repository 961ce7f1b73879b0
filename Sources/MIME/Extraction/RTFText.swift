/// Rich Text Format: its text, and the HTML that Outlook hides in it.
enum RTFText {
    /// Groups deeper than this are read as if they were not there.
    static let depthLimit = 1000

    static func extract(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> AttachmentExtraction {
        guard bytes.matches("{\\rtf") || bytes.holds("{\\rtf") else { return AttachmentExtraction(isDamaged: true) }
        var reader = RTFReader(bytes, limit: limit)
        reader.run()
        if reader.isHTML {
            let html = HTMLText.extract(reader.builder.bytes, limit: limit)
            return AttachmentExtraction(
                text: html.text, title: html.title, isTruncated: html.isTruncated || reader.builder.isTruncated)
        }
        var builder = TextBuilder(limit: limit)
        reader.builder.bytes.withUnsafeBufferPointer { builder.append($0) }
        return builder.extraction(title: reader.title)
    }
}

/// One pass over RTF.
struct RTFReader {
    private typealias Byte = UInt8

    /// What a group inherits from the one around it.
    private struct Group {
        /// Nothing in it is text: tables of fonts, pictures, instructions.
        var isSkipped = false
        var isHidden = false
        /// How many bytes stand for one `\u` character where Unicode is not known.
        var skipCount = 1
        var codePage: Int
        /// Within `\*\htmltag`: HTML that RTF's readers do not see.
        var isHTMLTag = false
        /// Between `\htmlrtf` and `\htmlrtf0`: RTF that HTML's readers do not see.
        var isRTFOnly = false
        var isFontTable = false
        var isTitle = false
        var isInfo = false
    }

    private static let fontLimit = 10_000
    private static let htmlGrowth = 8

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var group = Group(codePage: 1252)
    private var stack: [Group] = []
    private var overflow = 0
    private var pending: [UInt8] = []
    private var pendingCodePage = 1252
    private var defaultCodePage = 1252
    private var fontCodePages: [Int: Int] = [:]
    private var currentFont = 0
    private var toSkip = 0
    private var highSurrogate: UInt32?
    private var isDestinationStart = false
    private var isIgnorable = false
    private(set) var isHTML = false
    private(set) var builder: TextBuilder
    private var titleBuilder = TextBuilder(limit: 1024)

    var title: String? {
        let title = titleBuilder.text()
        return title.isEmpty ? nil : title
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) {
        self.bytes = bytes
        // HTML has more markup than text: the limit is meant for the text.
        let (grown, overflows) = limit.multipliedReportingOverflow(by: Self.htmlGrowth)
        builder = TextBuilder(limit: overflows ? limit : min(grown, max(limit, bytes.count * 4)))
    }

    mutating func run() {
        while position < bytes.count, !builder.isFull {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "{"):
                flush()
                position += 1
                toSkip = 0
                if stack.count < RTFText.depthLimit { stack.append(group) } else { overflow += 1 }
                isDestinationStart = true
            case UInt8(ascii: "}"):
                flush()
                position += 1
                toSkip = 0
                if overflow > 0 { overflow -= 1 } else if let outer = stack.popLast() { group = outer }
                isDestinationStart = false
            case UInt8(ascii: "\\"): control()
            case 0x0D, 0x0A: position += 1
            case 0x00: position += 1
            default: text()
            }
        }
        flush()
    }

    // MARK: Text

    private var isShown: Bool {
        !group.isSkipped && !group.isHidden && !(isHTML && group.isRTFOnly)
    }

    private mutating func text() {
        isDestinationStart = false
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"), 0x0D, 0x0A, 0x00: break
            default:
                position += 1
                continue
            }
            break
        }
        var from = start
        if toSkip > 0 {
            let skipped = min(toSkip, position - start)
            toSkip -= skipped
            from += skipped
        }
        guard from < position, isShown || group.isTitle else { return }
        take(UnsafeBufferPointer(rebasing: bytes[from..<position]))
    }

    private mutating func take(_ text: UnsafeBufferPointer<UInt8>) {
        if pendingCodePage != group.codePage { flush() }
        pendingCodePage = group.codePage
        pending.append(contentsOf: text)
    }

    private mutating func take(byte: UInt8) {
        if toSkip > 0 {
            toSkip -= 1
            return
        }
        guard isShown || group.isTitle else { return }
        if pendingCodePage != group.codePage { flush() }
        pendingCodePage = group.codePage
        pending.append(byte)
    }

    private mutating func take(scalar: UInt32) {
        guard isShown || group.isTitle else { return }
        flush()
        guard let scalar = Unicode.Scalar(scalar) else { return }
        if group.isTitle { titleBuilder.append(scalar) } else { builder.append(scalar) }
    }

    /// Decodes the bytes at hand: together, for a character may be split over several controls.
    private mutating func flush() {
        guard !pending.isEmpty else { return }
        let text: String
        if pending.allSatisfy({ $0 < 0x80 }) {
            text = String(decoding: pending, as: UTF8.self)
        } else {
            text = LegacyText.decode(pending, codePage: pendingCodePage)
        }
        pending.removeAll(keepingCapacity: true)
        if group.isTitle { titleBuilder.append(text) } else { builder.append(text) }
    }

    private mutating func endLine(always: Bool = false) {
        guard isShown else { return }
        flush()
        if isHTML {
            builder.append(byte: 0x0A)
        } else {
            builder.lineBreak()
        }
    }

    private mutating func tab() {
        guard isShown else { return }
        flush()
        if isHTML { builder.append(byte: 0x09) } else { builder.tab() }
    }

    // MARK: Controls

    private mutating func control() {
        position += 1
        guard position < bytes.count else { return }
        let byte = bytes[position]
        guard Self.isLetter(byte) else { return symbol(byte) }
        let start = position
        while position < bytes.count, Self.isLetter(bytes[position]), position - start < 32 { position += 1 }
        let word = UnsafeBufferPointer(rebasing: bytes[start..<position])
        let parameter = number()
        if position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
        let isFirst = isDestinationStart
        isDestinationStart = false
        perform(String(decoding: word, as: UTF8.self), parameter, isFirst: isFirst)
        isIgnorable = false
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private mutating func number() -> Int? {
        guard position < bytes.count else { return nil }
        let isNegative = bytes[position] == UInt8(ascii: "-")
        var index = position + (isNegative ? 1 : 0)
        let start = index
        var value = 0
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9"),
            index - start < 10
        {
            value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            index += 1
        }
        guard index > start else { return nil }
        position = index
        return isNegative ? -value : value
    }

    private mutating func symbol(_ byte: UInt8) {
        position += 1
        switch byte {
        case UInt8(ascii: "'"):
            guard position + 1 < bytes.count,
                let value = UInt8(String(decoding: bytes[position...(position + 1)], as: UTF8.self), radix: 16)
            else { return }
            position += 2
            take(byte: value)
        case UInt8(ascii: "*"): isIgnorable = true
        case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): take(byte: byte)
        case UInt8(ascii: "~"): take(byte: 0x20)
        case UInt8(ascii: "_"): take(byte: UInt8(ascii: "-"))
        case 0x0A, 0x0D: endLine()
        default: break
        }
        if byte != UInt8(ascii: "*") { isDestinationStart = false }
    }

    private mutating func perform(_ word: String, _ parameter: Int?, isFirst: Bool) {
        switch word {
        case "par", "line", "sect", "page", "row", "softline": endLine()
        case "tab": tab()
        case "cell", "nestcell":
            guard isShown else { return }
            flush()
            builder.joinCell()
        case "emdash": take(scalar: 0x2014)
        case "endash": take(scalar: 0x2013)
        case "lquote": take(scalar: 0x2018)
        case "rquote": take(scalar: 0x2019)
        case "ldblquote": take(scalar: 0x201C)
        case "rdblquote": take(scalar: 0x201D)
        case "bullet": take(scalar: 0x2022)
        case "u": unicode(parameter ?? 0)
        case "uc": group.skipCount = max(0, min(parameter ?? 1, 16))
        case "bin":
            flush()
            position = min(bytes.count, position + max(0, parameter ?? 0))
        case "ansicpg":
            defaultCodePage = parameter ?? 1252
            group.codePage = defaultCodePage
        case "mac": group.codePage = 10000
        case "pc": group.codePage = 437
        case "v", "deleted":
            flush()
            group.isHidden = parameter != 0
        case "plain":
            flush()
            group.isHidden = false
            group.codePage = defaultCodePage
        case "f":
            if group.isFontTable {
                currentFont = parameter ?? 0
            } else {
                flush()
                group.codePage = fontCodePages[parameter ?? 0] ?? defaultCodePage
            }
        case "fcharset":
            if group.isFontTable, fontCodePages.count < Self.fontLimit,
                let page = Self.codePage(charset: parameter ?? 0)
            {
                fontCodePages[currentFont] = page
            }
        case "fromhtml": isHTML = true
        case "htmlrtf":
            flush()
            group.isRTFOnly = parameter != 0
        default: destination(word, isFirst: isFirst)
        }
    }

    private mutating func unicode(_ value: Int) {
        let code = UInt32(truncatingIfNeeded: value < 0 ? value + 0x10000 : value)
        if (0xD800..<0xDC00).contains(code) {
            highSurrogate = code
        } else if let high = highSurrogate, (0xDC00..<0xE000).contains(code) {
            highSurrogate = nil
            take(scalar: 0x10000 + (high - 0xD800) << 10 + (code - 0xDC00))
        } else {
            highSurrogate = nil
            take(scalar: code)
        }
        toSkip = group.skipCount
    }

    private mutating func destination(_ word: String, isFirst: Bool) {
        guard isFirst || isIgnorable else { return }
        switch word {
        case "htmltag", "mhtmltag":
            // `mhtmltag` repeats the tag with its addresses as they were.
            group.isHTMLTag = word == "htmltag"
            group.isSkipped = !isHTML || word == "mhtmltag"
            group.isRTFOnly = false
        case "fonttbl":
            group.isFontTable = true
            group.isSkipped = true
        case "info":
            group.isInfo = true
            group.isSkipped = true
        case "title": if group.isInfo { group.isTitle = true }
        case "fldrslt", "shptxt", "pntext", "listtext", "footnote", "annotation", "header", "headerf", "headerl",
            "headerr",
            "footer", "footerf", "footerl", "footerr":
            break
        case "colortbl", "stylesheet", "pict", "object", "objdata", "fldinst", "themedata", "datastore", "nonshppict",
            "author", "operator", "company", "subject", "keywords", "doccomm", "generator", "filetbl", "listtable",
            "revtbl", "bkmkstart", "bkmkend", "xe", "tc", "datafield", "colorschememapping", "latentstyles":
            group.isSkipped = true
        default: if isIgnorable { group.isSkipped = true }
        }
    }

    /// Code pages of Windows charsets, as fonts name them.
    private static func codePage(charset: Int) -> Int? {
        switch charset {
        case 0: 1252
        case 77: 10000
        case 128: 932
        case 129: 949
        case 134: 936
        case 136: 950
        case 161: 1253
        case 162: 1254
        case 163: 1258
        case 177: 1255
        case 178: 1256
        case 186: 1257
        case 204: 1251
        case 222: 874
        case 238: 1250
        case 255: 437
        default: nil
        }
    }
}
