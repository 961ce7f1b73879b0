/// Walks the tree of parts: what is the body, what is attached, and the text of both.
struct BodyAssembler {
    let context: ParseContext
    private let renderer: TextRenderer
    private var attachments: [Attachment] = []
    private var isTruncated = false
    private var needsAlternative = false
    /// UTF-8 octets that attachments' text may still take.
    private var attachmentRoom: Int

    init(context: ParseContext) {
        self.context = context
        renderer = TextRenderer(context: context)
        attachmentRoom = context.limits.textBytes
    }

    struct Result {
        var text: String
        var attachments: [Attachment]
        var isTruncated: Bool
        var needsAlternative: Bool
    }

    /// Where a part stands among its siblings.
    private struct Place {
        var index = 0
        var isRelated = false
        /// Inside of an alternative that was not chosen: its text is a copy.
        var isCopy = false
    }

    static func assemble(_ root: inout PartNode, in context: ParseContext) -> Result {
        var assembler = BodyAssembler(context: context)
        context.body.removeAll()
        assembler.walk(&root, Place(), into: context.body, limit: context.limits.textBytes)
        if assembler.isTruncated { context.note(.textLimit) }
        return Result(
            text: context.body.string(), attachments: assembler.attachments, isTruncated: assembler.isTruncated,
            needsAlternative: assembler.needsAlternative)
    }

    // MARK: The walk

    private mutating func walk(_ node: inout PartNode, _ place: Place, into sink: ByteSink, limit: Int) {
        if node.isMultipart {
            if node.children.isEmpty {
                // No boundary was found: the body is read as text, so that nothing is lost.
                if !place.isCopy { appendBody(&node, as: .plain, into: sink, limit: limit) }
                return
            }
            walkMultipart(&node, place, into: sink, limit: limit)
        } else if StructureParser.holdsMessage(node) {
            attachMessage(&node, place)
        } else if StructureParser.mayBeEnvelope(node), !node.children.isEmpty {
            // Its content stands in its place; the envelope is machinery, like the signature of a multipart/signed.
            var child = place
            child.index = 0
            walk(&node.children[0], child, into: sink, limit: limit)
            attachments.append(
                Attachment(
                    partID: node.part.partID, name: node.part.name, mediaType: node.part.mediaType,
                    size: node.part.size, isInline: true))
        } else if let markup = TextRenderer.markup(of: node.part.mediaType), isBody(node, place) {
            if !place.isCopy { appendBody(&node, as: markup, into: sink, limit: limit) }
        } else if node.part.mediaType.hasPrefix("text/"), isPlainLike(node.part.mediaType), isBody(node, place),
            node.part.name == nil
        {
            if !place.isCopy { appendBody(&node, as: .plain, into: sink, limit: limit) }
        } else {
            attach(&node, place)
        }
    }

    private mutating func walkMultipart(_ node: inout PartNode, _ place: Place, into sink: ByteSink, limit: Int) {
        switch node.part.mediaType {
        case "multipart/alternative":
            walkAlternative(&node, place, into: sink, limit: limit)
        case "multipart/related":
            let root = relatedRoot(node)
            for index in node.children.indices {
                var child = place
                child.isRelated = index != root
                child.index = index == root ? 0 : index + 1
                walk(&node.children[index], child, into: sink, limit: limit)
            }
        case "multipart/signed":
            for index in node.children.indices {
                if index == 0 {
                    var child = place
                    child.index = 0
                    walk(&node.children[index], child, into: sink, limit: limit)
                } else {
                    attach(&node.children[index], place, isMachinery: true)
                }
            }
        case "multipart/encrypted":
            for index in node.children.indices { attach(&node.children[index], place, isMachinery: true) }
        case "multipart/appledouble":
            for index in node.children.indices {
                let isFork = index == 0 && node.children[index].part.mediaType == "application/applefile"
                attach(&node.children[index], place, isMachinery: isFork)
            }
        default:
            for index in node.children.indices {
                var child = place
                child.index = index
                child.isRelated = false
                walk(&node.children[index], child, into: sink, limit: limit)
            }
        }
    }

    /// RFC 2387 §3.2: the part that `start` names, else the first.
    private func relatedRoot(_ node: PartNode) -> Int {
        guard let start = node.parameter("start") else { return 0 }
        let id = start.drop { $0 == "<" }.prefix { $0 != ">" }
        return node.children.firstIndex { $0.part.contentID.map { $0 == id } ?? false } ?? 0
    }

