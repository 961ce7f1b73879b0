/// By what a message is known again in another place, or after its mailbox was made anew.
public enum MessageIdentity: Hashable, Sendable {
    /// The same content: ``MessageDocument/digest``.
    case content([UInt8])
    /// X-GM-MSGID, the same in all mailboxes of one account.
    case gmail(account: AccountID, messageID: UInt64)
    /// EMAILID (RFC 8474), likewise.
    case emailID(account: AccountID, String)
    /// Where the server tells neither: Message-ID, octets of the whole message, and its INTERNALDATE. Found only if one
    /// message alone has all three.
    case envelope(messageID: String, size: Int, receivedAt: Int64)

    /// The key in `identity`; nil for an envelope, which is looked up otherwise.
    package var key: [UInt8]? {
        switch self {
        case .content(let digest):
            return [UInt8(ascii: "c")] + digest
        case .gmail(let account, let messageID):
            return [UInt8(ascii: "g")] + MessageIdentity.octets(account.rawValue)
                + MessageIdentity.octets(Int64(bitPattern: messageID))
        case .emailID(let account, let emailID):
            return [UInt8(ascii: "o")] + MessageIdentity.octets(account.rawValue) + emailID.utf8
        case .envelope:
            return nil
        }
    }

    private static func octets(_ value: Int64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) }
    }
}
