#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes → `Message`. Pure: no I/O, no clock, nothing fetched; no bytes make it fail.
public struct MessageParser: Sendable {
    /// Characters of `Message.newTextPreview`.
    public static let previewLimit = 256

    public var limits: MIMELimits

    public init(limits: MIMELimits = .default) {
        self.limits = limits
    }

    /// Lets go of memory that parsers keep for what comes next.
    public static func releaseMemory() { ParseContext.releaseMemory() }

    /// Parses a whole message (RFC 5322), with or without an mbox `From ` line before it.
    public func parse(_ bytes: [UInt8]) -> Message {
        bytes.withUnsafeBytes { parse($0) }
    }

    /// As above; nothing of `bytes` is kept.
    public func parse(_ bytes: UnsafeRawBufferPointer) -> Message {
        withLineFeeds(bytes) { bytes in
            ParseContext.with(bytes, limits: limits) { context in
                var (block, root) = StructureParser(context: context).parseMessage(
                    buffer: 0, range: 0..<bytes.count, path: "", depth: 0)
                return makeMessage(block, &root, headerBytes: bytes, context)
            }
        }
    }

    /// Decodes the body of one part of a message, for those who read what the parser does not (a PDF); nil where there
    /// is no such part.
    public func decodedBody(of partID: String, in bytes: [UInt8]) -> [UInt8]? {
        bytes.withUnsafeBytes { bytes in
            withLineFeeds(bytes) { bytes in
                ParseContext.with(bytes, limits: limits) { context in
                    let (_, root) = StructureParser(context: context).parseMessage(
                        buffer: 0, range: 0..<bytes.count, path: "", depth: 0)
                    guard let node = Self.find(partID, in: root) else { return nil }
                    let sink = ByteSink(capacity: node.body.count + 64)
                    _ = TransferDecoder.decode(
                        context.buffers[node.buffer].slice(node.body),
                        node.isMultipart ? .identity : node.part.transferEncoding, into: sink)
                    return [UInt8](sink.bytes)
                }
            }
        }
    }

    private static func find(_ partID: String, in node: PartNode) -> PartNode? {
        if node.part.partID == partID { return node }
        for child in node.children {
            if let found = find(partID, in: child) { return found }
        }
        return nil
    }

    /// Mail of old Macintoshes ends its lines in CR alone.
    private func withLineFeeds<Result>(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard ByteScan.first(0x0A, in: bytes, from: 0, to: bytes.count) == nil,
            ByteScan.first(0x0D, in: bytes, from: 0, to: bytes.count) != nil
        else { return body(bytes) }
        let mended = bytes.map { $0 == 0x0D ? 0x0A : $0 }
        return mended.withUnsafeBytes(body)
    }

    // MARK: The message

    func makeMessage(
        _ block: HeaderBlock, _ root: inout PartNode, headerBytes bytes: UnsafeRawBufferPointer, _ context: ParseContext
    ) -> Message {
        context.headerCharset = Self.encodedWordCharset(block, bytes)
        let body = BodyAssembler.assemble(&root, in: context)
        var message = Message()
        readHeader(block, bytes, root, context, &message)
        message.root = root.tree()
        message.text = body.text
        message.newTextPreview = QuotedText.preview(of: body.text, limit: Self.previewLimit)
        message.attachments = body.attachments
        message.isTruncated = body.isTruncated
        message.needsAlternative = body.needsAlternative
        message.defects = context.defects
        return message
    }

    private func readHeader(
        _ block: HeaderBlock, _ bytes: UnsafeRawBufferPointer, _ root: PartNode, _ context: ParseContext,
        _ message: inout Message
    ) {
        message.headers = Self.fields(block, bytes)
        // 8-bit fields without a label are likely in the charset of the text below them.
        let fallback = ByteScan.isASCII(bytes.slice(block.range)) ? nil : root.firstTextCharset()
        var hasSubject = false
        for field in block.fields {
            let body = bytes.slice(field.body)
            switch field.id {
            case .subject where !hasSubject:
                message.subject = EncodedWords.decodeUnstructured(body, fallback: fallback)
                hasSubject = !message.subject.isEmpty
            case .from: append(body, fallback, context, &message.from)
            case .sender: append(body, fallback, context, &message.sender)
            case .replyTo: append(body, fallback, context, &message.replyTo)
            case .to: append(body, fallback, context, &message.to)
            case .cc: append(body, fallback, context, &message.cc)
            case .bcc: append(body, fallback, context, &message.bcc)
            case .messageID:
                for id in MessageIDs.parse(body) where !message.messageIDs.contains(id) {
                    message.messageIDs.append(id)
                }
            case .inReplyTo: message.inReplyTo += MessageIDs.parse(body)
            case .references: message.references += MessageIDs.parse(body)
            case .date where message.date == nil:
                message.date = DateParser.parse(body)
                if message.date == nil { context.note(.malformedDate) }
            case .received where message.receivedDate == nil:
                message.receivedDate = DateParser.parseReceived(body)
            case .listID where message.listID == nil:
                message.listID = Self.listID(body)
            default: break
            }
        }
    }

    /// The charset of the first encoded word in the subject or the sender's name, if it says more than UTF-8.
    private static func encodedWordCharset(_ block: HeaderBlock, _ bytes: UnsafeRawBufferPointer) -> Charset? {
        for field in block.fields where field.id == .subject || field.id == .from {
            let body = bytes.slice(field.body)
            guard let start = body.firstIndex(of: "=?") else { continue }
            let rest = body.slice((start + 2)..<min(body.count, start + 42))
            guard let end = ByteScan.first(0x3F, in: rest, from: 0, to: rest.count) else { continue }
            if let charset = Charset.named(rest.slice(0..<end)), charset != .utf8 { return charset }
        }
        return nil
    }

    private func append(
        _ body: UnsafeRawBufferPointer, _ fallback: Charset?, _ context: ParseContext, _ list: inout [EmailAddress]
    ) {
        let room = limits.addressesPerHeader
        let parsed = AddressParser.parse(body, fallback: fallback, limit: room)
        if parsed.isTruncated { context.note(.addressLimit) }
        if list.isEmpty { list = parsed.addresses } else { list += parsed.addresses }
    }

    private static func listID(_ body: UnsafeRawBufferPointer) -> String? {
        if let close = body.lastIndex(of: 0x3E), let open = body[..<close].lastIndex(of: 0x3C) {
            let id = EncodedWords.decodeUnstructured(body.slice((open + 1)..<close))
            return id.isEmpty ? nil : id
        }
        let whole = EncodedWords.decodeUnstructured(body)
        return whole.isEmpty ? nil : whole
    }

    /// All fields over one copy of their block.
    static func fields(_ block: HeaderBlock, _ bytes: UnsafeRawBufferPointer) -> [HeaderField] {
        let copy = [UInt8](bytes.slice(block.range))
        let start = block.range.lowerBound
        func moved(_ range: Range<Int>) -> Range<Int32> {
            let lower = min(max(0, range.lowerBound - start), copy.count)
            let upper = min(max(lower, range.upperBound - start), copy.count)
            return Int32(clamping: lower)..<Int32(clamping: upper)
        }
        return block.fields.map { HeaderField(block: copy, name: moved($0.name), body: moved($0.body)) }
    }
}