    /// RFC 8621 §4.1.4's rule: a text is body unless it is sent as a file.
    private func isBody(_ node: PartNode, _ place: Place) -> Bool {
        switch node.part.disposition {
        case .attachment, .other: return false
        case .inline, nil: return place.index == 0 || !place.isRelated && node.part.name == nil
        }
    }

    /// Texts that are read as they stand.
    private func isPlainLike(_ mediaType: String) -> Bool {
        switch mediaType {
        case "text/calendar", "text/x-vcalendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv",
            "text/rfc822-headers", "text/x-amp-html", "text/watch-html", "text/css", "text/javascript", "text/rtf",
            "text/xml":
            false
        default: true
        }
    }

    // MARK: Alternatives

    private enum Candidate { case plain, html }

    /// What a branch of an alternative shows.
    private func candidate(_ node: PartNode) -> Candidate? {
        if node.isMultipart {
            if node.part.mediaType == "multipart/related" {
                let root = relatedRoot(node)
                return root < node.children.count ? candidate(node.children[root]) : nil
            }
            for child in node.children {
                if let found = candidate(child) { return found }
            }
            return nil
        }
        if case .attachment? = node.part.disposition { return nil }
        switch TextRenderer.markup(of: node.part.mediaType) {
        case .plain, .enriched: return .plain
        case .html: return .html
        case nil: return nil
        }
    }

    private mutating func walkAlternative(_ node: inout PartNode, _ place: Place, into sink: ByteSink, limit: Int) {
        var plain: Int?
        var html: Int?
        for (index, child) in node.children.enumerated() {
            switch candidate(child) {
            case .plain: if plain == nil { plain = index }
            case .html: html = index
            case nil: break
            }
        }
        // One copy is the body; of the other branches, files alone count.
        var chosen = plain ?? html
        if let plainIndex = plain, let htmlIndex = html, !place.isCopy,
            isWorse(node.children[plainIndex], than: node.children[htmlIndex])
        {
            chosen = htmlIndex
        }
        for index in node.children.indices {
            var child = place
            child.index = 0
            let type = node.children[index].part.mediaType
            if index == chosen {
                walk(&node.children[index], child, into: sink, limit: limit)
            } else if candidate(node.children[index]) != nil {
                child.isCopy = true
                walk(&node.children[index], child, into: sink, limit: limit)
            } else if type != "text/x-amp-html", type != "text/watch-html" {
                walk(&node.children[index], child, into: sink, limit: limit)
            }
        }
    }

    /// Characters of plain text from which on it is taken to say what the HTML says.
    private static let placeholderLimit = 400

    /// Whether the plain text is empty, a placeholder ("please use an HTML mail reader"), or HTML's source.
    private mutating func isWorse(_ plain: PartNode, than html: PartNode) -> Bool {
        guard let plainText = firstText(plain, .plain), let htmlText = firstText(html, .html) else { return false }
        guard plainText.isFetched else { return htmlText.isFetched }
        // Long texts are no placeholders: told without decoding them.
        let encodedLimit = plainText.part.transferEncoding == .base64 ? 6000 : 4000
        if plainText.body.count > encodedLimit, !mayBeMarkup(plainText) { return false }
        let trial = context.trial
        trial.removeAll()
        let markup = TextRenderer.markup(of: plainText.part.mediaType) ?? .plain
        _ = renderer.render(plainText, as: markup, into: trial, limit: 64 << 10)
        if trial.bytes.prefixIgnoringBlanks(is: "<html") || trial.bytes.prefixIgnoringBlanks(is: "<!doctype html") {
            return isThere(htmlText)
        }
        let plainCount = Self.visibleCount(trial.bytes)
        if plainCount >= Self.placeholderLimit { return false }
        guard isThere(htmlText) else { return false }
        trial.removeAll()
        _ = renderer.render(htmlText, as: .html, into: trial, limit: 64 << 10)
        let htmlCount = Self.visibleCount(trial.bytes)
        return plainCount == 0 ? htmlCount > 0 : htmlCount > plainCount * 4 + 100
    }

