/// SpreadsheetML: the cells of each sheet, row by row.
enum SpreadsheetText {
    /// Sheets whose names are read.
    private static let sheetLimit = 10_000

    /// How many shared strings are known by their number.
    static let sharedStringLimit = 1 << 20

    /// The workbook's strings: one run of bytes, and where each string ends in it.
    private struct SharedStrings {
        var bytes: [UInt8] = []
        var ends: [Int] = []

        subscript(index: Int) -> ArraySlice<UInt8>? {
            guard index >= 0, index < ends.count else { return nil }
            return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
        }
    }

    static func append(_ archive: inout ZipArchive, _ builder: inout TextBuilder) {
        let shared = sharedStrings(archive.read("xl/sharedStrings.xml"), limit: builder.limit)
        let names = sheetNames(archive.read("xl/workbook.xml"))
        for (index, name) in OfficeOpenXML.numbered(archive, prefix: "xl/worksheets/sheet").enumerated() {
            guard !builder.isFull else { break }
            if index < names.count {
                builder.append(names[index])
                builder.endLine()
            }
            if let xml = archive.read(name) { appendSheet(xml, shared, &builder) }
            builder.lineBreak()
        }
        for name in OfficeOpenXML.numbered(archive, prefix: "xl/comments") {
            guard let xml = archive.read(name), !builder.isFull else { continue }
            let comments = sharedStrings(xml, element: "comment", limit: builder.limit)
            for index in comments.ends.indices {
                if let text = comments[index] { builder.append(slice: text) }
                builder.endLine()
            }
        }
    }

    private static func sheetNames(_ xml: [UInt8]?) -> [String] {
        guard let xml else { return [] }
        var names: [String] = []
        xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            while names.count < sheetLimit, let token = scanner.next() {
                if case .start("sheet", let attributes, _) = token,
                    let name = XMLScanner.attribute("name", in: attributes)
                {
                    names.append(name)
                }
            }
        }
        return names
    }

    private static func sharedStrings(_ xml: [UInt8]?, element: StaticString = "si", limit: Int) -> SharedStrings {
        guard let xml else { return SharedStrings() }
        var strings = SharedStrings()
        xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            var builder = TextBuilder(limit: limit)
            var isText = false
            // Readings of ideographs, which repeat the text in kana.
            var isPhonetic = false
            while strings.ends.count < sharedStringLimit, let token = scanner.next() {
                switch token {
                case .start(let name, _, let isEmpty):
                    if name == "t" {
                        isText = !isEmpty
                    } else if name == "rPh" {
                        isPhonetic = !isEmpty
                    } else if name == element, isEmpty {
                        strings.ends.append(builder.bytes.count)
                    }
                case .end(let name):
                    if name == "t" {
                        isText = false
                    } else if name == "rPh" {
                        isPhonetic = false
                    } else if name == element {
                        strings.ends.append(builder.bytes.count)
                    }
                case .text(let text, let isVerbatim):
                    guard isText, !isPhonetic else { continue }
                    if isVerbatim { builder.append(text) } else { XMLScanner.append(text, to: &builder) }
                }
            }
            strings.bytes = builder.bytes
        }
        return strings
    }

    private enum CellKind {
        case number, shared, text
    }

    private static func appendSheet(_ xml: [UInt8], _ shared: SharedStrings, _ builder: inout TextBuilder) {
        xml.withUnsafeBufferPointer { bytes in
            var scanner = XMLScanner(bytes)
            var kind = CellKind.number
            var isValue = false
            while !builder.isFull, let token = scanner.next() {
                switch token {
                case .start(let name, let attributes, let isEmpty):
                    switch name {
                    case "c":
                        kind =
                            switch XMLScanner.attribute("t", in: attributes) {
                            case "s": .shared
                            case "str", "inlineStr", "e": .text
                            default: .number
                            }
                        builder.tab()
                    case "v", "t": isValue = !isEmpty
                    default: break
                    }
                case .end(let name):
                    switch name {
                    case "v", "t": isValue = false
                    case "row": builder.endLine()
                    default: break
                    }
                case .text(let text, let isVerbatim):
                    guard isValue else { continue }
                    switch kind {
                    case .shared:
                        if let index = Int(String(decoding: text.prefix(10), as: UTF8.self)), let string = shared[index]
                        {
                            builder.append(slice: string)
                        }
                    case .number, .text:
                        if isVerbatim { builder.append(text) } else { XMLScanner.append(text, to: &builder) }
                    }
                }
            }
        }
        builder.endLine()
    }
}

extension TextBuilder {
    mutating func append(slice: ArraySlice<UInt8>) {
        slice.withUnsafeBufferPointer { append($0) }
    }
}
