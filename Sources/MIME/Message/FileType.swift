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
        mediaType.hasPrefix("text/") || mediaType.hasPrefix("message/")
            || AttachmentFormat(mediaType: mediaType, name: name) != nil
    }

    /// The type to read a text by: its name's where its own says no more than "text".
    static func readableType(_ mediaType: String, name: String?) -> String {
        guard mediaType == "text/plain" || mediaType == "application/octet-stream", let name else { return mediaType }
        return mediaTypeIfKnown(name) ?? mediaType
    }

    private static func mediaTypeIfKnown(_ name: String) -> String? { byExtension[pathExtension(name)] }
}
