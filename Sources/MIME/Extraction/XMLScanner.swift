/// Text and tags of an XML document, one after another.
///
/// It is no validating parser: whatever is not well formed is passed over. No entity but the five of XML and the numeric
/// ones is expanded, nothing is fetched, and nothing nests, so that time and memory are linear.
struct XMLScanner {
    enum Token {
        /// A start tag, by its local name; `isEmpty` for `<x/>`.
        case start(Name, attributes: UnsafeBufferPointer<UInt8>, isEmpty: Bool)
        case end(Name)
        /// Character data as it stands: `XMLScanner.append` decodes it.
        case text(UnsafeBufferPointer<UInt8>, isVerbatim: Bool)
    }

    /// A name without its prefix.
    struct Name {
        let bytes: UnsafeBufferPointer<UInt8>

        static func == (name: Name, other: StaticString) -> Bool {
            name.bytes.count == other.utf8CodeUnitCount && name.bytes.matches(other)
        }

        static func ~= (pattern: StaticString, name: Name) -> Bool { name == pattern }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func next() -> Token? {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                let end = bytes.firstIndex(of: UInt8(ascii: "<"), from: position) ?? bytes.count
                defer { position = end }
                return .text(UnsafeBufferPointer(rebasing: bytes[position..<end]), isVerbatim: false)
            }
            if bytes.matches("<!--", at: position) {
                skip(past: "-->", from: position + 4)
            } else if bytes.matches("<![CDATA[", at: position) {
                let start = position + 9
                let end = bytes.firstIndex(of: "]]>", from: start) ?? bytes.count
                position = min(end + 3, bytes.count)
                return .text(UnsafeBufferPointer(rebasing: bytes[min(start, end)..<end]), isVerbatim: true)
            } else if bytes.matches("<?", at: position) {
                skip(past: "?>", from: position + 2)
            } else if bytes.matches("<!", at: position) {
                skip(past: ">", from: position + 2)
            } else {
                return tag()
            }
        }
        return nil
    }

    private mutating func skip(past end: StaticString, from start: Int) {
        position = bytes.firstIndex(of: end, from: start).map { $0 + end.utf8CodeUnitCount } ?? bytes.count
    }

    private mutating func tag() -> Token? {
        let isEnd = position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/")
        var index = position + (isEnd ? 2 : 1)
        var nameStart = index
        while index < bytes.count, bytes[index] > 0x20, bytes[index] != UInt8(ascii: ">"),
            bytes[index] != UInt8(ascii: "/")
        {
            if bytes[index] == UInt8(ascii: ":") { nameStart = index + 1 }
            index += 1
        }
        let name = Name(bytes: UnsafeBufferPointer(rebasing: bytes[min(nameStart, index)..<index]))
        let attributesStart = index
        var quote: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                break
            }
            index += 1
        }
        position = min(index + 1, bytes.count)
        if isEnd { return .end(name) }
        let isEmpty = index > attributesStart && bytes[index - 1] == UInt8(ascii: "/")
        let attributes = UnsafeBufferPointer(rebasing: bytes[attributesStart..<(isEmpty ? index - 1 : index)])
        return .start(name, attributes: attributes, isEmpty: isEmpty)
    }

    // MARK: Values

    /// The value of an attribute, by its local name.
    static func attribute(_ name: StaticString, in attributes: UnsafeBufferPointer<UInt8>) -> String? {
        var index = 0
        while index < attributes.count {
            while index < attributes.count, attributes[index] <= 0x20 { index += 1 }
            var start = index
            while index < attributes.count, attributes[index] > 0x20, attributes[index] != UInt8(ascii: "=") {
                if attributes[index] == UInt8(ascii: ":") { start = index + 1 }
                index += 1
            }
            let own = Name(bytes: UnsafeBufferPointer(rebasing: attributes[min(start, index)..<index]))
            while index < attributes.count, attributes[index] <= 0x20 || attributes[index] == UInt8(ascii: "=") {
                index += 1
            }
            guard index < attributes.count else { return nil }
            let quote = attributes[index]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { continue }
            guard let end = attributes.firstIndex(of: quote, from: index + 1) else { return nil }
            if own == name {
                var builder = TextBuilder(limit: 4096)
                append(UnsafeBufferPointer(rebasing: attributes[(index + 1)..<end]), to: &builder)
                return String(decoding: builder.bytes, as: UTF8.self)
            }
            index = end + 1
        }
        return nil
    }

    /// Appends character data with its references decoded.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to builder: inout TextBuilder) {
        var start = 0
        while let ampersand = text.firstIndex(of: UInt8(ascii: "&"), from: start) {
            builder.append(UnsafeBufferPointer(rebasing: text[start..<ampersand]))
            let rest = UnsafeBufferPointer(rebasing: text[ampersand...])
            if let reference = HTMLEntities.shared.decode(rest) {
                builder.append(reference.first)
                if let second = reference.second { builder.append(second) }
                start = ampersand + reference.length
            } else {
                builder.append(byte: UInt8(ascii: "&"))
                start = ampersand + 1
            }
        }
        if start < text.count { builder.append(UnsafeBufferPointer(rebasing: text[start...])) }
    }
}
