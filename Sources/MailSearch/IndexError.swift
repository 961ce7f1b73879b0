/// Why the index could not do what it was asked.
public struct IndexError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, and by that whose fault it is.
    public enum Code: String, Sendable, CaseIterable {
        /// There is no index in the folder (read-only opening never makes one).
        case notFound
        /// The file is no index of Trawl's.
        case notAnIndex
        /// A newer Trawl made or changed the index.
        case fromTheFuture
        /// An older Trawl made the index, and it was opened for reading only.
        case needsMigration
        /// The file is damaged.
        case damaged
        /// The disk has no room left. Nothing of the batch was written; the index answers as before.
        case diskFull
        /// The file or its folder cannot be written.
        case readOnly
        /// The file or its folder cannot be read, or the disk failed.
        case inputOutput
        /// Another process holds the write lock.
        case busy
        /// A batch names an account, mailbox or message that the index does not hold.
        case unknownReference
        /// A batch's UIDs are not of the mailbox's UIDVALIDITY.
        case uidValidityChanged
        /// The state is not one that `changes` gave, or too old to tell what changed since.
        case unknownState
        /// The query takes longer than allowed, or its task was cancelled.
        case interrupted
        /// A named limit was passed.
        case limit
        /// A defect of Trawl's own.
        case inner
    }

    public var code: Code
    /// One sentence for the user, with what to do. Holds no mail.
    public var message: String
    public var underlying: (any Error)?

    public init(code: Code, message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String { message }
}
