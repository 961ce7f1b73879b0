#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A text part's octets to the text a person reads.
struct TextRenderer {
    let context: ParseContext

    enum Markup { case plain, html, enriched }

    /// What else a text turned out to be.
    struct Outcome {
        var isTruncated = false
        var files: [InlineFile] = []
        var isEncrypted = false
    }

    /// Encoded octets that are read for one octet of kept text: markup and encodings are longer than what they say.
    private static let inputFactor = 8

    static func markup(of mediaType: String) -> Markup? {
        switch mediaType {
        case "text/plain": .plain
        case "text/html", "application/xhtml+xml": .html
        case "text/enriched", "text/richtext": .enriched
        default: nil
        }
    }

    /// Appends the part's text to `sink`, at most `limit` octets.
    func render(_ node: PartNode, as markup: Markup, into sink: ByteSink, limit: Int) -> Outcome {
        var outcome = Outcome()
        guard limit > 0 else {
            outcome.isTruncated = !node.body.isEmpty
            return outcome
        }
        let octets = decodedOctets(node, limit: limit, isTruncated: &outcome.isTruncated)
        switch markup {
        case .html:
            let text = utf8(octets, node, isHTML: true)
            let html = text.withMemoryRebound(to: UInt8.self) { HTMLText.extract($0, limit: limit) }
            sink.append(html.text)
            outcome.isTruncated = outcome.isTruncated || html.isTruncated
        case .plain:
            renderPlain(octets, node, into: sink, limit: limit, outcome: &outcome)
        case .enriched:
            let text = utf8(octets, node, isHTML: false)
            let stripped = EnrichedText.strip(text.slice(0..<limit))
            stripped.withUnsafeBytes { sink.append($0) }
        }
        return outcome
    }

    private func renderPlain(
        _ octets: UnsafeRawBufferPointer, _ node: PartNode, into sink: ByteSink, limit: Int, outcome: inout Outcome
    ) {
        var source = octets
        let found = source.withMemoryRebound(to: UInt8.self) {
            InlineEncodings.extract($0, byteLimit: context.limits.archiveBytes)
        }
        var remainder: [UInt8] = []
        if let found {
            outcome.files = found.files
            remainder = found.text
        }
        remainder.withUnsafeBytes { rest in
            if found != nil { source = rest }
            var text = utf8(source, node, isHTML: false)
            if text.count > limit {
                text = text.slice(0..<characterBoundary(text, limit))
                outcome.isTruncated = true
            }
            outcome.isEncrypted = text.prefixIgnoringBlanks(is: "-----BEGIN PGP MESSAGE-----")
            if node.parameter("format")?.lowercased() == "flowed" {
                let deletesSpace = node.parameter("delsp")?.lowercased() == "yes"
                let flowed = text.withMemoryRebound(to: UInt8.self) {
                    FlowedText.unwrap($0, deletesSpace: deletesSpace)
                }
                flowed.withUnsafeBytes { Self.appendLines($0, into: sink) }
            } else {
                Self.appendLines(text, into: sink)
            }
        }
    }

    /// The octets with the transfer encoding undone; of great parts only as much as text will be kept of.
    func decodedOctets(_ node: PartNode, limit: Int, isTruncated: inout Bool) -> UnsafeRawBufferPointer {
        var source = context.buffers[node.buffer].slice(node.body)
        let inputLimit = max(limit, 1 << 16) * Self.inputFactor
        if source.count > inputLimit {
            source = source.slice(0..<inputLimit)
            isTruncated = true
        }
        if node.isDecoded || node.part.transferEncoding == .identity { return source }
        context.decoded.removeAll()
        if node.part.transferEncoding == .base64, Base64.isPretended(source) {
            context.note(.malformedBase64, node.part.partID)
            return source
        }
        if let defect = TransferDecoder.decode(source, node.part.transferEncoding, into: context.decoded), !isTruncated
        {
            context.note(defect, node.part.partID)
        }
        return context.decoded.bytes
    }

    /// The octets as UTF-8: themselves where they are that already.
    func utf8(_ octets: UnsafeRawBufferPointer, _ node: PartNode, isHTML: Bool) -> UnsafeRawBufferPointer {
        var charset = node.charset
        let isUnknown = charset == nil && node.part.charset.map { !$0.isEmpty } == true
        if isUnknown { context.note(.unknownCharset, node.part.partID) }
        if charset == nil || charset == .utf8, ByteScan.first(0x1B, in: octets, from: 0, to: octets.count) == nil,
            TextDecoder.isUTF8(octets)
        {
            return octets
        }
        if isHTML, charset == nil || charset == .utf8 { charset = HTMLCharset.declared(in: octets) ?? charset }
        if charset == nil, octets.count > 0, !TextDecoder.isUTF8(octets) { charset = context.headerCharset }
        context.converted.removeAll()
        let outcome = TextDecoder.decode(octets, as: charset, into: context.converted)
        if outcome.isGuess { context.note(.guessedCharset, node.part.partID) }
        if outcome.faults > 0 { context.note(.undecodableText, node.part.partID) }
        return context.converted.bytes
    }

    /// Copies with each line end, CRLF or a bare CR, as one LF.
    static func appendLines(_ text: UnsafeRawBufferPointer, into sink: ByteSink) {
        guard let base = text.baseAddress else { return }
        let count = text.count
        let target = sink.reserve(count)
        var read = 0
        var written = 0
        while read < count {
            guard let found = memchr(base + read, 0x0D, count - read) else {
                memcpy(target + written, base + read, count - read)
                written += count - read
                break
            }
            let mark = UnsafeRawPointer(found) - base
            memcpy(target + written, base + read, mark - read)
            written += mark - read
            read = mark + 1
            // CR CR LF, which gateways make, is one line end too.
            while read < count, base.load(fromByteOffset: read, as: UInt8.self) == 0x0D,
                read + 1 < count, base.load(fromByteOffset: read + 1, as: UInt8.self) == 0x0A
            {
                read += 1
            }
            if read >= count || base.load(fromByteOffset: read, as: UInt8.self) != 0x0A {
                target[written] = 0x0A
                written += 1
            }
        }
        sink.commit(written)
    }

    /// The last place at or before `limit` that cuts no character.
    private func characterBoundary(_ text: UnsafeRawBufferPointer, _ limit: Int) -> Int {
        var end = min(limit, text.count)
        var steps = 0
        while end > 0, end < text.count, text[end] & 0xC0 == 0x80, steps < 4 {
            end -= 1
            steps += 1
        }
        return end
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the first thing after blanks is `text`.
    func prefixIgnoringBlanks(is text: StaticString) -> Bool {
        var index = 0
        while index < count, index < 1000, ASCII.isBlank(self[index]) { index += 1 }
        return slice(index..<count).startsIgnoringCase(text)
    }
}
