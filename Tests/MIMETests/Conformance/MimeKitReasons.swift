/// Where Trawl reads a message of MimeKit's mbox files otherwise, and why.
enum MimeKitReasons {
    private static let envelope = "an S/MIME envelope that hides nothing is opened"
    private static let partial = "the first piece of a message/partial is read as the message it begins"
    private static let external = "the phantom body of a message/external-body has no octets and is no part"
    private static let noSlash = "a Content-Type without a slash is text/plain (RFC 2045 §5.2)"
    private static let zone = "a zone name in lower case is a zone name"
    private static let twoSigns = "an address with two at signs is shown whole"

    /// Name of the mbox → message → reason.
    static let offsets: [String: [String: String]] = [
        "content-length": [
            "unix 13": envelope, "unix 21": envelope, "unix 22": envelope, "dos 13": envelope, "dos 21": envelope,
            "dos 22": envelope,
        ],
        "issue1189": [
            "unix 1": "a body without an empty line before it is a body", "dos 1": "as unix 1",
        ],
    ]

    static let summaries: [String: [String: String]] = [
        "content-length": ["6": twoSigns, "13": envelope, "21": envelope, "22": envelope + "; " + zone]
    ]

    static let jwz: [String: String] = [
        "1": noSlash, "29": noSlash, "134": noSlash,
        "24": partial, "42": partial, "151": partial,
        "36": external, "45": external, "90": external, "144": external,
        "44": zone,
        "86": twoSigns,
        "88": "VMS's IN%\"address\" in a To of its own, which they leave out",
        "105": envelope, "107": envelope, "108": envelope, "110": envelope, "113": envelope,
        "125": envelope + "; " + zone,
    ]

    static let jwzBodies: [String: String] = [
        "32": "their page writes each octet of the same text in UTF-8 as a character of its own",
        "45": "their text keeps text/enriched's commands, which cut words in two",
    ]
}
