/// What changed between two states (RFC 8620 §5.2).
///
/// A thread's id is its oldest message's, so it can change without the messages being told as updated.
public struct EmailChanges: Hashable, Sendable {
    public var oldState: String
    public var newState: String
    public var hasMoreChanges: Bool
    public var created: [EmailID]
    public var updated: [EmailID]
    public var destroyed: [EmailID]
    /// The same one by one, in the order in which they happened.
    public var steps: [Step] = []

    /// What became of one message.
    public struct Step: Hashable, Sendable {
        public enum Kind: Hashable, Sendable { case created, updated, destroyed }

        public var kind: Kind
        public var id: EmailID
        /// The state after it: what comes later is told from there, and this no more.
        public var state: String
    }
}

/// One correspondent.
public struct AddressEntry: Hashable, Sendable {
    public var name: String?
    public var email: String
    /// Messages from and to the address.
    public var count: Int
    /// Date of the newest of them, seconds since 1970.
    public var lastAt: Int64
}

/// A message's flags in a place, for comparison with the server's.
public struct PlaceState: Hashable, Sendable {
    public var uid: UInt32
    public var message: EmailID
    public var flags: FlagSet
    public var modSeq: UInt64?
}

/// What a check of the index found wrong.
public struct IndexCheck: Hashable, Sendable {
    /// One sentence each; empty where all is well. Holds no mail.
    public var problems: [String]
    /// The text index is among them, which ``IndexStore/rebuildText()`` mends if nothing else is wrong.
    public var textDiffers = false
    /// Why the text index could not be compared with the texts; nil where it was.
    public var unchecked: String?
    /// Nothing was found wrong. It may not all have been looked at: see ``unchecked``.
    public var isSound: Bool { problems.isEmpty }

    public init(problems: [String]) { self.problems = problems }
}
