@testable import MIME

/// A message taken apart leaf by leaf, for comparison with what other parsers make of it.
struct PartTexts {
    struct Leaf {
        var partID: String
        var mediaType: String
        var name: String?
        var octets: [UInt8]
        /// Of text parts, decoded to Unicode, line ends as they stand.
        var text: String?
    }

    var message: Message
    var leaves: [Leaf] = []
    /// Media types in the order of a walk, with `(` and `)` around children.
    var shape = ""

    init(_ bytes: [UInt8]) {
        message = MessageParser().parse(bytes)
        bytes.withUnsafeBytes { bytes in
            ParseContext.with(bytes, limits: .default) { context in
                let (_, root) = StructureParser(context: context).parseMessage(
                    buffer: 0, range: 0..<bytes.count, path: "", depth: 0)
                walk(root, context)
            }
        }
    }

    private mutating func walk(_ node: PartNode, _ context: ParseContext) {
        shape += node.part.mediaType
        if node.isMultipart || !node.children.isEmpty {
            shape += "("
            for (index, child) in node.children.enumerated() {
                if index > 0 { shape += "," }
                walk(child, context)
            }
            shape += ")"
            if node.isMultipart { return }
            return
        }
        let sink = ByteSink()
        let source = context.buffers[node.buffer].slice(node.body)
        _ = TransferDecoder.decode(source, node.part.transferEncoding, into: sink)
        var leaf = Leaf(
            partID: node.part.partID, mediaType: node.part.mediaType, name: node.part.name,
            octets: [UInt8](sink.bytes))
        if node.part.mediaType.hasPrefix("text/") || node.part.mediaType.hasPrefix("message/") {
            let isHTML = node.part.mediaType == "text/html"
            let renderer = TextRenderer(context: context)
            var isTruncated = false
            let octets = renderer.decodedOctets(node, limit: 4 << 20, isTruncated: &isTruncated)
            leaf.text = String(decoding: renderer.utf8(octets, node, isHTML: isHTML), as: UTF8.self)
        }
        leaves.append(leaf)
    }
}

extension String {
    /// With LF for each line end, and no blanks at the end of lines nor empty lines at the end.
    var comparable: String {
        var lines: [String] = []
        var line = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\r": continue
            case "\n":
                while line.last == " " || line.last == "\t" { line.removeLast() }
                lines.append(line)
                line = ""
            default: line.unicodeScalars.append(scalar)
            }
        }
        while line.last == " " || line.last == "\t" { line.removeLast() }
        lines.append(line)
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    /// Words alone.
    var words: [Substring] { split { $0.isWhitespace } }
}
