/// What a file is by its name, where its media type says nothing.
enum FileType {
    private static let byExtension: [String: String] = [
        "txt": "text/plain", "text": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv",
        "tsv": "text/tab-separated-values", "patch": "text/x-diff", "diff": "text/x-diff", "htm": "text/html",
        "html": "text/html", "xml": "text/xml", "ics": "text/calendar", "vcs": "text/calendar", "vcf": "text/vcard",
        "eml": "message/rfc822", "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
        "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odp": "application/vnd.oasis.opendocument.presentation", "epub": "application/epub+zip",
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "svg": "image/svg+xml",
        "mp3": "audio/mpeg", "mp4": "video/mp4", "json": "application/json", "rtf": "application/rtf",
        "dat": "application/octet-stream",
    ]

    static func mediaType(ofName name: String) -> String {
        byExtension[pathExtension(name)] ?? "application/octet-stream"
    }

    /// After the last dot, lower case.
    static func pathExtension(_ name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        let tail = name.utf8[name.utf8.index(after: dot)...]
        guard tail.count <= 8 else { return "" }
        return String(decoding: tail.map(ASCII.lowercased), as: UTF8.self)
    }

    /// Whether it is worth decoding the part to look for text: pictures, sounds and the like are not.
    static func mayHoldText(_ mediaType: String, name: String?) -> Bool {
        let slash = mediaType.utf8.firstIndex(of: UInt8(ascii: "/")) ?? mediaType.utf8.endIndex
        switch mediaType[..<slash] {
        case "text", "message": return true
        case "image", "audio", "video", "font", "model": return false
        default: break
        }
        switch mediaType {
        case "application/pgp-signature", "application/pgp-encrypted", "application/pkcs7-signature",
            "application/x-pkcs7-signature", "application/pkcs7-mime", "application/x-pkcs7-mime",
            "application/applefile", "application/pgp-keys", "application/java-archive":
            return false
        case "application/octet-stream", "application/binary", "application/x-download", "application/download",
            "application/force-download", "application/zip", "application/x-zip-compressed":
            guard let name else { return mediaType == "application/octet-stream" ? false : true }
            switch pathExtension(name) {
            case "txt", "text", "log", "md", "csv", "tsv", "patch", "diff", "htm", "html", "xml", "ics", "vcs", "vcf",
                "docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "odt", "ods", "odp", "epub", "dat", "json":
                return true
            default: return false
            }
        default: return true
        }
    }

    /// The type to read a text by: its name's where its own says no more than "text".
    static func readableType(_ mediaType: String, name: String?) -> String {
        guard mediaType == "text/plain" || mediaType == "application/octet-stream", let name else { return mediaType }
        return mediaTypeIfKnown(name) ?? mediaType
    }

    private static func mediaTypeIfKnown(_ name: String) -> String? { byExtension[pathExtension(name)] }
}
