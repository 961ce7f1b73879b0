/// Media types as mail writes them.
enum MediaType {
    /// `type/subtype` in lower case, with slips mended; nil for what is no type at all.
    static func normalized(_ raw: String) -> String? {
        let utf8 = raw.utf8
        guard let slash = utf8.firstIndex(of: UInt8(ascii: "/")) else {
            switch raw {
            case "text", "plain": return "text/plain"
            case "html": return "text/html"
            case "multipart": return "multipart/mixed"
            case "image", "audio", "video", "application": return "application/octet-stream"
            default: return nil
            }
        }
        guard slash > utf8.startIndex, utf8.index(after: slash) < utf8.endIndex else {
            return raw.hasPrefix("text") ? "text/plain" : nil
        }
        switch raw {
        case "text/htm", "text/x-html": return "text/html"
        case "text/text", "text/txt", "text/ascii": return "text/plain"
        default: return raw
        }
    }
}
