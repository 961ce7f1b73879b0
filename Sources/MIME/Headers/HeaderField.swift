/// One header field as it stood in the message, decoded on demand.
public struct HeaderField: Sendable {
    // All the fields of a block share one copy of it.
    private let block: [UInt8]
    private let nameRange: Range<Int32>
    private let bodyRange: Range<Int32>

    init(block: [UInt8], name: Range<Int32>, body: Range<Int32>) {
        self.block = block
        nameRange = name
        bodyRange = body
    }

    /// A field made by hand; `body` is taken as UTF-8.
    public init(name: String, body: String) {
        let bytes = Array(name.utf8) + Array(body.utf8)
        let nameCount = Int32(clamping: name.utf8.count)
        block = bytes
        nameRange = 0..<nameCount
        bodyRange = nameCount..<Int32(clamping: bytes.count)
    }

    /// The name as written, without the colon.
    public var name: String {
        String(decoding: block[Int(nameRange.lowerBound)..<Int(nameRange.upperBound)], as: UTF8.self)
    }

    /// What follows the colon, folds included, without the last line end.
    public var rawBody: ArraySlice<UInt8> {
        block[Int(bodyRange.lowerBound)..<Int(bodyRange.upperBound)]
    }

    /// The body as unstructured text (RFC 5322 §2.2.1): unfolded, encoded words decoded (RFC 2047), 8-bit octets read
    /// as UTF-8 or by a guess, white space at both ends cut. Decoded at each call.
    public var text: String {
        rawBody.withUnsafeBytes { EncodedWords.decodeUnstructured($0) }
    }

    /// Whether the field has this name, whatever the case of ASCII letters.
    public func isNamed(_ other: String) -> Bool {
        let range = Int(nameRange.lowerBound)..<Int(nameRange.upperBound)
        guard range.count == other.utf8.count else { return false }
        for (mine, theirs) in zip(block[range], other.utf8) where ASCII.lowercased(mine) != ASCII.lowercased(theirs) {
            return false
        }
        return true
    }
}
