/// The records of a DNS answer (RFC 1035 §4.1) that tell where a domain's mail is: SRV (RFC 2782) and MX.
///
/// Bytes in, values out. Records of other types, and host names that are none, are passed over.
struct DNSAnswer: Hashable {
    /// Where a service is offered.
    struct Service: Hashable {
        /// The lowest is to be tried first.
        var priority: Int
        /// Among those of one priority, the heaviest is to be tried most.
        var weight: Int
        var port: Int
        /// Empty: the service is decidedly not offered (`.`, RFC 2782).
        var host: String
    }

    /// Which server takes mail in.
    struct Exchange: Hashable {
        /// The lowest is to be tried first.
        var preference: Int
        var host: String
    }

    /// The record types' numbers.
    enum RecordType: Int32, Sendable {
        case exchange = 15
        case service = 33
    }

    /// The best first.
    private(set) var services: [Service] = []
    /// The best first.
    private(set) var exchanges: [Exchange] = []

    /// Octets of an answer at most; longer ones come cut off, and their whole records are read.
    static let longestAnswer = 65_535
    /// Octets of a name at most (RFC 1035 §2.3.4).
    static let longestName = 255
    private static let headerSize = 12

    /// Nil where the octets are no answer, or end before the first record is whole.
    init?(_ bytes: some Collection<UInt8>) {
        var reader = Reader(bytes: Array(bytes), position: Self.headerSize)
        guard reader.bytes.count >= Self.headerSize else { return nil }
        // A query is none, nor is the answer to a name that does not exist.
        guard reader.bytes[2] & 0x80 != 0, reader.bytes[3] & 0x0F == 0 else { return nil }
        for _ in 0..<reader.number(at: 4) {
            guard reader.name() != nil, reader.skip(4) else { return nil }
        }
        let count = reader.number(at: 6)
        for index in 0..<count {
            guard reader.name() != nil, let record = reader.record() else {
                if index == 0 { return nil }
                break
            }
            switch RecordType(rawValue: Int32(record.type)) {
            case .service: readService(reader, record.content)
            case .exchange: readExchange(reader, record.content)
            case nil: break
            }
        }
        services.sort { ($0.priority, -$0.weight, $0.host) < ($1.priority, -$1.weight, $1.host) }
        exchanges.sort { ($0.preference, $0.host) < ($1.preference, $1.host) }
    }

    private mutating func readService(_ whole: Reader, _ content: Range<Int>) {
        var reader = whole
        reader.position = content.lowerBound + 6
        guard content.count > 6, let host = reader.name(), reader.position <= content.upperBound else { return }
        let port = reader.number(at: content.lowerBound + 4)
        guard host.isEmpty || Self.isHostName(host) && port > 0 else { return }
        services.append(
            Service(
                priority: reader.number(at: content.lowerBound), weight: reader.number(at: content.lowerBound + 2),
                port: port, host: host))
    }

    private mutating func readExchange(_ whole: Reader, _ content: Range<Int>) {
        var reader = whole
        reader.position = content.lowerBound + 2
        guard content.count > 2, let host = reader.name(), reader.position <= content.upperBound,
            Self.isHostName(host)
        else { return }
        exchanges.append(Exchange(preference: reader.number(at: content.lowerBound), host: host))
    }

    /// Letters, digits, hyphens and dots alone: what is written into a configuration and shown on a terminal.
    static func isHostName(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count < longestName else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position: Int

        /// Two octets, the high one first; 0 beyond the end.
        func number(at index: Int) -> Int {
            guard index >= 0, index + 1 < bytes.count else { return 0 }
            return Int(bytes[index]) << 8 | Int(bytes[index + 1])
        }

        /// False beyond the end.
        mutating func skip(_ count: Int) -> Bool {
            guard count <= bytes.count - position else { return false }
            position += count
            return true
        }

        /// What follows a record's name: its type, and where its content stands.
        mutating func record() -> (type: Int, content: Range<Int>)? {
            let start = position
            guard skip(10) else { return nil }
            let content = position
            guard skip(number(at: start + 8)) else { return nil }
            return (number(at: start), content..<position)
        }

        /// A name, its labels parted by dots; the root's is empty. Names may point at an earlier one's end (§4.1.4).
        mutating func name() -> String? {
            var text: [UInt8] = []
            var index = position
            // Each pointer must lead further back than all before it, so that none leads in a circle.
            var earliest = position
            var hasJumped = false
            while true {
                guard index < bytes.count else { return nil }
                let length = Int(bytes[index])
                switch length {
                case 0:
                    if !hasJumped { position = index + 1 }
                    return String(validating: text, as: UTF8.self)
                case 1...63:
                    guard index + length < bytes.count, text.count + length < DNSAnswer.longestName else { return nil }
                    if !text.isEmpty { text.append(UInt8(ascii: ".")) }
                    text += bytes[(index + 1)...(index + length)]
                    index += length + 1
                case 0xC0...:
                    guard index + 1 < bytes.count else { return nil }
                    let target = number(at: index) & 0x3FFF
                    guard target < earliest else { return nil }
                    if !hasJumped { position = index + 2 }
                    hasJumped = true
                    earliest = target
                    index = target
                default: return nil
                }
            }
        }
    }
}
