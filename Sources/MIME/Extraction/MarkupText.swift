/// The text of XML of any kind: one line an element.
enum MarkupText {
    static func extract(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> AttachmentExtraction {
        var builder = TextBuilder(limit: limit)
        var scanner = XMLScanner(bytes)
        while !builder.isFull, let token = scanner.next() {
            switch token {
            case .start, .end: builder.endLine()
            case .text(let text, let isVerbatim):
                guard text.contains(where: { $0 > 0x20 }) else { continue }
                if isVerbatim { builder.append(text) } else { XMLScanner.append(text, to: &builder) }
            }
        }
        return builder.extraction()
    }
}
