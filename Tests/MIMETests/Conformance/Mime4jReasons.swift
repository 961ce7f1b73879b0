/// Where Trawl reads a message of mime4j's otherwise, and why.
enum Mime4jReasons {
    static let all: [String: String] = [
        "mimetools-testmsgs/frag": "base64 cut off by a broken boundary: the letters of that line are read too",
        "mimetools-testmsgs/multi-frag":
            "base64 with a spoiled boundary under it: the letters of that line are read too",
        "testmsgs/malformedHeader-noheader": "a message without a header is all body, no line of it lost",
        "testmsgs/malformedHeaderStartsBody-noheader": "a message without a header is all body, no line of it lost",
        "testmsgs/malformedHeaderStartsBody-nocrlfcrlf":
            "a line that is no field, with fields after it, is a badly folded one and not the body's start",
    ]
}
