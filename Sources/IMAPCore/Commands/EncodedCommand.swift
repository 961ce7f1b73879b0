import NIOCore

/// A command as bytes: one segment, or more where the server must ask for each literal with `+` (RFC 3501, 4.3).
public struct EncodedCommand: Hashable, Sendable {
    /// Each but the first is sent after the server's `+`.
    public var segments: [ByteBuffer]
}

/// What the server's capabilities and ENABLE allow a command's bytes to be.
public struct EncodingOptions: Hashable, Sendable {
    /// LITERAL+: no literal needs to wait (RFC 7888).
    public var literalPlus: Bool
    /// LITERAL-: none of up to 4,096 octets needs to wait.
    public var literalMinus: Bool
    /// UTF8=ACCEPT or IMAP4rev2 was enabled: names and quoted strings in UTF-8 (RFC 6855, RFC 9051).
    public var utf8: Bool

    public init(literalPlus: Bool = false, literalMinus: Bool = false, utf8: Bool = false) {
        self.literalPlus = literalPlus
        self.literalMinus = literalMinus
        self.utf8 = utf8
    }

    public init(_ capabilities: CapabilitySet, utf8: Bool) {
        self.init(
            literalPlus: capabilities.contains(.literalPlus), literalMinus: capabilities.offers(.literalMinus),
            utf8: utf8)
    }

    /// LITERAL-'s bound (RFC 7888, 5).
    static let literalMinusSize = 4096
}
