/// Where the fields of one header block stand.
struct HeaderBlock {
    struct Field {
        var id: FieldName
        var name: Range<Int>
        /// After the colon, without the last line end.
        var body: Range<Int>
    }

    var fields: [Field] = []
    /// The first octet of the block and the one after its last field.
    var range: Range<Int> = 0..<0
    /// Where the body begins.
    var bodyStart = 0
    var hasMalformedLine = false
    var hasMissingEnd = false
    var isTruncated = false

    func first(_ id: FieldName) -> Field? {
        fields.first { $0.id == id }
    }
}

/// Finds header fields (RFC 5322 §2.2, §4.5): the obsolete blank before the colon, mbox `From ` lines, lines that are
/// no field, blocks that no empty line ends.
enum HeaderScanner {
    static func scan(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>, limit: Int) -> HeaderBlock {
        var block = HeaderBlock()
        block.fields.reserveCapacity(24)
        var index = range.lowerBound
        let end = range.upperBound
        index = skipOpening(bytes, index, end)
        block.range = index..<index
        block.bodyStart = index
        while index < end {
            let lineFeed = ByteScan.first(0x0A, in: bytes, from: index, to: end)
            let next = lineFeed.map { $0 + 1 } ?? end
            var lineEnd = lineFeed ?? end
            while lineEnd > index, bytes[lineEnd - 1] == 0x0D { lineEnd -= 1 }
            if lineEnd == index {
                block.bodyStart = next
                return block
            }
            if block.isTruncated {
                index = next
                block.bodyStart = index
                continue
            }
            let first = bytes[index]
            let isFold = first == 0x20 || first == 0x09
            if isFold, !block.fields.isEmpty {
                if isBlank(bytes, index, lineEnd), next < end, !continuesHeader(bytes, next, end) {
                    // A line of blanks where the empty line should be.
                    block.bodyStart = next
                    return block
                }
                block.fields[block.fields.count - 1].body =
                    block.fields[block.fields.count - 1].body.lowerBound..<lineEnd
            } else if let field = field(bytes, index, lineEnd) {
                block.fields.append(field)
            } else if isFold, isBlank(bytes, index, lineEnd) {
                block.bodyStart = next
                return block
            } else {
                block.hasMalformedLine = true
                let isEnvelope = isEnvelopeLine(bytes, index, lineEnd)
                if !isEnvelope {
                    let isBoundary = lineEnd - index > 2 && first == 0x2D && bytes[index + 1] == 0x2D
                    guard !isBoundary, continuesHeader(bytes, next, end) else {
                        // The body begins without an empty line before it.
                        block.hasMissingEnd = true
                        block.bodyStart = index
                        return block
                    }
                    // A long field broken without the blank that a fold needs.
                    if !block.fields.isEmpty {
                        block.fields[block.fields.count - 1].body =
                            block.fields[block.fields.count - 1].body.lowerBound..<lineEnd
                    }
                }
            }
            block.range = block.range.lowerBound..<lineEnd
            index = next
            block.bodyStart = index
            if index - block.range.lowerBound > limit {
                block.isTruncated = true
                cut(&block, at: block.range.lowerBound + limit)
            }
        }
        return block
    }

    /// Past a byte order mark, empty lines, and the mbox line that stand before a header.
    private static func skipOpening(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        var index = start
        if index + 3 <= end, bytes[index] == 0xEF, bytes[index + 1] == 0xBB, bytes[index + 2] == 0xBF { index += 3 }
        let first = index
        while index < end, bytes[index] == 0x0A || bytes[index] == 0x0D { index += 1 }
        // Ahead of a whole message, a line of blanks too: web mail's "show original" begins with one.
        if start == 0 {
            var line = index
            while let lineFeed = ByteScan.first(0x0A, in: bytes, from: line, to: min(end, line + 1000)),
                isBlank(bytes, line, lineFeed)
            {
                line = lineFeed + 1
            }
            if line > index, continuesHeader(bytes, line, end) { return line }
        }
        // Empty lines before something that is no header are the end of an empty header.
        if index > first, !continuesHeader(bytes, index, end), !isEnvelopeLine(bytes, index, end) { return first }
        return index
    }

    private static func field(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ lineEnd: Int) -> HeaderBlock.Field? {
        guard let colon = ByteScan.first(0x3A, in: bytes, from: start, to: min(lineEnd, start + 1000)), colon > start
        else { return nil }
        var nameEnd = colon
        while nameEnd > start, bytes[nameEnd - 1] == 0x20 || bytes[nameEnd - 1] == 0x09 { nameEnd -= 1 }
        if nameEnd == start { return nil }
        var index = start
        while index < nameEnd {
            let byte = bytes[index]
            if byte <= 0x20 || byte == 0x7F { return nil }
            index &+= 1
        }
        let id = FieldName.of(bytes.slice(start..<nameEnd))
        return HeaderBlock.Field(id: id, name: start..<nameEnd, body: (colon + 1)..<lineEnd)
    }

    /// Whether the line at `start` goes on with a header: a field, or the empty line that ends it.
    private static func continuesHeader(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        guard start < end else { return false }
        let lineEnd = ByteScan.first(0x0A, in: bytes, from: start, to: min(end, start + 2000)) ?? end
        return field(bytes, start, lineEnd) != nil
    }

    private static func isBlank(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        var index = start
        while index < end {
            if !ASCII.isBlank(bytes[index]) { return false }
            index &+= 1
        }
        return true
    }

    private static func isEnvelopeLine(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        let line = bytes.slice(start..<min(end, start + 6))
        return line.startsIgnoringCase("From ") && line[0] == UInt8(ascii: "F") || line.startsIgnoringCase(">From ")
    }

    private static func cut(_ block: inout HeaderBlock, at end: Int) {
        block.fields.removeAll { $0.name.upperBound >= end }
        if var last = block.fields.last, last.body.upperBound > end {
            last.body = min(last.body.lowerBound, end)..<end
            block.fields[block.fields.count - 1] = last
        }
        block.range = block.range.lowerBound..<end
    }
}
