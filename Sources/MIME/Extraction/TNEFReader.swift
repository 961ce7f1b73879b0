/// TNEF (MS-OXTNEF), Outlook's winmail.dat: its attributes, and the MAPI properties in them.
struct TNEFReader {
    struct Attribute {
        var id: Int
        var data: UnsafeBufferPointer<UInt8>
    }

    /// A MAPI property whose value has text or bytes; numbers are passed over.
    struct Property {
        var id: Int
        var type: Int
        var data: UnsafeBufferPointer<UInt8>
    }

    // Attributes (their type is in the upper half).
    static let subject = 0x0001_8004
    static let body = 0x0002_800C
    static let attachTitle = 0x0001_8010
    static let attachData = 0x0006_800F
    static let attachRendering = 0x0006_9002
    static let messageProperties = 0x0006_9003
    static let attachProperties = 0x0006_9005
    static let codePage = 0x0006_9007

    // Types of properties.
    static let string8 = 0x1E
    static let unicode = 0x1F
    static let object = 0x0D
    static let binary = 0x102

    private static let signature = 0x223E_9F78
    private static let headerSize = 6
    private static let attributeHeaderSize = 9
    private static let checksumSize = 2
    /// How many properties one attribute may have, and how many values one property.
    private static let propertyLimit = 10_000

    private let reader: LittleEndianReader
    private var position = headerSize
    /// Whether an attribute claims more than there is, or stray bytes follow.
    private(set) var isDamaged = false

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        reader = LittleEndianReader(bytes)
        guard bytes.count > Self.headerSize, reader.word32(0) == Self.signature else { return nil }
    }

    mutating func next() -> Attribute? {
        let bytes = reader.bytes
        guard position + Self.attributeHeaderSize <= bytes.count else { return nil }
        // The level: of the message, or of an attachment.
        guard bytes[position] == 1 || bytes[position] == 2 else {
            isDamaged = true
            return nil
        }
        let id = reader.word32(position + 1)
        let length = reader.word32(position + 5)
        let start = position + Self.attributeHeaderSize
        if length > bytes.count - start { isDamaged = true }
        let data = reader.slice(start, length)
        position = start + data.count + Self.checksumSize
        return Attribute(id: id, data: data)
    }

    /// The properties of a list of them.
    static func properties(_ data: UnsafeBufferPointer<UInt8>) -> [Property] {
        let reader = LittleEndianReader(data)
        var properties: [Property] = []
        var position = 4
        for _ in 0..<min(reader.word32(0), propertyLimit) {
            guard position + 4 <= data.count else { break }
            let rawType = reader.word16(position)
            let id = reader.word16(position + 2)
            position += 4
            if id >= 0x8000 {
                // A named property: a GUID, then a number or a name.
                let kind = reader.word32(position + 16)
                position += 20
                if kind == 0 {
                    position += 4
                } else {
                    position += 4 + padded(reader.word32(position))
                }
            }
            let isMultiple = rawType & 0x1000 != 0
            let type = rawType & ~0x1000
            guard let next = values(reader, at: position, id: id, type: type, isMultiple: isMultiple, &properties)
            else {
                break
            }
            position = next
        }
        return properties
    }

    /// Takes a property's values; where they end, or nil if its type is unknown.
    private static func values(
        _ reader: LittleEndianReader, at start: Int, id: Int, type: Int, isMultiple: Bool,
        _ properties: inout [Property]
    ) -> Int? {
        var position = start
        switch type {
        case string8, unicode, object, binary:
            // The count of values stands there even for one.
            let count = reader.word32(position)
            position += 4
            guard count <= propertyLimit else { return nil }
            for _ in 0..<count {
                let length = reader.word32(position)
                position += 4
                guard position <= reader.bytes.count, properties.count < propertyLimit else { return nil }
                properties.append(Property(id: id, type: type, data: reader.slice(position, length)))
                position += padded(length)
            }
        default:
            guard let size = size(of: type) else { return nil }
            var count = 1
            if isMultiple {
                count = reader.word32(position)
                position += 4
            }
            guard count <= reader.bytes.count else { return nil }
            position += size * count
        }
        return position
    }

    private static func size(of type: Int) -> Int? {
        switch type {
        case 0x00, 0x01: 0
        case 0x02, 0x03, 0x04, 0x0A, 0x0B: 4
        case 0x05, 0x06, 0x07, 0x14, 0x40: 8
        case 0x48: 16
        default: nil
        }
    }

    /// Values stand at multiples of four bytes.
    private static func padded(_ length: Int) -> Int { (length + 3) & ~3 }
}
