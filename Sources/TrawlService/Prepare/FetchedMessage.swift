import IMAPCore
import MailIndex
import MailSearch
import NIOCore

/// A message as it came from the server, before it is read.
struct FetchedMessage: Sendable {
    enum Content: Sendable {
        /// BODY[].
        case whole(ByteBuffer)
        /// The header and the parts that hold text.
        case parts(TextParts, FetchResponse)
        /// The header alone: the rest was refused or too large.
        case header(ByteBuffer)
        /// Nothing but what FETCH tells beside the content.
        case none
    }

    var uid: UInt32
    var flags: FlagSet
    var modSeq: UInt64?
    var internalDate: Int64?
    var size: Int
    var identities: [MessageIdentity]
    var content: Content
}

extension FetchResponse {
    /// Flags and labels in the index's form.
    var flagSet: FlagSet {
        FlagSet(imap: (flags ?? []).map(\.rawValue), labels: gmailLabels ?? [])
    }

    /// What the server calls the message, where it calls it anything.
    func identities(account: AccountID) -> [MessageIdentity] {
        var identities: [MessageIdentity] = []
        if let gmailMessageID { identities.append(.gmail(account: account, messageID: gmailMessageID)) }
        if let emailID { identities.append(.emailID(account: account, emailID)) }
        return identities
    }
}
