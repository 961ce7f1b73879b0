import GRDB
import MailSearch

extension IndexStore {
    /// Looks the whole index over: SQLite's own structures, the text index against the texts, and what is derived
    /// against what it is derived from. Takes seconds for 100,000 messages. Changes nothing.
    ///
    /// Checking the text index needs the write lock, so batches wait meanwhile; where the index can't be written, that
    /// part is left out, which `unchecked` tells.
    public func check() throws -> IndexCheck {
        var found = IndexCheck(problems: [])
        do {
            try read { database in
                let told = try database.texts("PRAGMA integrity_check(20)")
                found.problems += told.filter { $0 != "ok" }.map { "the file is damaged: \($0)" }
                for check in IndexConsistency.checks {
                    let count = try database.integer(check.sql) ?? 0
                    if count > 0 { found.problems.append("\(check.name): \(count)") }
                }
            }
            try checkText(&found)
            let miscounted = try read { try TextCountsCheck.differences(in: $0) }
            if miscounted > 0 {
                found.problems.append("words whose counts are wrong: \(miscounted)")
                found.textDiffers = true
            }
        } catch let error as IndexError where error.code == .damaged || error.code == .notAnIndex {
            found.problems.append(error.message)
        }
        return found
    }

    private func checkText(_ found: inout IndexCheck) throws {
        // The rank of 1 has the index compared with the texts, not with itself alone.
        let sql = "INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)"
        do {
            if let writer {
                try writer.maintain { try $0.execute(sql) }
            } else {
                let queue = try DatabaseQueue(
                    path: path, configuration: WriterConnection.configuration(options, dictionaries))
                try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
                try queue.close()
            }
        } catch {
            let error = IndexError.translatedAny(path, error)
            switch error.code {
            case .damaged:
                found.problems.append("the text index differs from the stored texts")
                found.textDiffers = true
            // That it can't be written says nothing of what it holds.
            case .readOnly, .busy, .inputOutput, .diskFull: found.unchecked = error.message
            default: throw error
            }
        }
    }

    /// Makes the text index anew from the stored texts, in one transaction. What `check` finds wrong with the text
    /// index is mended by it.
    public func rebuildText() throws {
        try requireWriter().maintain { database in
            try TextCountsWriter.forget(in: database)
            try database.execute("INSERT INTO message_text (message_text) VALUES ('rebuild')")
        }
    }
}

/// What must be true between the index's tables.
enum IndexConsistency {
    struct Check {
        /// What is wrong, to be followed by how often.
        var name: String
        /// Counts the offending rows.
        var sql: String
    }

