/// Octets → the tree of parts. Bodies are not decoded, but for messages that came encoded.
struct StructureParser {
    let context: ParseContext

    /// Where a part stands in IMAP's numbering.
    struct Position {
        /// The number of the part, or of the message whose body it is; empty for the whole message.
        var path: String
        /// Whether the part is the body of a message (and so has no number of its own if it is a multipart).
        var isMessageBody: Bool

        func partID(isMultipart: Bool) -> String {
            if !isMessageBody { return path }
            let own = isMultipart ? "TEXT" : "1"
            return path.isEmpty ? own : path + "." + own
        }

        func child(_ number: Int) -> Position {
            Position(path: path.isEmpty ? String(number) : path + "." + String(number), isMessageBody: false)
        }
    }

    /// Reads the message in `range` of a buffer.
    func parseMessage(buffer: Int, range: Range<Int>, path: String, depth: Int) -> (HeaderBlock, PartNode) {
        let block = scanHeader(buffer, range, path.isEmpty ? nil : path)
        let node = parsePart(
            block, buffer: buffer, body: block.bodyStart..<range.upperBound, defaultType: "text/plain",
            position: Position(path: path, isMessageBody: true), depth: depth)
        return (block, node)
    }

    private func scanHeader(_ buffer: Int, _ range: Range<Int>, _ partID: String?) -> HeaderBlock {
        let block = HeaderScanner.scan(context.buffers[buffer], in: range, limit: context.limits.headerBytes)
        if block.hasMalformedLine { context.note(.malformedHeaderLine, partID) }
        if block.hasMissingEnd { context.note(.missingHeaderEnd, partID) }
        if block.isTruncated { context.note(.headerLimit, partID) }
        return block
    }

    private func parsePart(
        _ block: HeaderBlock, buffer: Int, body: Range<Int>, defaultType: String, position: Position, depth: Int
    ) -> PartNode {
        context.partCount += 1
        var node = PartNode(part: describe(block, buffer: buffer, defaultType: defaultType, position: position))
        node.buffer = buffer
        node.body = body
        if buffer == 0 { node.part.bodyRange = body }
        if node.isMultipart {
            parseMultipart(&node, position: position, depth: depth)
        } else if Self.holdsMessage(node) {
            parseNested(&node, depth: depth)
        } else if Self.mayBeEnvelope(node) {
            openEnvelope(&node, depth: depth)
        }
        if node.children.isEmpty { node.part.size = SizeEstimate.decodedSize(node, in: context.buffers[node.buffer]) }
        return node
    }

    /// Whether the body is a message to be read as one.
    static func holdsMessage(_ node: PartNode) -> Bool {
        switch node.part.mediaType {
        case "message/rfc822", "message/global", "message/news", "message/x-rfc822": true
        // The first piece of a message in pieces has the header and the beginning of the whole (RFC 2046 §5.2.2).
        // Pieces are not put together, for they are messages of their own, and may come years apart or never; the
        // later ones are octets out of the middle, and are listed without text.
        case "message/partial": node.parameter("number") == "1"
        default: false
        }
    }

    // MARK: What the header says of a part

    private func describe(_ block: HeaderBlock, buffer: Int, defaultType: String, position: Position) -> Part {
        let bytes = context.buffers[buffer]
        var mediaType = defaultType
        var parameters: [Part.Parameter] = []
        var isMalformed = false
        if let field = block.first(.contentType) {
            let value = ParameterParser.parse(bytes.slice(field.body))
            parameters = value.parameters
            if let known = MediaType.normalized(value.value) {
                mediaType = known
            } else {
                isMalformed = true
                // RFC 2045 §5.2: what cannot be read is text/plain. A boundary tells a multipart all the same.
                if value.parameter("boundary") != nil {
                    mediaType = "multipart/mixed"
                } else {
                    mediaType = "text/plain"
                }
            }
        }
        var part = Part(
            partID: position.partID(isMultipart: mediaType.hasPrefix("multipart/")), mediaType: mediaType,
            parameters: parameters)
        if isMalformed { context.note(.malformedContentType, part.partID) }
        var fileName: String?
        if let field = block.first(.contentDisposition) {
            let value = ParameterParser.parse(bytes.slice(field.body))
            switch value.value {
            case "inline": part.disposition = .inline
            case "attachment": part.disposition = .attachment
            case "": break
            default: part.disposition = .other(value.value)
            }
            fileName = value.parameter("filename")
        }
        if let field = block.first(.contentTransferEncoding) {
            if let encoding = TransferEncoding(bytes: bytes.slice(field.body)) {
                part.transferEncoding = encoding
            } else {
                context.note(.unknownTransferEncoding, part.partID)
            }
        }
        if let field = block.first(.contentID) {
            part.contentID = MessageIDs.parse(bytes.slice(field.body), limit: 1).first
        }
        Self.complete(&part, fileName: fileName)
        return part
    }

