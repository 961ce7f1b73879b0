/// Word, Excel and PowerPoint files (ECMA-376): the XML within their archives.
enum OfficeOpenXML {
    static func extract(
        _ bytes: UnsafeBufferPointer<UInt8>, _ format: AttachmentFormat, _ limits: AttachmentLimits
    ) -> AttachmentExtraction {
        // An encrypted one is no archive, but a compound file of the older kind.
        guard var archive = ZipArchive(bytes, limits: limits) else { return AttachmentExtraction(isDamaged: true) }
        var builder = TextBuilder(limit: limits.textBytes)
        switch format {
        case .spreadsheet: SpreadsheetText.append(&archive, &builder)
        case .presentation:
            for name in numbered(archive, prefix: "ppt/slides/slide") { appendDrawing(archive.read(name), &builder) }
            for name in numbered(archive, prefix: "ppt/notesSlides/notesSlide") {
                appendDrawing(archive.read(name), &builder)
            }
        default:
            appendWords(archive.read("word/document.xml"), &builder)
            for part in ["word/header", "word/footnotes", "word/endnotes", "word/comments", "word/footer"] {
                for name in numbered(archive, prefix: part) { appendWords(archive.read(name), &builder) }
            }
        }
        var extraction = builder.extraction(title: DocumentProperties.title(archive.read("docProps/core.xml")))
        archive.report(in: &extraction)
        return extraction
    }

    /// The entries `prefix`N`.xml`, in the order of their numbers; `prefix.xml` comes first.
    static func numbered(_ archive: ZipArchive, prefix: String) -> [String] {
        var found: [(number: Int, name: String)] = []
        for entry in archive.entries where entry.name.hasPrefix(prefix) && entry.name.hasSuffix(".xml") {
            let middle = entry.name.dropFirst(prefix.count).dropLast(4)
            if middle.isEmpty {
                found.append((0, entry.name))
            } else if let number = Int(middle) {
                found.append((number, entry.name))
            }
        }
        return found.sorted { $0.number < $1.number }.map(\.name)
    }

    // MARK: WordprocessingML

    private static func appendWords(_ xml: [UInt8]?, _ builder: inout TextBuilder) {
        guard let xml else { return }
        xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            var isText = false
            var isVanished = false
            // What an older program would show instead: the same text again.
            var fallbackDepth = 0
            while !builder.isFull, let token = scanner.next() {
                switch token {
                case .start(let name, let attributes, let isEmpty):
                    switch name {
                    case "t": isText = !isEmpty
                    case "r": isVanished = false
                    case "vanish":
                        let value = XMLScanner.attribute("val", in: attributes)
                        isVanished = value != "0" && value != "false"
                    case "tab": if !isVanished, fallbackDepth == 0, !builder.isEmpty { builder.tab() }
                    case "br", "cr": if fallbackDepth == 0 { builder.endLine() }
                    case "noBreakHyphen": if fallbackDepth == 0 { builder.append(byte: UInt8(ascii: "-")) }
                    case "Fallback": if !isEmpty { fallbackDepth += 1 }
                    case "p": if isEmpty, fallbackDepth == 0 { builder.lineBreak() }
                    default: break
                    }
                case .end(let name):
                    switch name {
                    case "t": isText = false
                    case "r": isVanished = false
                    case "p": if fallbackDepth == 0 { builder.endLine() }
                    case "tc": if fallbackDepth == 0 { builder.joinCell() }
                    case "tr", "tbl": if fallbackDepth == 0 { builder.endLine() }
                    case "Fallback": fallbackDepth = max(0, fallbackDepth - 1)
                    default: break
                    }
                case .text(let text, let isVerbatim):
                    guard isText, !isVanished, fallbackDepth == 0 else { continue }
                    if isVerbatim { builder.append(text) } else { XMLScanner.append(text, to: &builder) }
                }
            }
        }
        builder.endLine()
    }

    // MARK: DrawingML

    private static func appendDrawing(_ xml: [UInt8]?, _ builder: inout TextBuilder) {
        guard let xml else { return }
        xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            var isText = false
            // A slide's own number is a field, and says nothing.
            var isNumber = false
            while !builder.isFull, let token = scanner.next() {
                switch token {
                case .start(let name, let attributes, let isEmpty):
                    switch name {
                    case "t": isText = !isEmpty
                    case "br": builder.endLine()
                    case "tab": builder.tab()
                    case "fld": isNumber = !isEmpty && XMLScanner.attribute("type", in: attributes) == "slidenum"
                    default: break
                    }
                case .end(let name):
                    switch name {
                    case "t": isText = false
                    case "fld": isNumber = false
                    case "p": builder.endLine()
                    case "tc": builder.joinCell()
                    case "tr": builder.endLine()
                    default: break
                    }
                case .text(let text, let isVerbatim):
                    guard isText, !isNumber else { continue }
                    if isVerbatim { builder.append(text) } else { XMLScanner.append(text, to: &builder) }
                }
            }
        }
        builder.lineBreak()
    }
}

/// The properties of a document as Office, OpenDocument and EPUB write them: Dublin Core.
enum DocumentProperties {
    private static let titleLimit = 1024

    static func title(_ xml: [UInt8]?) -> String? {
        guard let xml else { return nil }
        return xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            var builder = TextBuilder(limit: titleLimit)
            var isTitle = false
            while let token = scanner.next() {
                switch token {
                case .start(let name, _, let isEmpty): isTitle = name == "title" && !isEmpty
                case .end(let name):
                    if name == "title" {
                        let title = builder.text()
                        return title.isEmpty ? nil : title
                    }
                case .text(let text, let isVerbatim):
                    guard isTitle else { continue }
                    if isVerbatim { builder.append(text) } else { XMLScanner.append(text, to: &builder) }
                }
            }
            return nil
        }
    }
}
