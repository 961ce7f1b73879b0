/// Content-Transfer-Encodings undone.
enum TransferDecoder {
    /// Appends the decoded octets to `sink`; returns what was wrong with them.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, _ encoding: TransferEncoding, into sink: ByteSink
    ) -> MIMEDefect.Code? {
        switch encoding {
        case .identity:
            sink.append(bytes)
            return nil
        case .base64:
            let result = Base64.decode(bytes, into: sink.reserve(Base64.capacity(for: bytes.count)))
            sink.commit(result.count)
            return result.isMalformed ? .malformedBase64 : nil
        case .quotedPrintable:
            let result = QuotedPrintable.decode(bytes, into: sink.reserve(bytes.count + 8))
            sink.commit(result.count)
            return result.isMalformed ? .malformedQuotedPrintable : nil
        case .uuencode, .yEnc:
            let files = bytes.withMemoryRebound(to: UInt8.self) { InlineEncodings.extract($0, byteLimit: bytes.count) }
            if let first = files?.files.first {
                first.bytes.withUnsafeBytes { sink.append($0) }
            } else {
                sink.append(bytes)
            }
            return nil
        }
    }
}