    /// Fills in what follows from type, parameters and disposition.
    static func complete(_ part: inout Part, fileName: String?) {
        func parameter(_ name: String) -> String? { part.parameters.first { $0.name == name }?.value }
        part.name = fileName.flatMap { $0.isEmpty ? nil : $0 } ?? parameter("name").flatMap { $0.isEmpty ? nil : $0 }
        if part.mediaType.hasPrefix("text/") || part.mediaType.hasPrefix("message/") {
            part.charset = parameter("charset")?.lowercased()
        }
        switch part.mediaType {
        case "multipart/signed": part.protection = .signed
        case "multipart/encrypted": part.protection = .encrypted
        case "application/pkcs7-mime", "application/x-pkcs7-mime":
            let type = parameter("smime-type")?.lowercased() ?? ""
            let isOpen = type.hasPrefix("signed") || type.hasPrefix("certs")
            part.protection = isOpen ? .signed : type.hasPrefix("compressed") ? .none : .encrypted
        default: break
        }
    }

    // MARK: Multiparts

    private func parseMultipart(_ node: inout PartNode, position: Position, depth: Int) {
        guard depth < context.limits.depth else {
            context.note(.depthLimit, node.part.partID)
            return
        }
        var split = splitMultipart(&node)
        if split.parts.isEmpty, node.part.transferEncoding == .base64 || node.part.transferEncoding == .quotedPrintable
        {
            // RFC 2045 §6.4 forbids it, and yet whole multiparts come encoded.
            let encoded = (node.buffer, node.body)
            context.note(.encodedMultipart, node.part.partID)
            (node.buffer, node.body) = decodeToBuffer(node)
            split = splitMultipart(&node)
            if split.parts.isEmpty { (node.buffer, node.body) = encoded }
        }
        guard !split.parts.isEmpty else {
            context.note(.boundaryNeverFound, node.part.partID)
            return
        }
        if !split.isClosed && !split.isTruncated { context.note(.missingFinalBoundary, node.part.partID) }
        if split.isTruncated { context.note(.partLimit, node.part.partID) }
        let defaultType = node.part.mediaType == "multipart/digest" ? "message/rfc822" : "text/plain"
        node.children.reserveCapacity(split.parts.count)
        for (index, range) in split.parts.enumerated() {
            if context.partCount >= context.limits.parts {
                if !split.isTruncated { context.note(.partLimit, node.part.partID) }
                break
            }
            let child = position.child(index + 1)
            let block = scanPartHeader(node.buffer, range, child.path)
            node.children.append(
                parsePart(
                    block, buffer: node.buffer, body: block.bodyStart..<max(block.bodyStart, range.upperBound),
                    defaultType: defaultType, position: child, depth: depth + 1))
        }
    }

    private func scanPartHeader(_ buffer: Int, _ range: Range<Int>, _ path: String) -> HeaderBlock {
        let bytes = context.buffers[buffer]
        // An empty first line: a part without a header.
        if range.isEmpty || bytes[range.lowerBound] == 0x0A
            || bytes[range.lowerBound] == 0x0D && range.count > 1 && bytes[range.lowerBound + 1] == 0x0A
        {
            var block = HeaderBlock()
            let skip = range.isEmpty ? 0 : bytes[range.lowerBound] == 0x0A ? 1 : 2
            block.range = range.lowerBound..<range.lowerBound
            block.bodyStart = range.lowerBound + skip
            return block
        }
        return scanHeader(buffer, range, path)
    }

    private func splitMultipart(_ node: inout PartNode) -> BoundaryScanner.Result {
        let bytes = context.buffers[node.buffer]
        let limit = max(0, context.limits.parts - context.partCount)
        if var boundary = node.parameter("boundary"), !boundary.isEmpty {
            let result = boundary.withUTF8 { octets in
                let boundary = UnsafeRawBufferPointer(octets)
                // Blanks at its end are no part of a boundary (RFC 2046 §5.1.1), unless the mailer means them.
                let trimmed = boundary.trimmedRight()
                if trimmed.count < boundary.count {
                    let exact = BoundaryScanner.split(bytes, in: node.body, boundary: boundary, limit: limit)
                    if !exact.parts.isEmpty { return exact }
                }
                return BoundaryScanner.split(bytes, in: node.body, boundary: trimmed, limit: limit)
            }
            if !result.parts.isEmpty || result.isTruncated { return result }
        } else {
            context.note(.missingBoundaryParameter, node.part.partID)
            // `boundary=""`: lines of two hyphens and nothing else.
            if node.parameter("boundary") != nil {
                let empty = UnsafeRawBufferPointer(start: bytes.baseAddress, count: 0)
                let result = BoundaryScanner.split(bytes, in: node.body, boundary: empty, limit: limit)
                if !result.parts.isEmpty || result.isTruncated { return result }
            }
        }
        guard let guess = BoundaryScanner.guess(bytes, in: node.body) else { return BoundaryScanner.Result() }
        return BoundaryScanner.split(bytes, in: node.body, boundary: bytes.slice(guess), limit: limit)
    }

