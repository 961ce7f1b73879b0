/// OpenDocument (ISO 26300): text, sheets and slides, by their `content.xml`.
enum OpenDocumentText {
    /// How many spaces one `<text:s>` stands for at most.
    private static let spaceLimit = 64

    static func extract(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: AttachmentLimits) -> AttachmentExtraction {
        guard var archive = ZipArchive(bytes, limits: limits) else { return AttachmentExtraction(isDamaged: true) }
        var builder = TextBuilder(limit: limits.textBytes)
        if let xml = archive.read("content.xml") { xml.withUnsafeBufferPointer { append($0, &builder) } }
        var extraction = builder.extraction(title: DocumentProperties.title(archive.read("meta.xml")))
        extraction.isDamaged = !archive.contains("content.xml")
        archive.report(in: &extraction)
        return extraction
    }

    private static func append(_ bytes: UnsafeBufferPointer<UInt8>, _ builder: inout TextBuilder) {
        var scanner = XMLScanner(bytes)
        var paragraphs = 0
        // Text that was deleted while changes were tracked.
        var deleted = 0
        while !builder.isFull, let token = scanner.next() {
            switch token {
            case .start(let name, let attributes, let isEmpty):
                switch name {
                case "p", "h": if !isEmpty { paragraphs += 1 } else { builder.lineBreak() }
                case "s":
                    let count = XMLScanner.attribute("c", in: attributes).flatMap { Int($0) } ?? 1
                    for _ in 0..<max(1, min(count, spaceLimit)) { builder.append(byte: 0x20) }
                case "tab": builder.tab()
                case "line-break": builder.endLine()
                case "tracked-changes": if !isEmpty { deleted += 1 }
                default: break
                }
            case .end(let name):
                switch name {
                case "p", "h":
                    paragraphs = max(0, paragraphs - 1)
                    if deleted == 0 { builder.endLine() }
                case "table-cell": builder.joinCell()
                case "table-row", "page": builder.endLine()
                case "tracked-changes": deleted = max(0, deleted - 1)
                default: break
                }
            case .text(let text, let isVerbatim):
                guard paragraphs > 0, deleted == 0 else { continue }
                if isVerbatim { builder.append(text) } else { appendFolded(text, &builder) }
            }
        }
    }

    /// White space in paragraphs is folded, as in HTML: files that were laid out by hand have line ends in them.
    private static func appendFolded(_ text: UnsafeBufferPointer<UInt8>, _ builder: inout TextBuilder) {
        guard text.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else {
            return XMLScanner.append(text, to: &builder)
        }
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] > 0x20 { end += 1 }
            if end > start { XMLScanner.append(UnsafeBufferPointer(rebasing: text[start..<end]), to: &builder) }
            if end < text.count, let last = builder.bytes.last, last > 0x20 { builder.append(byte: 0x20) }
            start = end + 1
        }
    }
}
