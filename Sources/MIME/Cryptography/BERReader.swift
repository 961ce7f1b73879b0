/// Walks the elements of ASN.1 in DER or BER (X.690), over a stretch of memory.
///
/// Tags above 30 are not read, for no envelope in mail has them. What a length promises beyond the end is taken to end
/// there: files cut short give what they have.
struct BERReader {
    struct Element {
        var tag: UInt8
        var content: Range<Int>
        /// Whether two zero octets end the content, and not its length.
        var isIndefinite: Bool

        var isConstructed: Bool { tag & 0x20 != 0 }
    }

    /// How deep elements without a length are looked through for their ends.
    static let depthLimit = 32

    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = min(range?.upperBound ?? bytes.count, bytes.count)
    }

    /// Reads the head of the next element and stands at its content. Nil at the end, at the two zero octets that end
    /// an element without a length, and at what is no element. The content of an element without a length reaches to
    /// the end of what this reader reads.
    mutating func open() -> Element? {
        guard end - position >= 2 else { return nil }
        let tag = bytes[position]
        let first = bytes[position + 1]
        guard tag & 0x1F != 0x1F, tag != 0 || first != 0 else { return nil }
        var index = position + 2
        var length = Int(first)
        if first == 0x80 {
            guard tag & 0x20 != 0 else { return nil }
            position = index
            return Element(tag: tag, content: index..<end, isIndefinite: true)
        }
        if first > 0x80 {
            let octets = Int(first & 0x7F)
            guard octets <= 8, end - index >= octets else { return nil }
            length = 0
            for _ in 0..<octets {
                guard length < 1 << 47 else { return nil }
                length = length << 8 | Int(bytes[index])
                index += 1
            }
        }
        position = index
        return Element(tag: tag, content: index..<(index + min(length, end - index)), isIndefinite: false)
    }

    /// Passes over the element that `open` has just read.
    mutating func skip(_ element: Element, depth: Int = 0) -> Bool {
        guard element.isIndefinite else {
            position = element.content.upperBound
            return true
        }
        guard depth < Self.depthLimit else { return false }
        while let inner = open() {
            guard skip(inner, depth: depth + 1) else { return false }
        }
        return close()
    }

    /// Passes over one whole element.
    mutating func skip() -> Bool {
        guard let element = open() else { return false }
        return skip(element)
    }

    /// Passes over the two zero octets that end an element without a length.
    mutating func close() -> Bool {
        guard end - position >= 2, bytes[position] == 0, bytes[position + 1] == 0 else { return false }
        position += 2
        return true
    }

    /// A reader of the next element's content, if it has this tag.
    mutating func enter(_ tag: UInt8) -> BERReader? {
        guard let element = open(), element.tag == tag else { return nil }
        return BERReader(bytes, in: element.content)
    }

    /// The next element's octets, if it has this tag and is in one piece.
    mutating func octets(_ tag: UInt8) -> UnsafeRawBufferPointer? {
        guard let element = open(), element.tag == tag, !element.isIndefinite else { return nil }
        position = element.content.upperBound
        return bytes.slice(element.content)
    }

    /// Appends an OCTET STRING to `sink`, whole or in segments (X.690 §8.7).
    mutating func appendOctetString(to sink: ByteSink, depth: Int = 0) -> Bool {
        guard let element = open() else { return false }
        switch element.tag {
        case 0x04:
            sink.append(bytes.slice(element.content))
            position = element.content.upperBound
            return true
        case 0x24:
            guard depth < Self.depthLimit else { return false }
            var segments = BERReader(bytes, in: element.content)
            while segments.position < segments.end, segments.appendOctetString(to: sink, depth: depth + 1) {}
            position = segments.position
            return element.isIndefinite ? close() : true
        default: return false
        }
    }
}