    /// An unfetched copy can't be compared; that it should have been is told.
    private mutating func isThere(_ html: PartNode) -> Bool {
        if !html.isFetched { needsAlternative = true }
        return html.isFetched
    }

    private func mayBeMarkup(_ node: PartNode) -> Bool {
        node.part.transferEncoding == .base64
            || context.buffers[node.buffer].slice(node.body).prefixIgnoringBlanks(is: "<")
    }

    private func firstText(_ node: PartNode, _ wanted: Candidate) -> PartNode? {
        if node.isMultipart {
            for child in node.children where candidate(child) == wanted {
                if let found = firstText(child, wanted) { return found }
            }
            return nil
        }
        return candidate(node) == wanted ? node : nil
    }

    private static func visibleCount(_ text: UnsafeRawBufferPointer) -> Int {
        var count = 0
        for byte in text where byte > 0x20 && byte & 0xC0 != 0x80 { count &+= 1 }
        return count
    }

    // MARK: The body

    private mutating func appendBody(
        _ node: inout PartNode, as markup: TextRenderer.Markup, into sink: ByteSink, limit: Int
    ) {
        guard node.isFetched else { return }
        separate(sink)
        let outcome = renderer.render(node, as: markup, into: sink, limit: max(0, limit - sink.count))
        if outcome.isTruncated { isTruncated = true }
        if outcome.isEncrypted { node.part.protection = .encrypted }
        for file in outcome.files {
            let type = FileType.mediaType(ofName: file.name)
            let text = extractText(file.bytes, mediaType: type, name: file.name, partID: node.part.partID)
            attachments.append(
                Attachment(
                    partID: node.part.partID, name: file.name, mediaType: type, size: file.bytes.count, text: text))
        }
    }

    /// One empty line between the texts of two parts.
    private func separate(_ sink: ByteSink) {
        let written = sink.bytes
        guard let last = written.last else { return }
        if last != 0x0A {
            sink.append("\n\n")
        } else if written.count < 2 || written[written.count - 2] != 0x0A {
            sink.append("\n")
        }
    }

    // MARK: Attachments

    private mutating func attach(_ node: inout PartNode, _ place: Place, isMachinery: Bool = false) {
        if !node.children.isEmpty || node.isMultipart {
            if StructureParser.holdsMessage(node) {
                attachMessage(&node, place)
            } else {
                for index in node.children.indices { attach(&node.children[index], place, isMachinery: isMachinery) }
            }
            return
        }
        let part = node.part
        var attachment = Attachment(
            partID: part.partID, name: part.name, mediaType: part.mediaType, size: part.size,
            isInline: isMachinery || isInline(node, place))
        if node.isFetched, !isMachinery, FileType.mayHoldText(part.mediaType, name: part.name) {
            attachment.text = text(of: node)
        }
        attachments.append(attachment)
    }

    private func isInline(_ node: PartNode, _ place: Place) -> Bool {
        switch node.part.mediaType {
        case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
            "application/pgp-encrypted", "application/applefile", "message/delivery-status",
            "message/disposition-notification", "message/global-delivery-status", "message/feedback-report",
            "text/rfc822-headers", "text/x-amp-html", "text/watch-html",
            "application/ms-tnef" where node.part.size == 0:
            return true
        default: break
        }
        if case .attachment? = node.part.disposition { return false }
        if place.isRelated { return true }
        return node.part.disposition == .inline && node.part.contentID != nil && node.part.mediaType.hasPrefix("image/")
    }

    /// The text of a leaf that is sent as a file.
    private mutating func text(of node: PartNode) -> String? {
        guard attachmentRoom > 0 else {
            isTruncated = true
            return nil
        }
        let type = node.part.mediaType
        if let markup = TextRenderer.markup(of: type) {
            let sink = context.trial
            sink.removeAll()
            let outcome = renderer.render(node, as: markup, into: sink, limit: attachmentRoom)
            if outcome.isTruncated { isTruncated = true }
            attachmentRoom -= sink.count
            return sink.string()
        }
        let isText =
            type.hasPrefix("text/") || type == "message/delivery-status"
            || type == "message/disposition-notification" || type == "message/feedback-report"
        if isText {
            var wasCut = false
            let octets = renderer.decodedOctets(node, limit: attachmentRoom, isTruncated: &wasCut)
            if wasCut { isTruncated = true }
            let utf8 = renderer.utf8(octets, node, isHTML: false)
            let mediaType = FileType.readableType(type, name: node.part.name)
            return extractText(utf8, mediaType: mediaType, name: node.part.name, partID: node.part.partID)
                ?? plainText(utf8)
        }
        // A file of a format of its own is read whole: its directory may stand at the end.
        let source = context.buffers[node.buffer].slice(node.body)
        var bytes = source
        if !node.isDecoded, node.part.transferEncoding != .identity {
            context.decoded.removeAll()
            if let defect = TransferDecoder.decode(source, node.part.transferEncoding, into: context.decoded) {
                context.note(defect, node.part.partID)
            }
            bytes = context.decoded.bytes
        }
        return extractText(bytes, mediaType: type, name: node.part.name, partID: node.part.partID)
    }

