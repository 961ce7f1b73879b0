/// A mailbox's name: the bytes that the server knows it by, and the text that a person reads.
///
/// Two names are equal when their texts are the same code points (no Unicode normalisation: a server may hold
/// both forms); INBOX is the same in any case (RFC 3501, 5.1). A name never becomes a file path by itself.
public struct MailboxName: Sendable {
    /// How a name stands on the wire.
    public enum WireEncoding: Hashable, Sendable {
        /// Before IMAP4rev2: modified UTF-7 (RFC 3501, 5.1.3).
        case modifiedUTF7
        /// After ENABLE UTF8=ACCEPT (RFC 6855) or ENABLE IMAP4rev2 (RFC 9051).
        case utf8
    }

    /// The text that a person reads, such as `Entwürfe`. Names that are not valid in their encoding are shown as sent.
    public let name: String
    /// The bytes as the server sent them, or as they would be sent in modified UTF-7.
    public let wireBytes: [UInt8]
    private let wireEncoding: WireEncoding

    public static let inbox = MailboxName("INBOX")

    /// From a text, such as a user's configuration holds.
    public init(_ name: String) {
        self.name = Self.isInbox(name) ? "INBOX" : name
        wireBytes = ModifiedUTF7.encode(self.name)
        wireEncoding = .modifiedUTF7
    }

    /// From what a server sent. Never fails: what can't be decoded is kept and shown as it stands.
    ///
    /// Under `.modifiedUTF7`, names with 8-bit bytes are read as UTF-8 (or Latin-1, where they aren't that), since
    /// servers send such; they are sent back unchanged.
    public init(wire bytes: some Collection<UInt8>, encoding: WireEncoding = .modifiedUTF7) {
        wireBytes = Array(bytes)
        wireEncoding = encoding
        let text: String
        switch encoding {
        case .modifiedUTF7:
            // Most names are ASCII without an `&`, and stand for themselves.
            let isPlain = wireBytes.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "&") }
            text = (isPlain ? nil : ModifiedUTF7.decode(wireBytes)) ?? String(repairing: wireBytes)
        case .utf8: text = String(repairing: wireBytes)
        }
        name = Self.isInbox(text) ? "INBOX" : text
    }

    /// The bytes to send. Those that the server sent are sent again, where the connection's encoding is the same.
    public func bytes(in encoding: WireEncoding) -> [UInt8] {
        if encoding == wireEncoding { return wireBytes }
        switch encoding {
        case .modifiedUTF7: return ModifiedUTF7.encode(name)
        case .utf8: return Array(name.utf8)
        }
    }

    public var isInbox: Bool { name == "INBOX" }

    private static func isInbox(_ text: String) -> Bool {
        text.utf8.count == 5 && text.utf8.elementsEqual("INBOX".utf8) { $0 & 0xDF == $1 }
    }
}

extension MailboxName: Hashable {
    public static func == (a: MailboxName, b: MailboxName) -> Bool {
        a.name.utf8.elementsEqual(b.name.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var copy = name
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension MailboxName: CustomStringConvertible, ExpressibleByStringLiteral {
    public var description: String { name }

    public init(stringLiteral value: String) {
        self.init(value)
    }
}
