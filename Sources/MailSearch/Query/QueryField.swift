/// What stands before a colon in a query.
enum QueryField: Hashable {
    case text(TextColumns)
    case filename
    case type
    case list
    case account
    case mailbox
    case property
    case has
    case tag(TagKinds)
    case date
    case after
    case before
    case on
    case newer
    case older
    case size
    case larger
    case smaller
    case id
    case messageID
    case thread
    case saved

    /// INTERFACE's names first, then notmuch's, mu's (with its single letters) and Gmail's for the same things.
    static let names: [String: QueryField] = [
        "from": .text(.from), "to": .text(.to), "cc": .text(.cc), "bcc": .text(.bcc),
        "participant": .text(.participants), "participants": .text(.participants), "contact": .text(.participants),
        "with": .text(.participants), "recip": .text(.recipients), "recipient": .text(.recipients),
        "subject": .text(.subject), "body": .text(.body), "attachment": .text(.attachment),
        "f": .text(.from), "t": .text(.to), "c": .text(.cc), "h": .text(.bcc), "r": .text(.recipients),
        "s": .text(.subject), "b": .text(.body),
        "filename": .filename, "file": .filename, "j": .filename,
        "type": .type, "mimetype": .type, "mime": .type, "y": .type,
        "list": .list, "listid": .list, "list-id": .list, "v": .list,
        "account": .account,
        "in": .mailbox, "folder": .mailbox, "mailbox": .mailbox, "maildir": .mailbox, "path": .mailbox, "m": .mailbox,
        "is": .property, "flag": .property, "g": .property,
        "has": .has,
        "keyword": .tag(.keyword), "tag": .tag(.any), "x": .tag(.any), "label": .tag(.label),
        "date": .date, "d": .date,
        "after": .after, "since": .after, "before": .before, "on": .on,
        "newer": .newer, "newer_than": .newer, "newer-than": .newer,
        "older": .older, "older_than": .older, "older-than": .older,
        "size": .size, "z": .size,
        "larger": .larger, "larger_than": .larger, "larger-than": .larger, "bigger": .larger,
        "smaller": .smaller, "smaller_than": .smaller, "smaller-than": .smaller,
        "id": .id,
        "mid": .messageID, "msgid": .messageID, "messageid": .messageID, "message-id": .messageID,
        "rfc822msgid": .messageID, "i": .messageID,
        "thread": .thread, "threadid": .thread, "thread-id": .thread,
        "query": .saved,
    ]

    /// The names that a hint may offer: those that are words.
    static let shownNames = [
        "from", "to", "cc", "bcc", "participant", "subject", "body", "attachment", "filename", "type", "list",
        "account", "in", "folder", "mailbox", "is", "has", "keyword", "tag", "label", "date", "after", "before", "on",
        "newer", "older", "larger", "smaller", "id", "mid", "thread", "query",
    ]
}
