import MailSearch

/// `{"total", "complete", "facets": {"senders": [{"value", "name", "count"}, …], "mailboxes", "years", "lists", "types"}}`.
///
/// A mailbox's `name` is its account's; a value without a name has none.
public enum FacetsJSON {
    public static func write(_ facets: Facets, total: Int, isComplete: Bool, to json: inout JSONWriter) {
        json.beginObject()
        json.key("total")
        json.integer(total)
        json.key("complete")
        json.bool(isComplete)
        json.key("facets")
        json.beginObject()
        json.key("senders")
        write(facets.senders, to: &json)
        json.key("mailboxes")
        write(facets.mailboxes, to: &json)
        json.key("years")
        write(facets.years, to: &json)
        json.key("lists")
        write(facets.lists, to: &json)
        json.key("types")
        write(facets.types, to: &json)
        json.endObject()
        json.endObject()
    }

    private static func write(_ counts: [Facets.Count], to json: inout JSONWriter) {
        json.beginArray()
        for count in counts {
            json.beginObject()
            json.key("value")
            json.string(count.value)
            if let name = count.name {
                json.key("name")
                json.string(name)
            }
            json.key("count")
            json.integer(count.count)
            json.endObject()
        }
        json.endArray()
    }
}
