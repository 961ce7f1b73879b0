/// The formats whose text is read.
enum AttachmentFormat: Hashable, Sendable {
    case html, markup, plain, calendar, contact, richText, transportNeutral
    case wordProcessing, spreadsheet, presentation, openDocument, book

    /// By the media type, or by the name's extension where the type tells nothing.
    init?(mediaType: String, name: String?) {
        if let format = Self.byType[mediaType] {
            self = format
            return
        }
        let tellsNothing =
            mediaType.isEmpty || Self.vagueTypes.contains(mediaType)
            || mediaType.hasPrefix("application/x-zip") || !mediaType.contains("/")
        if tellsNothing, ["winmail.dat", "win.dat"].contains(name?.lowercased()) {
            self = .transportNeutral
        } else if tellsNothing, let format = Self.byExtension(of: name) {
            self = format
        } else if mediaType.hasPrefix("text/") {
            // Any other text: rich in some way or not, it is made to be read.
            self = Self.byExtension(of: name) ?? .plain
        } else if mediaType.hasPrefix("application/"),
            mediaType.hasSuffix("+json") || mediaType.hasSuffix("+xml")
        {
            self = mediaType.hasSuffix("+xml") ? .markup : .plain
        } else {
            return nil
        }
    }

    private static let vagueTypes: Set<String> = [
        "application/octet-stream", "application/octetstream", "application/binary", "application/unknown",
        "application/x-unknown", "application/download", "application/x-download", "application/force-download",
        "application/zip", "application/save", "application/x-msdownload", "binary/octet-stream", "unknown/unknown",
        "application/data", "application/file", "application/attachment", "application/vnd.ms-excel",
        "application/msword", "application/vnd.ms-powerpoint", "application/x-msword", "application/x-msexcel",
    ]

    private static func byExtension(of name: String?) -> AttachmentFormat? {
        guard let name, let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        return extensions[name[name.utf8.index(after: dot)...].lowercased()]
    }

    private static let byType: [String: AttachmentFormat] = [
        "text/html": .html, "application/xhtml+xml": .html, "text/xml": .markup, "application/xml": .markup,
        "text/plain": .plain, "text/csv": .plain, "text/tab-separated-values": .plain, "text/markdown": .plain,
        "application/csv": .plain, "text/comma-separated-values": .plain, "application/json": .plain,
        "application/x-yaml": .plain, "application/yaml": .plain,
        "text/calendar": .calendar, "application/ics": .calendar, "text/x-vcalendar": .calendar,
        "text/vcard": .contact, "text/x-vcard": .contact, "text/directory": .contact, "application/vcard": .contact,
        "text/rtf": .richText, "application/rtf": .richText, "application/x-rtf": .richText,
        "text/richtext": .html, "text/enriched": .html,
        "application/ms-tnef": .transportNeutral, "application/vnd.ms-tnef": .transportNeutral,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": .wordProcessing,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template": .wordProcessing,
        "application/vnd.ms-word.document.macroenabled.12": .wordProcessing,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": .spreadsheet,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template": .spreadsheet,
        "application/vnd.ms-excel.sheet.macroenabled.12": .spreadsheet,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": .presentation,
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow": .presentation,
        "application/vnd.ms-powerpoint.presentation.macroenabled.12": .presentation,
        "application/vnd.oasis.opendocument.text": .openDocument,
        "application/vnd.oasis.opendocument.text-template": .openDocument,
        "application/vnd.oasis.opendocument.spreadsheet": .openDocument,
        "application/vnd.oasis.opendocument.presentation": .openDocument,
        "application/vnd.oasis.opendocument.graphics": .openDocument,
        "application/epub+zip": .book,
    ]

    private static let extensions: [String: AttachmentFormat] = [
        "html": .html, "htm": .html, "xhtml": .html, "xml": .markup,
        "txt": .plain, "text": .plain, "csv": .plain, "tsv": .plain, "md": .plain, "markdown": .plain, "log": .plain,
        "json": .plain, "yaml": .plain, "yml": .plain, "diff": .plain, "patch": .plain, "tex": .plain, "rst": .plain,
        "ics": .calendar, "vcs": .calendar, "vcf": .contact, "vcard": .contact, "rtf": .richText,
        "docx": .wordProcessing, "docm": .wordProcessing, "dotx": .wordProcessing,
        "xlsx": .spreadsheet, "xlsm": .spreadsheet, "xltx": .spreadsheet,
        "pptx": .presentation, "pptm": .presentation, "ppsx": .presentation, "potx": .presentation,
        "odt": .openDocument, "ods": .openDocument, "odp": .openDocument, "odg": .openDocument, "ott": .openDocument,
        "epub": .book,
    ]
}