    private mutating func plainText(_ utf8: UnsafeRawBufferPointer) -> String {
        let sink = context.trial
        sink.removeAll()
        if utf8.count > attachmentRoom { isTruncated = true }
        TextRenderer.appendLines(utf8.slice(0..<attachmentRoom), into: sink)
        attachmentRoom -= sink.count
        return sink.string()
    }

    private mutating func extractText(_ bytes: [UInt8], mediaType: String, name: String?, partID: String) -> String? {
        bytes.withUnsafeBytes { extractText($0, mediaType: mediaType, name: name, partID: partID) }
    }

    private mutating func extractText(
        _ bytes: UnsafeRawBufferPointer, mediaType: String, name: String?, partID: String
    ) -> String? {
        guard attachmentRoom > 0 else { return nil }
        let limits = AttachmentLimits(
            textBytes: attachmentRoom, expansionRatio: context.limits.archiveRatio,
            expansionBytes: context.limits.archiveBytes, entries: context.limits.archiveEntries)
        let found = bytes.withMemoryRebound(to: UInt8.self) {
            AttachmentText.extract($0, mediaType: mediaType, name: name, limits: limits)
        }
        guard let found else { return nil }
        if found.passedExpansionLimit { context.note(.archiveLimit, partID) }
        if found.isDamaged { context.note(.malformedAttachment, partID) }
        if found.isTruncated { isTruncated = true }
        for inner in found.innerNames {
            attachments.append(
                Attachment(partID: partID, name: inner, mediaType: FileType.mediaType(ofName: inner), size: 0))
        }
        var text = found.text
        if let title = found.title, !title.isEmpty { text = text.isEmpty ? title : title + "\n" + text }
        attachmentRoom -= text.utf8.count
        return text
    }

    // MARK: Nested messages

    private mutating func attachMessage(_ node: inout PartNode, _ place: Place) {
        var attachment = Attachment(
            partID: node.part.partID, name: node.part.name, mediaType: node.part.mediaType, size: node.part.size)
        var lines: [String] = []
        if let block = node.nestedHeader {
            let bytes = context.buffers[node.nestedBuffer]
            let subject = block.first(.subject).map { EncodedWords.decodeUnstructured(bytes.slice($0.body)) } ?? ""
            if attachment.name == nil, !subject.isEmpty { attachment.name = subject }
            if !subject.isEmpty { lines.append(subject) }
            for field in block.fields where field.id == .from || field.id == .to || field.id == .cc {
                let list = AddressParser.parse(bytes.slice(field.body), limit: context.limits.addressesPerHeader)
                lines.append(list.addresses.map(Self.line).joined(separator: ", "))
            }
        }
        let slot = attachments.count
        attachments.append(attachment)
        if attachmentRoom > 0, !node.children.isEmpty {
            let sink = ByteSink(capacity: 4 << 10)
            sink.append(lines.joined(separator: "\n"))
            if sink.count > 0 { sink.append("\n\n") }
            walk(&node.children[0], Place(isCopy: false), into: sink, limit: attachmentRoom)
            attachmentRoom = max(0, attachmentRoom - sink.count)
            attachment.text = sink.string()
        } else {
            attachment.text = lines.isEmpty ? nil : lines.joined(separator: "\n")
        }
        attachments[slot] = attachment
    }

    private static func line(_ address: EmailAddress) -> String {
        guard let name = address.name else { return address.email }
        return address.email.isEmpty ? name : name + " <" + address.email + ">"
    }
}
