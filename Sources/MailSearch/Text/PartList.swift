/// Where the parts of a word with apostrophes lie; room for ``TextScanner/mostApostrophes`` of them, on the stack.
struct PartList {
    private(set) var count = 0
    private var firstStart = 0
    private var folded8: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
    private var ends8: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
    private var starts8: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)

    mutating func begin(at start: Int) {
        count = 0
        firstStart = start
    }

    /// An apostrophe: the part before it ends at `end` and at `folded` of the folded word, the next begins at `start`.
    mutating func append(folded: Int, end: Int, start: Int) {
        let slot = count
        withUnsafeMutableBytes(of: &folded8) { $0.storeBytes(of: folded, toByteOffset: slot * 8, as: Int.self) }
        withUnsafeMutableBytes(of: &ends8) { $0.storeBytes(of: end, toByteOffset: slot * 8, as: Int.self) }
        withUnsafeMutableBytes(of: &starts8) { $0.storeBytes(of: start, toByteOffset: slot * 8, as: Int.self) }
        count += 1
    }

    func folded(_ slot: Int) -> Int { withUnsafeBytes(of: folded8) { $0.load(fromByteOffset: slot * 8, as: Int.self) } }
    func end(_ slot: Int) -> Int { withUnsafeBytes(of: ends8) { $0.load(fromByteOffset: slot * 8, as: Int.self) } }
    func start(_ part: Int) -> Int {
        part == 0 ? firstStart : withUnsafeBytes(of: starts8) { $0.load(fromByteOffset: (part - 1) * 8, as: Int.self) }
    }
}
