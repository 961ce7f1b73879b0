import MailIndex
import MailSearch
import Presentation

/// What the index holds, in JSON: `status` and `mailboxes` of the socket and the command line.
public enum StatusJSON {
    /// `{"messages", "complete", "state", "bytes", "accounts": [{…, "mailboxes": […]}]}`. `lag` is the seconds since
    /// the last synchronisation that went well, `coverage` the indexed part of what the server holds, from 0 to 1.
    public static func write(_ status: IndexStatus, now: Int64, to json: inout JSONWriter) {
        json.beginObject()
        json.key("messages")
        json.integer(status.messageCount)
        json.key("complete")
        json.bool(status.isComplete)
        json.key("state")
        json.string(status.state)
        json.key("bytes")
        json.integer(status.bytes)
        json.key("accounts")
        json.beginArray()
        for account in status.accounts {
            json.beginObject()
            json.key("account")
            json.string(account.name)
            writeProgress(
                state: account.state, lastSyncAt: account.lastSyncAt, lastError: account.lastError,
                lastErrorAt: account.lastErrorAt, now: now, to: &json)
            json.key("mailboxes")
            json.beginArray()
            for mailbox in account.mailboxes {
                json.beginObject()
                write(mailbox, now: now, to: &json)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    /// `{"list": [{"account", "mailbox", …}]}`.
    public static func writeMailboxes(_ status: IndexStatus, now: Int64, to json: inout JSONWriter) {
        json.beginObject()
        json.key("list")
        json.beginArray()
        for account in status.accounts {
            for mailbox in account.mailboxes { write(mailbox, account: account.name, now: now, to: &json) }
        }
        json.endArray()
        json.endObject()
    }

    /// One mailbox by itself.
    public static func write(_ mailbox: MailboxStatus, account: String, now: Int64, to json: inout JSONWriter) {
        json.beginObject()
        json.key("account")
        json.string(account)
        write(mailbox, now: now, to: &json)
        json.endObject()
    }

    private static func write(_ mailbox: MailboxStatus, now: Int64, to json: inout JSONWriter) {
        json.key("mailbox")
        json.string(mailbox.name)
        json.key("attributes")
        json.strings(mailbox.attributes)
        json.key("messages")
        json.integer(mailbox.messageCount)
        json.key("unread")
        json.integer(mailbox.unseenCount)
        json.key("total")
        if let total = mailbox.cursor?.serverCount { json.integer(total) } else { json.null() }
        json.key("coverage")
        json.double(coverage(of: mailbox))
        json.key("complete")
        json.bool(mailbox.isComplete)
        writeProgress(
            state: mailbox.state, lastSyncAt: mailbox.lastSyncAt, lastError: mailbox.lastError,
            lastErrorAt: mailbox.lastErrorAt, now: now, to: &json)
    }

    /// The indexed part of what the server holds, from 0 to 1.
    public static func coverage(of mailbox: MailboxStatus) -> Double {
        if mailbox.isComplete { return 1 }
        guard let total = mailbox.cursor?.serverCount, total > 0 else { return mailbox.cursor == nil ? 0 : 1 }
        return min(1, Double(mailbox.messageCount) / Double(total))
    }

    private static func writeProgress(
        state: String, lastSyncAt: Int64?, lastError: String?, lastErrorAt: Int64?, now: Int64,
        to json: inout JSONWriter
    ) {
        json.key("state")
        json.string(state)
        json.key("lastSyncAt")
        if let lastSyncAt { json.date(lastSyncAt) } else { json.null() }
        json.key("lag")
        if let lastSyncAt { json.integer(max(0, now - lastSyncAt)) } else { json.null() }
        json.key("lastError")
        json.string(lastError)
        json.key("lastErrorAt")
        if let lastErrorAt { json.date(lastErrorAt) } else { json.null() }
    }
}
