/// Some of an index's messages, told by their ids or by those of all others.
enum MessageSet {
    case ids(DocumentSet)
    case others(DocumentSet)

    static var none: MessageSet { .ids(DocumentSet()) }
    static var all: MessageSet { .others(DocumentSet()) }

    var complement: MessageSet {
        switch self {
        case .ids(let ids): .others(ids)
        case .others(let ids): .ids(ids)
        }
    }

    /// False where that can't be told without knowing all messages.
    var isEmpty: Bool {
        switch self {
        case .ids(let ids): ids.count == 0
        case .others: false
        }
    }

    func contains(_ id: Int64) -> Bool {
        switch self {
        case .ids(let ids): ids.contains(id)
        case .others(let ids): !ids.contains(id)
        }
    }

    /// - Parameter all: how many messages there are.
    func count(of all: Int) -> Int {
        switch self {
        case .ids(let ids): ids.count
        case .others(let ids): all - ids.count
        }
    }

    /// A set of the same messages that can be changed without the other.
    func copy() throws(UnreadableTextIndex) -> MessageSet {
        switch self {
        case .ids(let ids): .ids(try ids.copy())
        case .others(let ids): .others(try ids.copy())
        }
    }

    /// Leaves the messages that both have; what `self` holds is changed, or is of no use any more.
    mutating func formIntersection(_ other: MessageSet) throws(UnreadableTextIndex) {
        switch (self, other) {
        case (.ids(let ids), .ids(let others)): ids.formIntersection(others)
        case (.ids(let ids), .others(let others)): ids.subtract(others)
        case (.others(let missing), .others(let others)): try missing.formUnion(others)
        case (.others(let missing), .ids(let others)):
            let ids = try others.copy()
            ids.subtract(missing)
            self = .ids(ids)
        }
    }

    /// Adds the messages that another has.
    mutating func formUnion(_ other: MessageSet) throws(UnreadableTextIndex) {
        self = complement
        try formIntersection(other.complement)
        self = complement
    }
}
