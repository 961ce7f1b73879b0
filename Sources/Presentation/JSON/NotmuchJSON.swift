#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import MailSearch

/// Results in the shape of `notmuch search --format=json`: one object a thread, so that what reads that reads this.
///
/// `thread` and `query` are in Trawl's language: `trawl search thread:ID`, and `mid:` terms instead of notmuch's `id:`.
/// `tags` are notmuch's names for flags (unread, flagged, replied, draft, passed, attachment), keywords and labels, and
/// `inbox` for what lies there.
package struct NotmuchJSON {
    private let store: any IndexReading
    private let query: SearchQuery
    private let now: Int64

    package init(_ store: any IndexReading, _ query: SearchQuery, now: Int64) {
        self.store = store
        self.query = query
        self.now = now
    }

    /// - Parameter results: of a search with `threads`.
    package func write(_ results: SearchResults, to output: inout Output) throws {
        var json = JSONWriter(reserving: 65_536)
        output.write("[")
        var isFirst = true
        for hit in results.hits {
            // One a line, as notmuch has it.
            if !isFirst { output.write(",\n") }
            isFirst = false
            json.removeAll()
            try write(hit.email, to: &json)
            output.write(json.bytes)
        }
        output.write("]\n")
    }

    private func write(_ hit: Email, to json: inout JSONWriter) throws {
        let thread = try store.thread(of: hit.id)
        let matching = try store.matching(query, among: thread.map(\.id))
        let matched = thread.filter { matching.contains($0.id) || $0.id == hit.id }
        let others = thread.filter { !matching.contains($0.id) && $0.id != hit.id }
        json.beginObject()
        json.key("thread")
        json.string(hit.threadID.description)
        json.key("timestamp")
        json.integer(hit.date)
        json.key("date_relative")
        json.string(Self.relativeDate(hit.date, now: now))
        json.key("matched")
        json.integer(matched.count)
        json.key("total")
        json.integer(max(thread.count, matched.count))
        json.key("authors")
        json.string(Self.authors(matched, others))
        json.key("subject")
        json.string(Self.withoutReplyMark(hit.subject))
        json.key("query")
        json.beginArray()
        for part in [matched, others] { json.string(Self.terms(part)) }
        json.endArray()
        json.key("tags")
        json.strings(Self.tags(thread))
        json.endObject()
    }

    /// A query for exactly these; nil for none.
    private static func terms(_ emails: [Email]) -> String? {
        guard !emails.isEmpty else { return nil }
        return emails.map { email in
            guard let id = email.messageIDs.first, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }) else {
                return "id:\(email.id)"
            }
            let isPlain = id.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            return isPlain ? "mid:\(id)" : "mid:\"\(id)\""
        }.joined(separator: " OR ")
    }

    private static func authors(_ matched: [Email], _ others: [Email]) -> String {
        var known: Set<String> = []
        func names(_ emails: [Email]) -> String {
            emails.map(MessageList.sender).filter { known.insert($0).inserted }.joined(separator: ", ")
        }
        let first = names(matched)
        let rest = names(others)
        return rest.isEmpty ? first : "\(first)| \(rest)"
    }

    package static func withoutReplyMark(_ subject: String) -> String {
        var rest = subject[...]
        while rest.prefix(3).lowercased() == "re:" { rest = rest.dropFirst(3).drop { $0 == " " } }
        return String(rest)
    }

    package static func tags(_ thread: [Email]) -> [String] {
        var tags: Set<String> = []
        for email in thread {
            if !email.flags.contains(.seen) { tags.insert("unread") }
            if email.flags.contains(.flagged) { tags.insert("flagged") }
            if email.flags.contains(.answered) { tags.insert("replied") }
            if email.flags.contains(.draft) { tags.insert("draft") }
            if email.hasAttachment { tags.insert("attachment") }
            if email.places.contains(where: { $0.mailbox.lowercased() == "inbox" }) { tags.insert("inbox") }
            for keyword in email.keywords {
                tags.insert(keyword.lowercased() == "$forwarded" ? "passed" : keyword)
            }
            tags.formUnion(email.labels)
        }
        return tags.sorted()
    }

    /// As notmuch says it: `Today 10:00`, `Yest. 10:00`, `Mon. 10:00`, `November 11`, `2024-03-05`.
    package static func relativeDate(_ seconds: Int64, now: Int64) -> String {
        if seconds > now { return "the future" }
        let age = now - seconds
        if age > 180 * 86_400 { return format(seconds, "%Y-%m-%d") }
        if age < 3600 { return "\(age / 60) mins. ago" }
        if age <= 7 * 86_400 {
            let then = local(seconds)
            let today = local(now)
            if then.tm_mday == today.tm_mday, age < 86_400 { return format(seconds, "Today %R") }
            if (today.tm_wday + 7 - then.tm_wday) % 7 == 1 { return format(seconds, "Yest. %R") }
            if then.tm_wday != today.tm_wday { return format(seconds, "%a. %R") }
        }
        return format(seconds, "%B %d")
    }

    private static func local(_ seconds: Int64) -> tm {
        var time = time_t(seconds)
        var fields = tm()
        localtime_r(&time, &fields)
        return fields
    }

    private static func format(_ seconds: Int64, _ pattern: String) -> String {
        var fields = local(seconds)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, pattern, &fields)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
