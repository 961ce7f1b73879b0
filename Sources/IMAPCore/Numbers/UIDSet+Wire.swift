extension UIDSet {
    /// The set as it stands in a command, such as `1:3,7`; empty text for the empty set, which no command may hold.
    public var wireForm: String {
        var text = ""
        for range in ranges {
            if !text.isEmpty { text.append(",") }
            text.append(String(range.lowerBound.rawValue))
            if range.lowerBound != range.upperBound {
                text.append(":")
                text.append(String(range.upperBound.rawValue))
            }
        }
        return text
    }

    /// Reads a sequence-set or uid-set such as `1:3,7` or `5:*`. Nil for anything else, the empty text too.
    ///
    /// Reversed ranges (`7:3`), overlaps and any order are legal. `*` is the largest UID.
    public init?(wire: String) {
        var copy = wire
        let set = copy.withUTF8 { UIDSet(wireBytes: UnsafeRawBufferPointer($0)) }
        guard let set else { return nil }
        self = set
    }

    /// As `init(wire:)`, from bytes.
    init?(wireBytes bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return nil }
        var ranges: [ClosedRange<UID>] = []
        var index = 0
        while true {
            guard let first = Self.number(bytes, &index) else { return nil }
            var last = first
            if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
                index += 1
                guard let second = Self.number(bytes, &index) else { return nil }
                last = second
            }
            ranges.append(Swift.min(first, last)...Swift.max(first, last))
            if index == bytes.count { break }
            guard bytes[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
        self.init(normalizing: ranges)
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> UID? {
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "*") {
            index += 1
            return .max
        }
        var value: UInt64 = 0
        let start = index
        while index < bytes.count, bytes[index] &- 0x30 < 10 {
            value = value * 10 + UInt64(bytes[index] &- 0x30)
            guard value <= UInt64(UInt32.max) else { return nil }
            index += 1
        }
        guard index > start else { return nil }
        return UID(rawValue: UInt32(clamping: value))
    }
}
