/// Where Trawl reads a message of mail-parser's otherwise, and why.
enum MailParserReasons {
    static let all: [String: String] = {
        var all: [String: String] = [:]
        for (reason, stems) in rows {
            for stem in stems {
                all[stem + ".json"] = reason
                all[stem + ".crlf.json"] = reason
            }
        }
        return all
    }()

    private static let rows: [(String, [String])] = [
        (
            "8-bit octets without a label are read by the charset of the body or a guess, not as U+FFFD",
            ["legacy/010", "legacy/017", "legacy/022", "legacy/027", "legacy/033"]
        ),
        ("a multipart's parts are found with a wrong boundary parameter too", ["malformed/000"]),
        ("a multipart without parts has no children, which is written as ()", ["malformed/002", "malformed/007"]),
        ("an empty multipart is not given a part", ["malformed/005"]),
        (
            "the enclosing multipart's boundary ends the inner one, and a prefix of a boundary is none",
            ["malformed/008", "malformed/009", "malformed/012", "malformed/016"]
        ),
        ("the same boundary at two levels belongs to the outer one: a flat row instead of a nest", ["malformed/013"]),
        ("of two Date fields the first counts; the outer boundary ends the inner multipart", ["malformed/019"]),
        (
            "a boundary that differs in its end from the one announced is found all the same",
            ["malformed/020", "malformed/021"]
        ),
        ("what stands behind base64's padding is not decoded", ["thirdparty/002"]),
        ("a boundary in the midst of a line is none; CRLF forced into UTF-16 stays broken", ["thirdparty/005"]),
        ("the first piece of a message/partial is read as the message it begins", ["thirdparty/009"]),
    ]
}
