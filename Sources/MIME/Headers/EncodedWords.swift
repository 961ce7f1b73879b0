/// Encoded words in header fields (RFC 2047), and header text in general.
enum EncodedWords {
    static func decodeUnstructured(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
