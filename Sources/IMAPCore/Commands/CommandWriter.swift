import NIOCore

/// Writes a command's parts in their wire forms, cutting segments where a literal has to wait.
struct CommandWriter {
    private let options: EncodingOptions
    private var segments: [ByteBuffer] = []
    private var current = ByteBuffer()

    /// A longer text goes as a literal: servers bound their lines (RFC 9051, appendix D).
    private static let longestQuoted = 1000

    init(tag: String, options: EncodingOptions) {
        self.options = options
        current.writeString(tag)
    }

    var mailboxEncoding: MailboxName.WireEncoding { options.utf8 ? .utf8 : .modifiedUTF7 }

    consuming func finish() -> EncodedCommand {
        current.writeStaticString("\r\n")
        segments.append(current)
        return EncodedCommand(segments: segments)
    }

    /// A space, and text that is known to be safe.
    mutating func word(_ text: String) {
        current.writeStaticString(" ")
        current.writeString(text)
    }

    /// As it stands, with no space ahead.
    mutating func raw(_ text: String) {
        current.writeString(text)
    }

    mutating func number(_ number: some BinaryInteger) {
        word(String(number))
    }

    mutating func list<Element>(
        _ elements: [Element], _ write: (inout CommandWriter, Element) throws(IMAPCoreError) -> Void
    ) throws(IMAPCoreError) {
        raw(" (")
        for (index, element) in elements.enumerated() {
            var inner = CommandWriter(tag: "", options: options)
            try write(&inner, element)
            append(inner, dropsSpace: index == 0)
        }
        raw(")")
    }

    mutating func append(_ inner: CommandWriter, dropsSpace: Bool) {
        var pieces = inner.segments + [inner.current]
        if dropsSpace, pieces[0].getInteger(at: pieces[0].readerIndex, as: UInt8.self) == 0x20 {
            pieces[0].moveReaderIndex(forwardBy: 1)
        }
        for index in pieces.indices {
            current.writeBuffer(&pieces[index])
            if index < pieces.count - 1 { cut() }
        }
    }

    private mutating func cut() {
        segments.append(current)
        current = ByteBuffer()
    }

    mutating func set(_ set: UIDSet) throws(IMAPCoreError) {
        guard !set.isEmpty else { throw IMAPCoreError(.unencodable, "an empty set of UIDs cannot be sent") }
        word(set.wireForm)
    }

    mutating func mailbox(_ name: MailboxName) throws(IMAPCoreError) {
        try string(name.bytes(in: mailboxEncoding))
    }

    mutating func string(_ text: String) throws(IMAPCoreError) {
        try string(Array(text.utf8))
    }

    /// A space, and a quoted string where that can hold it, else a literal.
    mutating func string(_ bytes: [UInt8]) throws(IMAPCoreError) {
        var isQuotable = bytes.count <= Self.longestQuoted
        var isASCII = true
        for byte in bytes {
            if byte == 0 { throw IMAPCoreError(.unencodable, "a text with a NUL cannot be sent") }
            if byte < 0x20 || byte == 0x7F { isQuotable = false }
            if byte >= 0x80 { isASCII = false }
        }
        if !isASCII, !options.utf8 || String(validating: bytes, as: UTF8.self) == nil { isQuotable = false }
        guard isQuotable else { return literal(ByteBuffer(bytes: bytes)) }
        current.writeStaticString(" \"")
        for byte in bytes {
            if byte == 0x22 || byte == 0x5C { current.writeInteger(UInt8(0x5C)) }
            current.writeInteger(byte)
        }
        current.writeStaticString("\"")
    }

    mutating func literal(_ bytes: ByteBuffer) {
        var bytes = bytes
        let size = bytes.readableBytes
        let waits = !options.literalPlus && !(options.literalMinus && size <= EncodingOptions.literalMinusSize)
        current.writeString(waits ? " {\(size)}\r\n" : " {\(size)+}\r\n")
        if waits { cut() }
        current.writeBuffer(&bytes)
    }

    /// A flag, keyword or attribute: an atom, with or without a backslash.
    mutating func flag(_ text: String) throws(IMAPCoreError) {
        let name = text.utf8.first == 0x5C ? text.utf8.dropFirst() : text.utf8[...]
        guard !name.isEmpty, name.allSatisfy({ Self.isAtomCharacter($0) }) || (name.count == 1 && text == "\\*") else {
            throw IMAPCoreError(.unencodable, "not a flag that can be sent")
        }
        word(text)
    }

    /// A word of a protocol, such as a header's name or a selection option.
    mutating func atom(_ text: String) throws(IMAPCoreError) {
        guard !text.isEmpty, text.utf8.allSatisfy({ Self.isAtomCharacter($0) }) else {
            throw IMAPCoreError(.unencodable, "not a word that can be sent")
        }
        word(text)
    }

    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F...0xFF, 0x28, 0x29, 0x7B, 0x25, 0x2A, 0x22, 0x5C, 0x5D: false
        default: true
        }
    }
}
