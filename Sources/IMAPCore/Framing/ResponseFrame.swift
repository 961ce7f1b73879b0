import NIOCore

/// One response as it came: its lines with the literals between them, without the last line end.
///
/// A literal stands as on the wire: `{5}`, CRLF, five octets. The buffer is a view of what came from the network.
public struct ResponseFrame: Hashable, Sendable {
    /// A literal whose octets were thrown away.
    public struct OmittedLiteral: Hashable, Sendable {
        /// Where its octets would start in `bytes`, counted from the frame's start.
        public var offset: Int
        public var size: UInt64
    }

    public var bytes: ByteBuffer
    public var omitted: [OmittedLiteral]

    public init(bytes: ByteBuffer, omitted: [OmittedLiteral] = []) {
        self.bytes = bytes
        self.omitted = omitted
    }
}

/// Why bytes do not make a response.
public enum FramingFault: String, Hashable, Sendable {
    /// A literal's length of more than 63 bits.
    case literalLength
}

/// What `ResponseFramer.next()` has.
public enum FramingOutcome: Hashable, Sendable {
    /// More bytes are needed.
    case incomplete
    case frame(ResponseFrame)
    /// The line is handed on up to where it made no sense; reading goes on with the next line.
    case invalid(FramingFault, ResponseFrame)
    /// What is left of a response that was too large: its oversize literals omitted, or its start alone.
    case tooLarge(FrameLimit, ResponseFrame)
}
