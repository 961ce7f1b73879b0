/// Where Trawl finds other leaves in a message than Python's email package, and why.
enum PythonStructureReasons {
    private static let boundary = "parts are found under a wrong boundary parameter too"
    private static let header = "a line that is no field, with fields after it, does not end the header"
    private static let emptyMessage = "a nested message without an octet is no text"
    private static let openEnd = "a boundary at the very end opens no part"

    /// Source → file → reason.
    static let all: [String: [String: String]] = [
        "flanker": ["mailformed-headers.eml": boundary],
        "james-project": [
            "filenameAndName.eml": openEnd, "mailWithLongHeaders.eml": header,
            "oneAttachmentAndSomeTextInlined.eml": header, "oneAttachmentWithSimpleContentType.eml": header,
        ],
        "notmuch": ["broken/empty-part": emptyMessage],
        "rspamd": [
            "btc2.eml": boundary, "btc3.eml": boundary, "btc4.eml": boundary, "phish_sender.eml": boundary,
            "phish_sender3.eml": boundary, "phish_sender5.eml": boundary,
        ],
        "nodemailer-mailparser": ["decoderended.eml": emptyMessage],
        "mimekit/messages": [
            "feedback-report.txt": "a byte order mark ahead of the header is passed over", "issue358.txt": header,
        ],
    ]
}
