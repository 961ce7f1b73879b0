/// How many octets a part has when decoded, told without decoding it.
enum SizeEstimate {
    static func decodedSize(_ node: PartNode, in bytes: UnsafeRawBufferPointer) -> Int {
        let body = bytes.slice(node.body)
        guard !node.isDecoded else { return body.count }
        switch node.part.transferEncoding {
        case .identity, .quotedPrintable: return body.count
        case .base64: return base64(body)
        case .uuencode: return body.count * 45 / 62
        case .yEnc: return body.count
        }
    }

    /// Exact where all lines but the last are as long as the first, which is nearly always.
    static func base64(_ bytes: UnsafeRawBufferPointer) -> Int {
        let body = bytes.trimmed()
        guard body.count > 0 else { return 0 }
        var characters = body.count
        if let lineFeed = ByteScan.first(0x0A, in: body, from: 0, to: body.count) {
            let line = lineFeed > 0 && body[lineFeed - 1] == 0x0D ? lineFeed - 1 : lineFeed
            let full = body.count / (lineFeed + 1)
            let rest = body.count % (lineFeed + 1)
            characters = full * line + min(rest, line)
        }
        var padding = 0
        while padding < 2, padding < body.count, body[body.count - 1 - padding] == 0x3D { padding += 1 }
        return max(0, characters * 3 / 4 - padding)
    }
}
