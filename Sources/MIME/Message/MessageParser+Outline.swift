extension MessageParser {
    /// Makes a message from pieces fetched apart: the RFC 5322 header, the structure told by BODYSTRUCTURE, and the
    /// bodies of the parts that were fetched. What was not fetched is listed with no text.
    public func assemble(header: [UInt8], outline: PartOutline) -> Message {
        // All pieces in one stretch of memory, so that parts are ranges of it as in a whole message.
        var bytes = header
        if header.suffix(2) != [0x0A, 0x0A] && header.suffix(4) != [0x0D, 0x0A, 0x0D, 0x0A] {
            bytes.append(contentsOf: [0x0D, 0x0A, 0x0D, 0x0A])
        }
        let headerEnd = bytes.count
        var ranges: [OutlineRanges] = []
        append(outline, to: &bytes, &ranges, depth: 0)
        return bytes.withUnsafeBytes { bytes in
            ParseContext.with(bytes, limits: limits) { context in
                let block = HeaderScanner.scan(bytes, in: 0..<headerEnd, limit: limits.headerBytes)
                if block.isTruncated { context.note(.headerLimit) }
                var next = 0
                var root = node(
                    outline, context, ranges, &next,
                    StructureParser.Position(path: "", isMessageBody: true), depth: 0)
                return makeMessage(block, &root, headerBytes: bytes, context)
            }
        }
    }

    /// Where an outline's pieces stand, in the order of the walk.
    private struct OutlineRanges {
        var body: Range<Int>
        var nestedHeader: Range<Int>?
    }

    private func append(
        _ outline: PartOutline, to bytes: inout [UInt8], _ ranges: inout [OutlineRanges], depth: Int
    ) {
        guard depth <= limits.depth, ranges.count < limits.parts else { return }
        var own = OutlineRanges(body: bytes.count..<bytes.count)
        if let body = outline.body {
            bytes.append(contentsOf: body)
            own.body = own.body.lowerBound..<bytes.count
        }
        if let header = outline.nestedHeader {
            let start = bytes.count
            bytes.append(contentsOf: header)
            bytes.append(contentsOf: [0x0D, 0x0A, 0x0D, 0x0A])
            own.nestedHeader = start..<bytes.count
        }
        ranges.append(own)
        for child in outline.children { append(child, to: &bytes, &ranges, depth: depth + 1) }
    }

    private func node(
        _ outline: PartOutline, _ context: ParseContext, _ ranges: [OutlineRanges], _ next: inout Int,
        _ position: StructureParser.Position, depth: Int
    ) -> PartNode {
        let mediaType = MediaType.normalized(outline.mediaType.lowercased()) ?? "text/plain"
        var part = Part(
            partID: position.partID(isMultipart: mediaType.hasPrefix("multipart/")), mediaType: mediaType,
            parameters: Self.parameters(outline.parameters), contentID: outline.contentID.map(Self.bare))
        switch outline.disposition?.lowercased() {
        case nil, "": break
        case "inline"?: part.disposition = .inline
        case "attachment"?: part.disposition = .attachment
        case let other?: part.disposition = .other(other)
        }
        if let encoding = TransferEncoding(outline.transferEncoding) {
            part.transferEncoding = encoding
        } else {
            context.note(.unknownTransferEncoding, part.partID)
        }
        let fileName = Self.parameters(outline.dispositionParameters).first { $0.name == "filename" }?.value
        StructureParser.complete(&part, fileName: fileName)
        guard next < ranges.count, depth <= limits.depth else {
            context.note(depth > limits.depth ? .depthLimit : .partLimit, part.partID)
            var node = PartNode(part: part)
            node.isFetched = false
            return node
        }
        let own = ranges[next]
        next += 1
        var node = PartNode(part: part)
        node.body = own.body
        node.isFetched = outline.body != nil || !outline.children.isEmpty
        node.isDecoded = outline.isDecoded
        if let range = own.nestedHeader {
            node.nestedHeader = HeaderScanner.scan(context.buffers[0], in: range, limit: limits.headerBytes)
        }
        let isMessage = StructureParser.holdsMessage(node)
        for (index, child) in outline.children.enumerated() {
            let place =
                isMessage
                ? StructureParser.Position(path: part.partID, isMessageBody: true) : position.child(index + 1)
            node.children.append(self.node(child, context, ranges, &next, place, depth: depth + 1))
        }
        if let body = outline.body {
            node.part.size =
                outline.isDecoded ? body.count : SizeEstimate.decodedSize(node, in: context.buffers[0])
            if StructureParser.mayBeEnvelope(node), node.children.isEmpty {
                StructureParser(context: context).openEnvelope(&node, depth: depth)
            }
        } else {
            // 76 characters and a line end for 57 octets.
            node.part.size =
                part.transferEncoding == .base64 ? outline.size / 78 * 57 + outline.size % 78 * 3 / 4 : outline.size
        }
        return node
    }

    private static func bare(_ id: String) -> String {
        var id = id
        return id.withUTF8 { MessageIDs.parse(UnsafeRawBufferPointer($0), limit: 1).first ?? "" }
    }

    /// Attributes may carry RFC 2231's marks, and values encoded words: read as the header field they came from.
    private static func parameters(_ pairs: [(String, String)]) -> [Part.Parameter] {
        if pairs.isEmpty { return [] }
        var field: [UInt8] = []
        for (name, value) in pairs {
            field.append(contentsOf: Array("; ".utf8))
            field.append(contentsOf: name.utf8)
            field.append(contentsOf: Array("=\"".utf8))
            for byte in value.utf8 {
                if byte == 0x22 || byte == 0x5C { field.append(0x5C) }
                field.append(byte)
            }
            field.append(0x22)
        }
        return field.withUnsafeBytes { ParameterParser.parse($0).parameters }
    }
}
