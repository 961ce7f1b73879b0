import MailSearch

/// The writer's statements, prepared once.
///
/// Those that run while a batch's texts are put in change one row each, and none returns what it wrote (RETURNING):
/// SQLite guards any other by a savepoint, at which FTS5 writes out what it has gathered. Its part of the index would be
/// as many small ones, to be merged again.
struct WriterStatements {
    // Counters.
    let readCounter, writeCounter: SQLStatement
    // Identities and documents.
    let findIdentity, insertIdentity, deleteIdentities, deleteContentIdentity, disownIdentity: SQLStatement
    let isTaken, lastID, laterNumbers, earlierNumbers: SQLStatement
    let readLiving, readDeparted, lastDocument, insertDocument, replaceDocument, deleteDocument: SQLStatement
    let isDeparted, insertDeparted, deleteDeparted, oldDeparted, countDeparted, firstDeparted: SQLStatement
    // Messages.
    let insertMessage, readMessage, deleteMessage, updateFlags, updateChange, updateFacts: SQLStatement
    let insertDestroyed: SQLStatement
    let newestDictionary, insertDictionary, newestTexts, replaceText: SQLStatement
    // Places.
    let readPlace, insertPlace, updatePlace, flagsetsOfMessage, placesInRange, deletePlaces: SQLStatement
    let readFlagset, findFlagset, insertFlagset: SQLStatement
    // Threads.
    let threadOfToken, insertReference, deleteReference, messagesOfToken, messagesOfThread, threadSize, setThread,
        readReferences: SQLStatement
    // Facts.
    let findList, insertList, findType, insertType, insertFile, deleteFiles: SQLStatement
    let findTag, insertTag, insertTagging, deleteTagging: SQLStatement
    let findAddress, insertAddress, readAddress, updateAddress, deleteAddress, lastOfAddress, renameAddress,
        redateAddress: SQLStatement
    let insertParticipant, deleteParticipant: SQLStatement
    // Mailboxes.
    let readMailbox, setValidity, resetMailbox, dropCursor, updateCounts, updateCursor: SQLStatement

