/// Counts the documents of words that begin alike, of words that come in order.
///
/// The words are leaves of a tree whose nodes are the beginnings that several of them share. Only the nodes above the word at
/// hand are kept, each with the documents that came under it so far; a node goes into the one above when it is left.
struct BeginningCounter {
    /// Octets of the longest beginning that is counted.
    static let longest = 16

    private struct Node {
        /// Octets of the beginning.
        var depth: Int
        var documents: DocumentSet
    }

    private let fewest: Int
    private(set) var counts: [(key: [UInt8], documents: Int)] = []
    /// From the shortest beginning on.
    private var nodes: [Node] = []
    /// Empty ones, as many as there were nodes at once.
    private var free: [DocumentSet] = []
    /// The last word, of which is not known yet what it shares with the next.
    private var word: [UInt8] = []
    private var ids = Block<Int64>()

    /// - Parameter fewest: documents of a beginning that is counted.
    init(fewest: Int) { self.fewest = fewest }

    /// - Parameters:
    ///   - term: as the text index has it, behind the last one in order.
    ///   - ids: its documents; what stands there afterwards is of no use.
    mutating func add(_ term: [UInt8], _ ids: inout Block<Int64>) throws(UnreadableTextIndex) {
        var shared = 0
        let most = min(word.count, term.count, Self.longest + 1)
        while shared < most, word[shared] == term[shared] { shared += 1 }
        try leave(shared)
        word = term
        swap(&self.ids, &ids)
    }

    mutating func finish() throws(UnreadableTextIndex) { try leave(0) }

    /// What is shared with the next word, in octets with the index's own first.
    private mutating func leave(_ shared: Int) throws(UnreadableTextIndex) {
        let shared = max(shared - 1, 0)
        let length = min(word.count - 1, Self.longest)
        var above = max(nodes.last?.depth ?? 0, shared)
        count(ids.count, from: above, to: length)
        if shared > nodes.last?.depth ?? 0 {
            nodes.append(Node(depth: shared, documents: free.popLast() ?? DocumentSet()))
        }
        try nodes.last?.documents.insert(contentsOf: ids.elements)
        while let node = nodes.last, node.depth > shared {
            nodes.removeLast()
            above = max(nodes.last?.depth ?? 0, shared)
            count(node.documents.count, from: above, to: node.depth)
            if shared > nodes.last?.depth ?? 0 {
                nodes.append(Node(depth: shared, documents: node.documents))
            } else {
                try nodes.last?.documents.formUnion(node.documents)
                node.documents.removeAll()
                free.append(node.documents)
            }
        }
    }

    /// All beginnings of the last word that are longer than one length, up to another.
    private mutating func count(_ documents: Int, from above: Int, to length: Int) {
        guard documents >= fewest, above < length else { return }
        for length in above + 1...length { counts.append((CountKey.beginning(word.prefix(length + 1)), documents)) }
    }
}
