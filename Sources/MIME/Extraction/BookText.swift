/// EPUB: the chapters of a book, in the order of its spine.
enum BookText {
    /// Files that are looked for in a package's manifest.
    private static let itemLimit = 10_000

    /// How many chapters are read.
    static let chapterLimit = 5000

    static func extract(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: AttachmentLimits) -> AttachmentExtraction {
        guard var archive = ZipArchive(bytes, limits: limits) else { return AttachmentExtraction(isDamaged: true) }
        var builder = TextBuilder(limit: limits.textBytes)
        var title: String?
        var chapters: [String] = []
        if let package = packagePath(archive.read("META-INF/container.xml")), let xml = archive.read(package) {
            title = DocumentProperties.title(xml)
            chapters = spine(xml, folder: package)
        }
        if !chapters.contains(where: { archive.contains($0) }) {
            chapters = archive.entries.map(\.name).filter { $0.hasSuffix(".xhtml") || $0.hasSuffix(".html") }
        }
        for chapter in chapters.prefix(chapterLimit) where !builder.isFull {
            guard let html = archive.read(chapter) else { continue }
            builder.append(HTMLText.extract(html, limit: limits.textBytes).text)
            builder.lineBreak()
        }
        var extraction = builder.extraction(title: title)
        archive.report(in: &extraction)
        return extraction
    }

    private static func packagePath(_ xml: [UInt8]?) -> String? {
        guard let xml else { return nil }
        return xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            while let token = scanner.next() {
                if case .start("rootfile", let attributes, _) = token {
                    return XMLScanner.attribute("full-path", in: attributes)
                }
            }
            return nil
        }
    }

    private static func spine(_ xml: [UInt8], folder package: String) -> [String] {
        let folder = package.lastIndex(of: "/").map { String(package[...$0]) } ?? ""
        var paths: [String: String] = [:]
        var order: [String] = []
        xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            while order.count < chapterLimit, paths.count < itemLimit, let token = scanner.next() {
                guard case .start(let name, let attributes, _) = token else { continue }
                if name == "item" {
                    if let id = XMLScanner.attribute("id", in: attributes),
                        let path = XMLScanner.attribute("href", in: attributes)
                    {
                        paths[id] = folder + decodePercent(path)
                    }
                } else if name == "itemref", let id = XMLScanner.attribute("idref", in: attributes) {
                    order.append(id)
                }
            }
        }
        // A chapter is read once, however often the spine names it.
        var seen: Set<String> = []
        return order.compactMap { paths[$0] }.filter { seen.insert($0).inserted }
    }

    private static func decodePercent(_ path: String) -> String {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
        var result: [UInt8] = []
        let bytes = Array(path.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(value)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
