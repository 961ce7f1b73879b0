import NIOCore

/// A command between its submission and its outcome.
struct PendingCommand: Sendable {
    enum Idle: Sendable {
        case none
        /// Sent; the server's `+` has not come.
        case requested
        case idling
        /// DONE is sent.
        case ending
    }

    let id: CommandID
    let command: Command
    var tag = ""
    /// What must wait for the server's `+`, in order.
    var waiting: ArraySlice<ByteBuffer> = []

    // AUTHENTICATE.
    var mechanism: (any SASLClient)?
    var sentInitialResponse = false
    var failure: IMAPCoreError?

    // IDLE.
    var idle = Idle.none
    var idlingSince = MonotonicTime(nanoseconds: 0)
    var reissues = true
    var endsIdleAtOnce = false

    // What SELECT, LOGIN and the like learnt.
    var toldCapabilities = false

    // What a FETCH's answers can be known by.
    var wanted: FetchContents = []

    init(id: CommandID, command: Command) {
        self.id = id
        self.command = command
        if case .idle = command { idle = .requested }
        if case .authenticate(let mechanism) = command { self.mechanism = mechanism }
        wanted = FetchContents(asked: command)
    }

    /// Whether the next `+` is for this command.
    var awaitsContinuation: Bool {
        if !waiting.isEmpty { return true }
        if mechanism != nil { return true }
        return idle == .requested
    }

    /// Which commands may be on the wire beside this one (RFC 9051, 5.5).
    var pipelining: Pipelining {
        switch command {
        case .uidFetch: .reading
        case .status, .noop, .capability, .namespace, .id, .subscribe, .unsubscribe, .create, .enable:
            .besides(command.name)
        case .list, .lsub: .besides("LIST")
        case .uidSearch: .besides("SEARCH")
        case .uidStore: .besides("STORE")
        case .logout, .startTLS, .login, .authenticate, .compressDeflate, .select, .examine, .delete, .rename, .append,
            .notify, .idle, .check, .close, .unselect, .expunge, .uidExpunge, .fetch, .uidCopy, .uidMove, .raw:
            .alone
        }
    }
}

/// How a command goes together with others on the wire.
enum Pipelining: Hashable, Sendable {
    /// Any number at once: their answers are told apart by UID.
    case reading
    /// With others, but not with one of the same name, since answers bear no tag.
    case besides(String)
    case alone

    func allows(_ other: Pipelining) -> Bool {
        switch (self, other) {
        case (.alone, _), (_, .alone): false
        case (.reading, .reading): true
        // STORE's answers look like FETCH's, and a FETCH of flags may come before or after the change.
        case (.reading, .besides(let name)), (.besides(let name), .reading): name != "STORE"
        case (.besides(let a), .besides(let b)): a != b
        }
    }
}

/// Kinds of FETCH data that come only when asked for, so that an answer can be told from news.
struct FetchContents: OptionSet, Sendable {
    let rawValue: UInt16

    static let date = FetchContents(rawValue: 1)
    static let size = FetchContents(rawValue: 2)
    static let envelope = FetchContents(rawValue: 4)
    static let structure = FetchContents(rawValue: 8)
    static let sections = FetchContents(rawValue: 16)
    static let binaries = FetchContents(rawValue: 32)
    static let gmail = FetchContents(rawValue: 64)
    static let objectID = FetchContents(rawValue: 128)

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    init(asked command: Command) {
        self = []
        guard let items = command.fetchItems else { return }
        for item in items {
            switch item {
            case .uid, .flags, .modSeq, .threadID, .preview, .saveDate: break
            case .internalDate: insert(.date)
            case .size: insert(.size)
            case .envelope: insert(.envelope)
            case .bodyStructure: insert(.structure)
            case .body: insert(.sections)
            case .binary, .binarySize: insert(.binaries)
            case .gmailMessageID, .gmailThreadID, .gmailLabels: insert(.gmail)
            case .emailID: insert(.objectID)
            }
        }
    }

    init(in response: FetchResponse) {
        self = []
        if response.internalDate != nil { insert(.date) }
        if response.size != nil { insert(.size) }
        if response.envelope != nil { insert(.envelope) }
        if response.bodyStructure != nil { insert(.structure) }
        if !response.sections.isEmpty { insert(.sections) }
        if !response.binaries.isEmpty { insert(.binaries) }
        if response.gmailMessageID != nil || response.gmailThreadID != nil || response.gmailLabels != nil {
            insert(.gmail)
        }
        if response.emailID != nil { insert(.objectID) }
    }
}
