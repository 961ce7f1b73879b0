import MailIndex
import MailSearch
import Presentation

/// `{"name", "email", "count"}`.
public enum AddressJSON {
    public static func write(_ entry: AddressEntry, to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(entry.name)
        json.key("email")
        json.string(entry.email)
        json.key("count")
        json.integer(entry.count)
        json.endObject()
    }
}

/// JMAP's answer to `/changes` (RFC 8620 §5.2).
public enum ChangesJSON {
    public static func write(_ changes: EmailChanges, to json: inout JSONWriter) {
        json.beginObject()
        json.key("oldState")
        json.string(changes.oldState)
        json.key("newState")
        json.string(changes.newState)
        json.key("hasMoreChanges")
        json.bool(changes.hasMoreChanges)
        json.key("created")
        json.strings(changes.created.lazy.map(\.description))
        json.key("updated")
        json.strings(changes.updated.lazy.map(\.description))
        json.key("destroyed")
        json.strings(changes.destroyed.lazy.map(\.description))
        json.endObject()
    }
}

/// The parsed query, for `explain`.
public enum ExplainJSON {
    /// `{"query": what was typed, "parsed": the condition on one line, "tree": its lines}`; with an explanation of an
    /// index also `"match"` (FTS5's expression, or null), `"condition"` (SQL's, or null), `"plan"` and `"notices"`.
    public static func write(_ query: SearchQuery, _ explanation: QueryExplanation?, to json: inout JSONWriter) {
        json.beginObject()
        json.key("query")
        json.string(query.source)
        json.key("parsed")
        json.string(query.root.description)
        json.key("tree")
        json.strings(query.root.tree.split(separator: "\n").lazy.map(String.init))
        if let explanation {
            json.key("match")
            json.string(explanation.match)
            json.key("condition")
            json.string(explanation.condition)
            json.key("plan")
            json.strings(explanation.plan)
            json.key("notices")
            json.strings(explanation.notices)
        }
        json.endObject()
    }
}

/// Base64 (RFC 4648 §4), with padding.
public enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
            var written = 0
            func put(_ value: UInt8) {
                output[written] = alphabet[Int(value & 0x3F)]
                written += 1
            }
            var index = 0
            while index + 2 < bytes.count {
                let (a, b, c) = (bytes[index], bytes[index + 1], bytes[index + 2])
                put(a >> 2)
                put(a << 4 | b >> 4)
                put(b << 2 | c >> 6)
                put(c)
                index += 3
            }
            if index < bytes.count {
                let a = bytes[index]
                let b = index + 1 < bytes.count ? bytes[index + 1] : 0
                put(a >> 2)
                put(a << 4 | b >> 4)
                if index + 1 < bytes.count {
                    put(b << 2)
                } else {
                    output[written] = UInt8(ascii: "=")
                    written += 1
                }
                output[written] = UInt8(ascii: "=")
                written += 1
            }
            return written
        }
    }
}