    static let checks: [Check] = [
        Check(
            name: "messages without a document",
            sql: "SELECT count(*) FROM message WHERE document NOT IN (SELECT number FROM document)"),
        Check(
            name: "documents of more than one message",
            sql: "SELECT count(*) - count(DISTINCT document) FROM message"),
        Check(
            name: "messages whose sender is not in From",
            sql: """
                SELECT count(*) FROM message WHERE sender_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM participant
                    WHERE address_id = sender_id AND message_id = message.id AND roles & 1 = 1)
                """),
        Check(
            name: "messages without a place",
            sql: "SELECT count(*) FROM message WHERE NOT EXISTS (SELECT 1 FROM place WHERE message_id = message.id)"),
        Check(
            name: "places without a message",
            sql: "SELECT count(*) FROM place WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = message_id)"),
        Check(
            name: "places without a mailbox",
            sql: "SELECT count(*) FROM place WHERE NOT EXISTS (SELECT 1 FROM mailbox WHERE id = mailbox_id)"),
        Check(
            name: "places without flags",
            sql: "SELECT count(*) FROM place WHERE NOT EXISTS (SELECT 1 FROM flagset WHERE id = flagset_id)"),
        Check(
            name: "documents neither findable nor departed",
            sql: """
                SELECT count(*) FROM document WHERE (number IN (SELECT document FROM message))
                    = (number IN (SELECT document FROM departed))
                """),
        Check(
            name: "departed messages without a document",
            sql: "SELECT count(*) FROM departed WHERE document NOT IN (SELECT number FROM document)"),
        Check(
            name: "messages with another date than their document",
            sql: """
                SELECT count(*) FROM message JOIN document ON document.number = message.document
                WHERE message.date <> document.date OR message.id < message.date / 16
                    OR message.id > message.date / 16 + (SELECT id_drift FROM counter)
                """),
        Check(
            name: "messages further out of the order of dates than was counted",
            sql: """
                SELECT count(*)
                FROM (SELECT date, max(date) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS newest FROM message)
                WHERE newest > date + (SELECT date_disorder FROM counter)
                    OR newest > (SELECT newest_date FROM counter)
                """),
        Check(
            name: "identities without a message",
            sql: """
                SELECT count(*) FROM identity WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = abs(message_id))
                    AND NOT EXISTS (SELECT 1 FROM departed WHERE id = abs(message_id))
                """),
        Check(
            name: "messages without an identity",
            sql: """
                SELECT count(*) FROM (SELECT id FROM message UNION ALL SELECT id FROM departed) AS known
                WHERE id NOT IN (SELECT abs(message_id) FROM identity)
                """),
        Check(
            name: "identities taken for that of a message's own content",
            sql: """
                SELECT count(*) FROM identity WHERE message_id > 0
                    AND NOT EXISTS (
                        SELECT 1 FROM message JOIN document ON document.number = message.document
                        WHERE message.id = message_id AND CAST(x'63' || document.digest AS BLOB) = key)
                    AND NOT EXISTS (
                        SELECT 1 FROM departed JOIN document ON document.number = departed.document
                        WHERE departed.id = message_id AND CAST(x'63' || document.digest AS BLOB) = key)
                """),
        Check(
            name: "messages whose flags differ from their places'",
            sql: """
                SELECT count(*) FROM (
                    SELECT message.flags AS told, min(flagset.flags & 1)
                        + max(flagset.flags & 2) + max(flagset.flags & 4) + max(flagset.flags & 8)
                        + max(flagset.flags & 16) AS found
                    FROM message JOIN place ON place.message_id = message.id
                    JOIN flagset ON flagset.id = place.flagset_id GROUP BY message.id
                ) WHERE told <> found
                """),
        Check(
            name: "mailboxes whose counts are wrong",
            sql: """
                SELECT count(*) FROM mailbox WHERE message_count <>
                    (SELECT count(*) FROM place WHERE mailbox_id = mailbox.id)
                OR unseen_count <> (SELECT count(*) FROM place JOIN flagset ON flagset.id = flagset_id
                    WHERE mailbox_id = mailbox.id AND flags & 1 = 0)
                """),
        Check(
            name: "wrong counts of all messages",
            sql: "SELECT count(*) FROM counter WHERE message_count <> (SELECT count(*) FROM message)"),
        Check(
            name: "changes beyond the last",
            sql: "SELECT count(*) FROM message WHERE changed > (SELECT change FROM counter) OR created > changed"),
        Check(
            name: "tags of messages that are gone",
            sql: "SELECT count(*) FROM tagging WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = message_id)"),
        Check(
            name: "tags that no place bears",
            sql: """
                SELECT count(*) FROM tagging WHERE NOT EXISTS (
                    SELECT 1 FROM place JOIN flagset ON flagset.id = place.flagset_id
                    WHERE place.message_id = tagging.message_id AND flagset.keywords || flagset.labels <> '')
                """),
        Check(
            name: "references of messages that are gone",
            sql: "SELECT count(*) FROM reference WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = message_id)"),
        Check(
            name: "Message-IDs in more than one thread",
            sql: """
                SELECT count(*) FROM (SELECT 1 FROM reference JOIN message ON message.id = message_id
                    GROUP BY token HAVING count(DISTINCT thread_id) > 1)
                """),
        Check(
            name: "attachments of messages that are gone",
            sql: "SELECT count(*) FROM attachment WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = message_id)"),
        Check(
            name: "participants of messages that are gone",
            sql: "SELECT count(*) FROM participant WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = message_id)"),
        Check(
            name: "addresses whose counts are wrong",
            sql: """
                SELECT count(*) FROM address LEFT JOIN (
                    SELECT address_id, sum(roles & 1) AS sent, sum(roles & 14 <> 0) AS got, max(message_id) AS last
                    FROM participant GROUP BY address_id
                ) AS found ON found.address_id = address.id
                WHERE from_count IS NOT sent OR to_count IS NOT got OR last_message_id IS NOT last
                """),
        Check(
            name: "lists that are missing",
            sql: """
                SELECT count(*) FROM message JOIN document ON document.number = message.document
                LEFT JOIN list ON list.id = message.list_id
                WHERE coalesce(trawl_text(document.text, 9), '') <> coalesce(list.name, '')
                """),
    ]
}
