import MIME

/// Text in its bodies' forms. Traps where the result breaks its promises.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTML(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: data == nil ? 0 : size)
    let limit = 1 + size
    let extraction = HTMLText.extract(bytes, limit: limit)
    // U+FFFD takes three bytes for a wrong one.
    precondition(extraction.text.utf8.count <= 3 * limit)
    let preview = QuotedText.preview(of: extraction.text, limit: 256)
    precondition(preview.unicodeScalars.count <= 256)
    precondition(extraction.text.allSatisfy(\.isWhitespace) || !preview.isEmpty)
    let text = String(decoding: bytes, as: UTF8.self)
    precondition(QuotedText.newText(of: text).utf8.count <= text.utf8.count)
    _ = FlowedText.unwrap(bytes, deletesSpace: size % 2 == 0)
    if let found = InlineEncodings.extract(bytes, byteLimit: 1 << 16) {
        precondition(found.text.count <= size)
    }
    return 0
}
