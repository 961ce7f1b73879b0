import Presentation

/// What F1 shows.
enum HelpText {
    static let lines: [StyledLine] =
        [StyledLine("Search as you type", .heading), StyledLine()] + section("Anywhere", anywhere)
        + section("Typing", typing) + section("Preview (Tab) and reader (Enter)", reading)
        + section("Queries", queries)

    private static let anywhere = [
        ("Enter", "read the message"), ("Up Down, ^P ^N", "the message before, the next"),
        ("PgUp PgDn Home End", "through the results"), ("Tab", "to the preview and back"),
        ("^T", "its thread; Esc goes back"), ("^Y", "copy its id, which is printed at the end, too"),
        ("^O", "open it in $PAGER"), ("Alt-M", "open it in neomutt or mutt"),
        ("^L ^Z", "draw anew, suspend"), ("Esc, ^C, ^Q", "quit"),
    ]

    private static let typing = [
        ("^A ^E", "to the line's start, end"), ("Left Right", "by a character; with Ctrl or Alt by a word"),
        ("^U ^K", "delete to the start, to the end"), ("^W", "delete a word"),
        ("Alt-P Alt-N", "the query before, the next"),
    ]

    private static let reading = [
        ("Up Down, j k", "by a line"), ("Space b", "by a page"), ("g G", "to the top, to the end"),
        ("n N", "to the next match, to the one before"), ("J K", "the next message, the one before"),
        ("t y o m", "thread, copy, pager, mutt"), ("q, Esc", "back"),
    ]

    private static let queries = [
        ("invoice acme", "both words; the last may be half typed"), ("\"exact words\"", "a phrase"),
        ("a OR b, -c", "one of them; without"), ("from: to: subject:", "in a field"),
        ("in:inbox is:unread", "by mailbox, by flag"), ("after:2024-03 newer:7d", "by date"),
        ("has:attachment", "with a file"),
    ]

    private static func section(_ title: String, _ keys: [(String, String)]) -> [StyledLine] {
        [StyledLine(title, .heading)]
            + keys.map { key, meaning in
                var line = StyledLine("  " + DisplayWidth.fit(key, to: 24), .date)
                line.append(meaning)
                return line
            } + [StyledLine()]
    }
}
