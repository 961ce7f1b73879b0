/// The code in square brackets of a status response.
///
/// RFC 3501, 9051 (7.1), 4315 (UIDPLUS), 4469, 5182, 5464, 5465, 5530, 6154, 7162, 8474, 9394, 9586.
public enum ResponseCode: Hashable, Sendable {
    case alert
    case badCharset([String])
    case capability(CapabilitySet)
    case parse
    case permanentFlags([Flag])
    case readOnly
    case readWrite
    case tryCreate
    /// Nil: the server said 0, which some mean as "unknown".
    case uidNext(UID?)
    case uidValidity(UIDValidity)
    case unseen(SequenceNumber)
    /// Nil: a uid-set that could not be read (RFC 4315).
    case appendUID(UIDValidity, UIDSet?)
    /// The sets are nil where the server sent none, as Outlook.com does, though it copied nothing.
    case copyUID(UIDValidity, source: UIDSet?, destination: UIDSet?)
    case uidNotSticky
    case highestModSeq(ModSequence)
    case noModSeq
    /// The text of the set: UIDs or sequence numbers, as the command had it (RFC 7162).
    case modified(UIDSet)
    case closed
    case mailboxID(String)
    case unavailable
    case authenticationFailed
    case authorizationFailed
    case expired
    case privacyRequired
    case contactAdmin
    case noPerm
    case inUse
    case expungeIssued
    case corruption
    case serverBug
    case clientBug
    case cannot
    case limit
    case overQuota
    case alreadyExists
    case nonExistent
    case notSaved
    case hasChildren
    case unknownCTE
    case tooBig
    case useAttribute
    case compressionActive
    case notificationOverflow
    case badEvent([String])
    case badComparator
    case badURL(String?)
    case referral(String)
    case uidRequired
    /// The largest number of messages that the server works on at once (RFC 9738).
    case messageLimit(Int, lowestUID: UID?)
    /// RFC 5464.
    case metadata(String)
    /// RFC 5257 and others, and what servers make up: the name in upper case, and the rest as it stands.
    case other(name: String, text: String?)
}
