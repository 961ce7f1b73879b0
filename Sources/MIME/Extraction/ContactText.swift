/// vCard (2.1, 3.0, 4.0): names, organisations, addresses, numbers and notes.
enum ContactText {
    static func extract(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> AttachmentExtraction {
        var builder = TextBuilder(limit: limit)
        var lines = ContentLines(bytes)
        var formattedName: String?
        var title: String?
        while !builder.isFull, let line = lines.next() {
            switch line.name {
            case "BEGIN": formattedName = nil
            case "END": builder.lineBreak()
            case "FN":
                formattedName = line.text
                if title == nil { title = line.text }
                append(line.text, &builder)
            case "N":
                // Family name first: as people say it, it comes after the given one.
                let parts = line.components
                let name = (parts.dropFirst() + parts.prefix(1)).joined(separator: " ")
                if name != formattedName { append(name, &builder) }
            case "ORG", "ADR": append(line.components.joined(separator: ", "), &builder)
            case "EMAIL", "TEL", "URL", "TITLE", "ROLE", "NICKNAME", "NOTE", "CATEGORIES", "BDAY", "IMPP", "LABEL",
                "SORT-STRING", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME":
                append(line.text, &builder)
            default: break
            }
        }
        return builder.extraction(title: title)
    }

    private static func append(_ text: String, _ builder: inout TextBuilder) {
        guard !text.isEmpty else { return }
        builder.append(text)
        builder.endLine()
    }
}
