/// What `ResponseFramer` accepts of one response. Beyond them a response is cut down, never the connection.
public struct FramingLimits: Hashable, Sendable {
    /// Octets of text, literals not counted. A SEARCH of a million messages is 8 MB on one line.
    public var lineLength: Int
    /// Octets of one literal.
    public var literalSize: UInt64
    /// Literals in one response.
    public var literalCount: Int
    /// Octets of a response in all.
    public var frameSize: UInt64

    public init(
        lineLength: Int = 16 << 20, literalSize: UInt64 = 64 << 20, literalCount: Int = 10_000,
        frameSize: UInt64 = 128 << 20
    ) {
        self.lineLength = lineLength
        self.literalSize = literalSize
        self.literalCount = literalCount
        self.frameSize = frameSize
    }

    public static let `default` = FramingLimits()

    /// How much of a line beyond `lineLength` is kept, so that a tagged response still ends its command.
    static let keptOfLongLine = 4096
}

/// Which of the limits was met.
public enum FrameLimit: String, Hashable, Sendable, CaseIterable {
    case lineLength
    case literalSize
    case literalCount
    case frameSize
}
