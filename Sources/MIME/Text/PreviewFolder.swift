/// A preview under construction: UTF-8 with each run of white space as one space, up to a number of characters.
struct PreviewFolder {
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    private var count = 0
    private var owesSpace = false

    init(limit: Int) {
        self.limit = limit
        bytes.reserveCapacity(min(limit, 4096) + 16)
    }

    /// Whether no more fits.
    var isFull: Bool { count >= limit }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes one line; its end is white space.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < line.count {
            let space = Self.whiteSpace(line, at: index)
            if space > 0 {
                owesSpace = count > 0
                index += space
                continue
            }
            var length = 1
            if line[index] >= 0xC0 {
                while index + length < line.count, line[index + length] & 0xC0 == 0x80 { length += 1 }
            }
            // Scalars are counted, so that there are never more characters than these.
            guard count + (owesSpace ? 2 : 1) <= limit else {
                count = limit
                return
            }
            if owesSpace {
                bytes.append(0x20)
                count += 1
                owesSpace = false
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: line[index..<index + length]))
            count += 1
            index += length
        }
        owesSpace = count > 0
    }

    /// How many bytes of white space begin at `index`: 0 or those of one character.
    private static func whiteSpace(_ line: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let byte = line[index]
        if byte <= 0x20 || byte == 0x7F { return 1 }
        if byte < 0xC2 { return 0 }
        if byte == 0xC2 {
            return index + 1 < line.count && (line[index + 1] == 0xA0 || line[index + 1] == 0x85) ? 2 : 0
        }
        guard index + 2 < line.count else { return 0 }
        let (second, third) = (line[index + 1], line[index + 2])
        if byte == 0xE2, second == 0x80 {
            return third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF ? 3 : 0
        }
        return byte == 0xE3 && second == 0x80 && third == 0x80 ? 3 : 0
    }
}
