/// A file that was pasted into a text body.
public struct InlineFile: Hashable, Sendable {
    public enum Encoding: String, Hashable, Sendable {
        case uuencode, yEnc
    }

    public var name: String
    public var bytes: [UInt8]
    public var encoding: Encoding
    /// Whether its end line stood where it should, with the size (and checksum, for yEnc) that the bytes have.
    public var isWhole: Bool

    public init(name: String, bytes: [UInt8], encoding: Encoding, isWhole: Bool) {
        self.name = name
        self.bytes = bytes
        self.encoding = encoding
        self.isWhole = isWhole
    }
}

/// uuencode and yEnc: files inside a text body, from before MIME and from Usenet.
///
/// A `begin` line alone makes no file: what follows must be data. A file whose end is missing goes as far as its data.
public enum InlineEncodings {
    /// How many files are looked for in one body.
    public static let fileCountLimit = 1000

    /// The text around the files, and the files, in order; nil where there are none.
    ///
    /// `body` is as it came after its transfer encoding, before any charset is applied (yEnc is binary). Of all files
    /// together at most `byteLimit` bytes are kept; a file that was cut is not whole.
    public static func extract(
        _ body: UnsafeBufferPointer<UInt8>, byteLimit: Int
    ) -> (text: [UInt8], files: [InlineFile])? {
        guard mayHoldFile(body) else { return nil }
        var lines = ByteLines(body)
        var text: [UInt8] = []
        var files: [InlineFile] = []
        var room = byteLimit
        var copied = 0
        while let line = lines.next() {
            guard line.count >= 8, files.count < fileCountLimit else { continue }
            let start = lines.start
            var rest = lines
            let file: InlineFile?
            switch line[0] {
            case UInt8(ascii: "b"): file = UUDecoder.decode(begin: line, &rest, room: room)
            case UInt8(ascii: "="): file = YEncDecoder.decode(begin: line, &rest, room: room)
            default: file = nil
            }
            guard let file else { continue }
            text.append(contentsOf: body[copied..<start])
            room -= file.bytes.count
            files.append(file)
            lines = rest
            copied = lines.position
        }
        guard !files.isEmpty else { return nil }
        text.append(contentsOf: body[copied...])
        return (text, files)
    }

    /// Quickly: whether any line begins with `begin` or `=ybegin`.
    private static func mayHoldFile(_ body: UnsafeBufferPointer<UInt8>) -> Bool {
        body.holds("begin")
    }
}

/// The lines of a body, without their ends (LF or CRLF).
struct ByteLines {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Where the line that was last returned begins.
    private(set) var start = 0
    /// Where the next one begins.
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func next() -> UnsafeBufferPointer<UInt8>? {
        guard position < bytes.count else { return nil }
        start = position
        let end = bytes.firstIndex(of: 0x0A, from: position) ?? bytes.count
        position = min(end + 1, bytes.count)
        let hasCarriageReturn = end > start && bytes[end - 1] == 0x0D
        return UnsafeBufferPointer(rebasing: bytes[start..<(hasCarriageReturn ? end - 1 : end)])
    }
}
