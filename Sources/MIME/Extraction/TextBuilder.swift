/// Text under construction, within a limit: bytes of UTF-8, line ends and tabs only as they are needed.
struct TextBuilder {
    private(set) var bytes: [UInt8] = []
    let limit: Int
    private(set) var isTruncated = false
    /// Whether a tab is owed ahead of the next text on the line.
    private var owesTab = false

    init(limit: Int) {
        self.limit = limit
    }

    var isFull: Bool { bytes.count >= limit }
    var isEmpty: Bool { bytes.isEmpty }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard !text.isEmpty else { return }
        settle()
        let room = limit - bytes.count
        if text.count > room {
            isTruncated = true
            var kept = max(0, room)
            while kept > 0, text[kept] & 0xC0 == 0x80 { kept -= 1 }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[0..<kept]))
        } else {
            bytes.append(contentsOf: text)
        }
    }

    mutating func append(_ text: some StringProtocol) {
        var text = String(text)
        text.withUTF8 { append($0) }
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        guard scalar.value >= 0x80 else { return append(byte: UInt8(truncatingIfNeeded: scalar.value)) }
        append(String(Character(scalar)))
    }

    mutating func append(byte: UInt8) {
        settle()
        if bytes.count < limit { bytes.append(byte) } else { isTruncated = true }
    }

    private mutating func settle() {
        if owesTab {
            owesTab = false
            if bytes.count < limit { bytes.append(0x09) }
        }
    }

    /// Parts what follows from what stands on the line.
    mutating func tab() {
        if let last = bytes.last, last != 0x0A { owesTab = true }
    }

    /// The end of a table's cell: what follows goes on in the same line, after a tab.
    mutating func joinCell() {
        if bytes.last == 0x0A { bytes.removeLast() }
        tab()
    }

    /// Ends the line, unless it is empty.
    mutating func endLine() {
        owesTab = false
        if let last = bytes.last, last != 0x0A, bytes.count < limit { bytes.append(0x0A) }
    }

    /// Ends the line, and leaves no more than one empty one.
    mutating func lineBreak() {
        owesTab = false
        guard let last = bytes.last, bytes.count < limit else { return }
        if last == 0x0A, bytes.count >= 2, bytes[bytes.count - 2] == 0x0A { return }
        bytes.append(0x0A)
    }

    /// Takes lines that end in LF, CRLF or CR.
    mutating func appendLines(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        // A byte order mark is no text.
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { start = 3 }
        while start < text.count, !isFull {
            guard let end = text.firstIndex(of: 0x0D, from: start) else {
                append(UnsafeBufferPointer(rebasing: text[start...]))
                return
            }
            append(UnsafeBufferPointer(rebasing: text[start..<end]))
            append(byte: 0x0A)
            start = end + (end + 1 < text.count && text[end + 1] == 0x0A ? 2 : 1)
        }
        if start < text.count { isTruncated = true }
    }

    func text() -> String {
        var end = bytes.count
        while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
        return String(decoding: bytes[0..<end], as: UTF8.self)
    }

    func extraction(title: String? = nil) -> AttachmentExtraction {
        AttachmentExtraction(text: text(), title: title, isTruncated: isTruncated)
    }
}