    // MARK: Nested messages

    private func parseNested(_ node: inout PartNode, depth: Int) {
        guard depth < context.limits.depth else {
            context.note(.depthLimit, node.part.partID)
            return
        }
        guard context.partCount < context.limits.parts else {
            context.note(.partLimit, node.part.partID)
            return
        }
        var (buffer, body) = (node.buffer, node.body)
        if node.part.transferEncoding != .identity, !looksLikeHeader(buffer, body) {
            (buffer, body) = decodeToBuffer(node)
        }
        guard !body.isEmpty else { return }
        let (block, child) = parseMessage(buffer: buffer, range: body, path: node.part.partID, depth: depth + 1)
        node.nestedHeader = block
        node.nestedBuffer = buffer
        node.children = [child]
        node.part.size = node.body.count
    }

    // MARK: Envelopes

    /// Whether the body is a CMS envelope (RFC 8551 §3.2), by its type or by its name.
    static func mayBeEnvelope(_ node: PartNode) -> Bool {
        switch node.part.mediaType {
        case "application/pkcs7-mime", "application/x-pkcs7-mime": true
        case "application/octet-stream": node.part.name?.lowercased().hasSuffix(".p7m") ?? false
        default: false
        }
    }

    /// Gives an envelope that hides nothing its content as its only child. The envelope itself tells what it is; its
    /// label may be missing or wrong.
    func openEnvelope(_ node: inout PartNode, depth: Int) {
        guard depth < context.limits.depth else {
            context.note(.depthLimit, node.part.partID)
            return
        }
        guard context.partCount < context.limits.parts else {
            context.note(.partLimit, node.part.partID)
            return
        }
        let (buffer, body) = node.isDecoded ? (node.buffer, node.body) : decodeToBuffer(node)
        let (ratio, overflows) = body.count.multipliedReportingOverflow(by: context.limits.archiveRatio)
        let limit = overflows ? context.limits.archiveBytes : min(ratio, context.limits.archiveBytes)
        guard let message = CryptographicMessage.read(context.buffers[buffer].slice(body), limit: limit) else { return }
        if message.passedLimit { context.note(.archiveLimit, node.part.partID) }
        switch message.kind {
        case .signed: node.part.protection = .signed
        case .compressed: node.part.protection = .none
        case .encrypted: node.part.protection = .encrypted
        }
        guard let content = message.content, content.count > 0 else { return }
        let inner = context.adopt(content)
        let (_, child) = parseMessage(
            buffer: inner, range: 0..<content.count, path: node.part.partID, depth: depth + 1)
        node.children = [child]
        node.part.size = body.count
    }

    /// Mailers claim an encoding for nested messages that they don't apply.
    private func looksLikeHeader(_ buffer: Int, _ range: Range<Int>) -> Bool {
        let bytes = context.buffers[buffer]
        let line = bytes.slice(range.lowerBound..<min(range.upperBound, range.lowerBound + 200))
        guard let colon = ByteScan.first(0x3A, in: line, from: 0, to: line.count) else { return false }
        return colon > 0 && line.slice(0..<colon).allSatisfy { ASCII.isLetter($0) || $0 == 0x2D }
    }

    private func decodeToBuffer(_ node: PartNode) -> (Int, Range<Int>) {
        let source = context.buffers[node.buffer].slice(node.body)
        let sink = ByteSink(capacity: source.count + 64)
        _ = TransferDecoder.decode(source, node.part.transferEncoding, into: sink)
        let number = context.adopt(sink)
        return (number, 0..<sink.count)
    }
}

extension UnsafeRawBufferPointer {
    /// Without blanks at the end.
    func trimmedRight() -> UnsafeRawBufferPointer {
        var upper = count
        while upper > 0, ASCII.isBlank(self[upper - 1]) { upper -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[0..<upper])
    }
}
