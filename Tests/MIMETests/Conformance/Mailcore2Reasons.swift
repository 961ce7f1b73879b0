/// Where Trawl reads a message of MailCore 2's otherwise, and why.
enum Mailcore2Reasons {
    private static let forwarded = "their text shows the names of a forwarded message's fields"
    private static let html = "of alternatives they read the HTML, with its footer; Trawl the plain text"
    private static let cut = "they decode each line by itself and cut a character, or join link texts with what follows"
    private static let noSlash = "a Content-Type without a slash is text/plain (RFC 2045 §5.2)"

    static let summaries: [String: String] = [
        "2113-formatting": forwarded,
        "1798-korean": forwarded,
        "2135-korean": cut,
        "3424-encoding": "their text shows an attachment's size in their wording",
        "5229-cyrillic-asian": html,
        "5231-emoji": "a character outside of ISO-2022-JP's sets, which each side reads in its own way",
        "6144-russian": html,
        "965-email-rendering": cut,
        "989-encoding-5": cut,
    ]

    static let parser: [String: String] = [
        "mbox/jwz/1": noSlash,
        "mbox/jwz/29": noSlash,
        "mbox/jwz/134": noSlash,
        "mbox/jwz/125": "a zone name in lower case is a zone name",
        "mbox/jwz/44": "a zone name in lower case is a zone name",
        "mbox/jwz/43": "JST is nine hours east",
        "mbox/jwz/145": "JST is nine hours east",
        "mbox/jwz/40": "a part of a digest that names a type of its own has that type",
        "mbox/jwz/41": "parts are found under a wrong boundary parameter too",
    ]
}
