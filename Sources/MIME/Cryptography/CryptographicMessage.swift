/// What a CMS envelope (RFC 5652) is, and the content of those that hide nothing: signed-data, and compressed-data
/// (RFC 3274).
///
/// Nothing is verified. That a text came in a signed envelope does not say that the signature is good.
struct CryptographicMessage {
    enum Kind { case signed, compressed, encrypted }

    var kind: Kind
    /// The octets inside: a MIME entity. Nil for an encrypted envelope, and for one that holds certificates alone.
    var content: ByteSink?
    var passedLimit = false

    private static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01]
    private static let signedData = rsa + [0x07, 0x02]
    private static let compressedData = rsa + [0x09, 0x10, 0x01, 0x09]

    private static let sequence: UInt8 = 0x30
    private static let explicit0: UInt8 = 0xA0
    private static let objectIdentifier: UInt8 = 0x06

    /// Reads an envelope, in DER or BER; nil for what is none. Compressed content is unpacked to at most `limit`
    /// octets.
    static func read(_ bytes: UnsafeRawBufferPointer, limit: Int) -> CryptographicMessage? {
        var outer = BERReader(bytes)
        guard var info = outer.enter(sequence), let type = info.octets(objectIdentifier) else { return nil }
        if type.elementsEqual(signedData) {
            let content = ByteSink()
            guard appendContent(&info, to: content) else { return CryptographicMessage(kind: .signed) }
            return CryptographicMessage(kind: .signed, content: content)
        }
        if type.elementsEqual(compressedData) {
            let packed = ByteSink()
            guard appendContent(&info, to: packed), packed.count > zlibHeader else {
                return CryptographicMessage(kind: .compressed)
            }
            let stream = packed.bytes.slice(zlibHeader..<packed.count)
            let outcome = stream.withMemoryRebound(to: UInt8.self) { Inflater.inflate($0, limit: limit) }
            let content = ByteSink(capacity: outcome.bytes.count)
            outcome.bytes.withUnsafeBytes { content.append($0) }
            return CryptographicMessage(kind: .compressed, content: content, passedLimit: outcome.passedLimit)
        }
        return CryptographicMessage(kind: .encrypted)
    }

    /// Octets ahead of the deflated ones (RFC 1950).
    private static let zlibHeader = 2

    /// Appends what is in `[0] { version, algorithms, { type, [0] content } }`; false where there is none.
    private static func appendContent(_ info: inout BERReader, to sink: ByteSink) -> Bool {
        guard var wrapper = info.enter(explicit0), var data = wrapper.enter(sequence), data.skip(), data.skip(),
            var inner = data.enter(sequence), inner.skip(), var content = inner.enter(explicit0)
        else { return false }
        return content.appendOctetString(to: sink) || sink.count > 0
    }
}
