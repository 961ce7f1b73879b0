/// The body of a winmail.dat, and the names and text of what is attached within.
enum TNEFText {
    // MAPI's properties.
    private static let subject = 0x0037
    private static let body = 0x1000
    private static let bodyRTF = 0x1009
    private static let bodyHTML = 0x1013
    private static let displayName = 0x3001
    private static let attachData = 0x3701
    private static let attachFileName = 0x3704
    private static let attachLongFileName = 0x3707
    private static let attachMediaType = 0x370E
    /// An embedded object's data begins with the identifier of its interface.
    private static let interfaceSize = 16

    private struct Inner {
        var title: String?
        var longName: String?
        var mediaType = ""
        var data: UnsafeBufferPointer<UInt8>?
        var message: UnsafeBufferPointer<UInt8>?
    }

    private struct Bodies {
        var plain: String?
        var html: UnsafeBufferPointer<UInt8>?
        var rtf: UnsafeBufferPointer<UInt8>?
        var subject: String?
    }

    static func extract(_ bytes: UnsafeBufferPointer<UInt8>, limits: AttachmentLimits) -> AttachmentExtraction {
        guard var reader = TNEFReader(bytes) else { return AttachmentExtraction(isDamaged: true) }
        var bodies = Bodies()
        var inner: [Inner] = []
        var codePage = 1252
        var hasMore = false
        while let attribute = reader.next() {
            switch attribute.id {
            case TNEFReader.codePage:
                let page = LittleEndianReader(attribute.data).word32(0)
                if page != 0 { codePage = page }
            case TNEFReader.subject: bodies.subject = text(attribute.data, codePage)
            case TNEFReader.body: bodies.plain = text(attribute.data, codePage)
            case TNEFReader.messageProperties: read(TNEFReader.properties(attribute.data), &bodies, codePage)
            case TNEFReader.attachRendering:
                if inner.count < limits.entries { inner.append(Inner()) } else { hasMore = true }
            case TNEFReader.attachTitle:
                if inner.isEmpty { inner.append(Inner()) }
                inner[inner.count - 1].title = text(attribute.data, codePage)
            case TNEFReader.attachData:
                if inner.isEmpty { inner.append(Inner()) }
                inner[inner.count - 1].data = attribute.data
            case TNEFReader.attachProperties:
                if inner.isEmpty { inner.append(Inner()) }
                read(TNEFReader.properties(attribute.data), &inner[inner.count - 1], codePage)
            default: break
            }
        }
        var extraction = compose(bodies, inner, limits)
        if reader.isDamaged { extraction.isDamaged = true }
        if hasMore { extraction.passedExpansionLimit = true }
        return extraction
    }

    // MARK: Properties

    private static func read(_ properties: [TNEFReader.Property], _ bodies: inout Bodies, _ codePage: Int) {
        for property in properties {
            switch property.id {
            case subject: if let value = string(property, codePage) { bodies.subject = value }
            case body: if let value = string(property, codePage) { bodies.plain = value }
            case bodyHTML: bodies.html = property.data
            case bodyRTF: if property.type == TNEFReader.binary { bodies.rtf = property.data }
            default: break
            }
        }
    }

    private static func read(_ properties: [TNEFReader.Property], _ inner: inout Inner, _ codePage: Int) {
        for property in properties {
            switch property.id {
            case attachLongFileName: inner.longName = string(property, codePage) ?? inner.longName
            case attachFileName, displayName: inner.title = inner.title ?? string(property, codePage)
            case attachMediaType: inner.mediaType = string(property, codePage)?.lowercased() ?? ""
            case attachData:
                if property.type == TNEFReader.object, property.data.count > interfaceSize {
                    inner.message = UnsafeBufferPointer(rebasing: property.data[interfaceSize...])
                } else {
                    inner.data = property.data
                }
            default: break
            }
        }
    }

    private static func string(_ property: TNEFReader.Property, _ codePage: Int) -> String? {
        switch property.type {
        case TNEFReader.unicode:
            var units: [UInt16] = []
            units.reserveCapacity(property.data.count / 2)
            let reader = LittleEndianReader(property.data)
            for index in stride(from: 0, to: property.data.count - 1, by: 2) {
                units.append(UInt16(truncatingIfNeeded: reader.word16(index)))
            }
            while units.last == 0 { units.removeLast() }
            return String(decoding: units, as: UTF16.self)
        case TNEFReader.string8: return text(property.data, codePage)
        default: return nil
        }
    }

    private static func text(_ data: UnsafeBufferPointer<UInt8>, _ codePage: Int) -> String {
        LegacyText.decode(Array(data.prefix { $0 != 0 }), codePage: codePage)
    }

    // MARK: Text

    private static func compose(_ bodies: Bodies, _ inner: [Inner], _ limits: AttachmentLimits) -> AttachmentExtraction
    {
        var builder = TextBuilder(limit: limits.textBytes)
        var result = AttachmentExtraction(title: bodies.subject)
        if let html = bodies.html, !html.isEmpty {
            LegacyText.withUTF8(html, isMarkup: true) { html in
                builder.append(HTMLText.extract(html, limit: limits.textBytes).text)
            }
        } else if let plain = bodies.plain, !plain.isEmpty {
            var plain = plain
            plain.withUTF8 { builder.appendLines($0) }
        } else if let packed = bodies.rtf, let rtf = CompressedRTF.decompress(packed, limit: limits.expansionBytes) {
            builder.append(rtf.withUnsafeBufferPointer { RTFText.extract($0, limit: limits.textBytes) }.text)
        }
        builder.endLine()

        var within = limits
        within.nesting -= 1
        for item in inner {
            let name = item.longName ?? item.title
            if let name, !name.isEmpty { result.innerNames.append(name) }
            guard within.nesting > 0, !builder.isFull else { continue }
            var found: AttachmentExtraction?
            if let message = item.message, TNEFReader(message) != nil {
                found = extract(message, limits: within)
            } else if let data = item.data {
                found = AttachmentText.extract(data, mediaType: item.mediaType, name: name, limits: within)
            }
            guard let found else { continue }
            if let title = found.title, found.text.isEmpty || item.message != nil {
                builder.append(title)
                builder.endLine()
            }
            builder.append(found.text)
            builder.endLine()
            result.innerNames += found.innerNames
            // All archives within share what may come out of them.
            result.expandedBytes += found.expandedBytes
            within.expansionBytes = max(0, within.expansionBytes - found.expandedBytes)
            result.passedExpansionLimit = result.passedExpansionLimit || found.passedExpansionLimit
        }
        result.text = builder.text()
        result.isTruncated = builder.isTruncated
        return result
    }
}