    init(_ database: SQLiteDatabase) throws {
        func make(_ sql: String) throws -> SQLStatement { try SQLStatement(database, sql) }

        readCounter = try make(
            """
            SELECT change, changes_floor, next_thread_id, message_count, id_drift, newest_date, date_disorder
            FROM counter
            """)
        writeCounter = try make(
            """
            UPDATE counter SET change = ?, changes_floor = ?, next_thread_id = ?, message_count = ?, id_drift = ?,
                newest_date = ?, date_disorder = ?
            """)

        findIdentity = try make("SELECT abs(message_id) FROM identity WHERE key = ?")
        insertIdentity = try make("INSERT OR IGNORE INTO identity (key, message_id) VALUES (?, ?)")
        deleteIdentities = try make("DELETE FROM identity WHERE message_id = -?1 AND message_id < 0")
        deleteContentIdentity = try make(
            """
            DELETE FROM identity WHERE message_id = ?1
                AND key = (SELECT CAST(x'63' || digest AS BLOB) FROM document WHERE number = ?2)
            """)
        disownIdentity = try make("UPDATE identity SET message_id = -message_id WHERE key = ? AND message_id = ?")
        isTaken = try make(
            "SELECT 1 FROM message WHERE id = ?1 UNION ALL SELECT 1 FROM departed WHERE id = ?1 LIMIT 1")
        lastID = try make(
            "SELECT max(coalesce((SELECT max(id) FROM message), 0), coalesce((SELECT max(id) FROM departed), 0))")
        laterNumbers = try make("SELECT date, id FROM message WHERE id > ? ORDER BY id LIMIT ?")
        earlierNumbers = try make("SELECT date, id FROM message WHERE id < ? ORDER BY id DESC LIMIT ?")
        func document(_ table: String) -> String {
            """
            SELECT \(StoredDocument.selected) FROM \(table) JOIN document ON document.number = \(table).document
            WHERE \(table).id = ?
            """
        }
        readLiving = try make(document("message"))
        readDeparted = try make(document("departed"))
        let marks = Array(repeating: "?", count: Int(DocumentColumns.count)).joined(separator: ", ")
        insertDocument = try make(
            "INSERT INTO document (\(DocumentColumns.names), text, number) VALUES (\(marks), ?, ?)")
        lastDocument = try make("SELECT max(number) FROM document")
        replaceDocument = try make(
            "UPDATE document SET (\(DocumentColumns.names), text) = (\(marks), ?) WHERE number = ?")
        deleteDocument = try make("DELETE FROM document WHERE number = ?")
        isDeparted = try make("SELECT 1 FROM departed WHERE id = ?")
        insertDeparted = try make("INSERT INTO departed (id, at, token, document) VALUES (?, ?, ?, ?)")
        deleteDeparted = try make("DELETE FROM departed WHERE id = ?")
        oldDeparted = try make("SELECT id, document FROM departed WHERE at < ? ORDER BY at LIMIT ?")
        countDeparted = try make("SELECT COUNT(*) FROM departed")
        firstDeparted = try make("SELECT id, document FROM departed ORDER BY at LIMIT ?")

        insertMessage = try make(
            """
            INSERT INTO message (id, date, thread_id, flags, size, attachment_count, list_id, created, changed, document,
                sender_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        readMessage = try make("SELECT flags, thread_id, created FROM message WHERE id = ?")
        deleteMessage = try make("DELETE FROM message WHERE id = ?")
        updateFlags = try make("UPDATE message SET flags = ? WHERE id = ?")
        updateChange = try make("UPDATE message SET changed = ? WHERE id = ?")
        updateFacts = try make(
            "UPDATE message SET size = ?, attachment_count = ?, list_id = ?, sender_id = ? WHERE id = ?")
        insertDestroyed = try make("INSERT INTO destroyed (change, message_id, created) VALUES (?, ?, ?)")
        newestDictionary = try make("SELECT id FROM dictionary ORDER BY id DESC LIMIT 1")
        insertDictionary = try make("INSERT INTO dictionary (id, bytes) VALUES (?, ?)")
        newestTexts = try make(
            "SELECT number, text FROM document ORDER BY number DESC LIMIT ?")
        replaceText = try make("UPDATE document SET text = ? WHERE number = ?")

        readPlace = try make("SELECT message_id, flagset_id, modseq FROM place WHERE mailbox_id = ? AND uid = ?")
        insertPlace = try make(
            "INSERT INTO place (mailbox_id, uid, message_id, flagset_id, modseq) VALUES (?, ?, ?, ?, ?)")
        updatePlace = try make(
            "UPDATE place SET message_id = ?, flagset_id = ?, modseq = ? WHERE mailbox_id = ? AND uid = ?")
        flagsetsOfMessage = try make("SELECT flagset_id FROM place WHERE message_id = ?")
        placesInRange = try make(
            "SELECT message_id, flagset_id, uid FROM place WHERE mailbox_id = ? AND uid BETWEEN ? AND ? ORDER BY uid LIMIT ?"
        )
        deletePlaces = try make("DELETE FROM place WHERE mailbox_id = ? AND uid BETWEEN ? AND ?")
        readFlagset = try make("SELECT flags, keywords, labels FROM flagset WHERE id = ?")
        findFlagset = try make("SELECT id FROM flagset WHERE flags = ? AND keywords = ? AND labels = ?")
        insertFlagset = try make("INSERT INTO flagset (flags, keywords, labels) VALUES (?, ?, ?)")

        threadOfToken = try make(
            """
            SELECT message.thread_id FROM reference JOIN message ON message.id = reference.message_id
            WHERE reference.token = ? LIMIT 1
            """)
        insertReference = try make("INSERT INTO reference (token, message_id, kind) VALUES (?, ?, ?)")
        deleteReference = try make("DELETE FROM reference WHERE token = ? AND message_id = ?")
        messagesOfToken = try make("SELECT message_id FROM reference WHERE token = ?")
        messagesOfThread = try make("SELECT id FROM message WHERE thread_id = ?")
        threadSize = try make("SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE thread_id = ? LIMIT ?)")
        setThread = try make("UPDATE message SET thread_id = ? WHERE id = ?")

        readReferences = try make(DocumentColumns.textOfMessage)

        findList = try make("SELECT id FROM list WHERE name = ?")
        insertList = try make("INSERT INTO list (name) VALUES (?)")
        findType = try make("SELECT id FROM media_type WHERE name = ?")
        insertType = try make("INSERT INTO media_type (name) VALUES (?)")
        insertFile = try make(
            "INSERT INTO attachment (message_id, ordinal, media_type_id, name) VALUES (?, ?, ?, ?)")
        deleteFiles = try make("DELETE FROM attachment WHERE message_id = ?")
        findTag = try make("SELECT id FROM tag WHERE kind = ? AND folded = ?")
        insertTag = try make("INSERT INTO tag (kind, name, folded) VALUES (?, ?, ?)")
        insertTagging = try make("INSERT OR IGNORE INTO tagging (tag_id, message_id) VALUES (?, ?)")
        deleteTagging = try make("DELETE FROM tagging WHERE tag_id = ? AND message_id = ?")

        findAddress = try make("SELECT id FROM address WHERE email = ?")
        insertAddress = try make(
            """
            INSERT INTO address (email, name, name_message_id, key, from_count, to_count, last_message_id)
            VALUES (?, '', -1, ?, 0, 0, 0)
            """)
        readAddress = try make("SELECT email, name_message_id FROM address WHERE id = ?")
        updateAddress = try make(
            """
            UPDATE address SET from_count = from_count + ?, to_count = to_count + ?,
                last_message_id = max(last_message_id, ?) WHERE id = ?
            """)
        renameAddress = try make("UPDATE address SET name = ?, name_message_id = ?, key = ? WHERE id = ?")
        redateAddress = try make("UPDATE address SET last_message_id = ? WHERE id = ?")
        lastOfAddress = try make("SELECT max(message_id) FROM participant WHERE address_id = ?")
        deleteAddress = try make(
            """
            DELETE FROM address WHERE id = ? AND NOT EXISTS (SELECT 1 FROM participant WHERE address_id = address.id)
            """)
        insertParticipant = try make("INSERT INTO participant (address_id, message_id, roles) VALUES (?, ?, ?)")
        deleteParticipant = try make("DELETE FROM participant WHERE address_id = ? AND message_id = ?")

        readMailbox = try make(
            "SELECT uid_validity, uid_next, highest_modseq, backfilled_down_to, server_count FROM mailbox WHERE id = ?")
        setValidity = try make("UPDATE mailbox SET uid_validity = ? WHERE id = ?")
        resetMailbox = try make(
            """
            UPDATE mailbox SET uid_validity = ?, uid_next = NULL, highest_modseq = NULL, backfilled_down_to = NULL,
                server_count = NULL WHERE id = ?
            """)
        dropCursor = try make("UPDATE mailbox SET uid_next = NULL, backfilled_down_to = NULL WHERE id = ?")
        updateCounts = try make(
            "UPDATE mailbox SET message_count = message_count + ?, unseen_count = unseen_count + ? WHERE id = ?")
        updateCursor = try make(
            """
            UPDATE mailbox SET uid_validity = ?, uid_next = ?, highest_modseq = ?, backfilled_down_to = ?,
                server_count = ? WHERE id = ?
            """)
    }
}
