import MailIndex
import MailSearch

/// Times of searches in process: the first twenty newest, with snippets and total.
enum Queries {
    static let texts = [
        "*", "invoice", "the", "report meeting", "\"next week\"", "inv*", "from:example", "subject:report",
        "is:unread", "has:attachment", "meeting OR invoice", "report -meeting", "zzzznothing", "date:2024..",
        "larger:1M", "cancion", "会議", "the quarterly", "meeting is:unread", "the is:unread", "the has:attachment",
        "from:garcia is:unread", "type:application/pdf", "filename:pdf", "filename:pdf the", "the is:flagged",
    ]

    static func run(_ folder: String) throws {
        let store = try IndexStore.open(folder, access: .readOnly)
        let context = QueryContext.local()
        print("query                     total   first ms   again ms   bare ms  by relevance ms")
        for text in texts {
            let query = try QueryParser.parse(text, context: context)
            let first = Usage()
            let total = try store.search(query).total ?? 0
            let cold = (Usage() - first).wall
            let warm = try fastest { _ = try store.search(query) }
            let bare = try fastest {
                _ = try store.search(query, options: SearchOptions(snippets: false, countsTotal: false))
            }
            let relevance = try fastest { _ = try store.search(query, options: SearchOptions(sort: .relevance)) }
            print(
                text.padded(24), String(total).padded(7), cold.milliseconds, warm.milliseconds, bare.milliseconds,
                relevance.milliseconds, separator: " ")
        }
        try store.close()
    }

    private static func fastest(_ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let start = Usage()
            try body()
            best = min(best, (Usage() - start).wall)
        }
        return best
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
}

extension Double {
    fileprivate var milliseconds: String { String(Int(self * 100_000) / 100).padded(4) + "." + fraction }
    private var fraction: String {
        let digits = Int(self * 100_000) % 100
        return (digits < 10 ? "0" : "") + String(digits) + "    "
    }
}
