/// A parenthesised list of the wire as a tree, kept flat in one array: for structures that servers get wrong, it is
/// easier to look at the whole before deciding what it means.
struct WireTree {
    enum Kind: UInt8 {
        case absent
        case string
        case list
    }

    struct Node {
        var kind: Kind
        /// Empty for lists and NIL.
        var string: WireString
        /// Of a list: its first element. −1: none.
        var child: Int32
        /// The next element of the same list. −1: none.
        var next: Int32
        /// How many elements a list has.
        var count: Int32
    }

    private(set) var nodes: [Node] = []

    /// Reads the value at the cursor; its node is number 0.
    ///
    /// Spaces may be missing or more than one. On a throw the cursor's place is anywhere.
    mutating func read(_ cursor: inout WireCursor, limits: ParsingLimits) throws(ParseFault) {
        nodes.removeAll(keepingCapacity: true)
        var open: [(list: Int32, last: Int32)] = []
        repeat {
            cursor.skipSpaces()
            let node: Node
            switch cursor.byte {
            case 0x29:
                cursor.index += 1
                guard !open.isEmpty else { throw .malformed }
                open.removeLast()
                continue
            case 0x28:
                cursor.index += 1
                guard open.count < limits.nesting else { throw .tooDeep }
                node = Node(kind: .list, string: Self.none, child: -1, next: -1, count: 0)
            case 0:
                throw .malformed
            default:
                if cursor.takeNil() {
                    node = Node(kind: .absent, string: Self.none, child: -1, next: -1, count: 0)
                } else {
                    node = Node(kind: .string, string: try cursor.string(), child: -1, next: -1, count: 0)
                }
            }
            guard nodes.count < limits.listElements else { throw .tooMany }
            let index = Int32(truncatingIfNeeded: nodes.count)
            nodes.append(node)
            if let parent = open.last {
                if parent.last >= 0 {
                    nodes[Int(parent.last)].next = index
                } else {
                    nodes[Int(parent.list)].child = index
                }
                nodes[Int(parent.list)].count += 1
                open[open.count - 1].last = index
            }
            if node.kind == .list { open.append((index, -1)) }
        } while !open.isEmpty
    }

    private static let none = WireString(start: 0, length: 0, form: .atom)

    /// The node, or nil for −1.
    func node(_ index: Int32) -> Node? {
        index >= 0 && Int(index) < nodes.count ? nodes[Int(index)] : nil
    }

    func kind(_ index: Int32) -> Kind { node(index)?.kind ?? .absent }
    func isList(_ index: Int32) -> Bool { kind(index) == .list }
    func isString(_ index: Int32) -> Bool { kind(index) == .string }
    func next(_ index: Int32) -> Int32 { node(index)?.next ?? -1 }
    func child(_ index: Int32) -> Int32 { node(index)?.child ?? -1 }
    func count(_ index: Int32) -> Int { Int(node(index)?.count ?? 0) }

    /// Nil for NIL, lists and what is missing.
    func text(_ index: Int32, _ cursor: WireCursor) -> String? {
        guard let node = node(index), node.kind == .string else { return nil }
        return cursor.text(node.string)
    }

    /// In ASCII lower case.
    func lowercased(_ index: Int32, _ cursor: WireCursor) -> String? {
        guard let node = node(index), node.kind == .string else { return nil }
        if node.string.form == .escaped { return cursor.text(node.string).asciiLowercase }
        let range = (node.string.start..<node.string.end).clamped(to: 0..<cursor.end)
        return String(repairing: UnsafeRawBufferPointer(rebasing: cursor.bytes[range]), mappedBy: asciiLowercased)
    }

    /// Nil for what is no number, negative numbers too.
    func number(_ index: Int32, _ cursor: WireCursor) -> UInt64? {
        guard let node = node(index), node.kind == .string, node.string.length > 0 else { return nil }
        var copy = cursor
        copy.index = node.string.start
        let value = copy.number()
        return copy.index == node.string.end ? value : nil
    }
}
