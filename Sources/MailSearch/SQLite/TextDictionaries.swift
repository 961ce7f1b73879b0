import CSQLite
import Synchronization

/// The dictionaries of one index, read once each.
package final class TextDictionaries: Sendable {
    /// One, or a few.
    private let known = Mutex<[TextDictionary]>([])
    private let isForWriting: Bool

    package init(isForWriting: Bool) {
        self.isForWriting = isForWriting
    }

    /// The newest one that was read or made: what new texts are compressed with.
    package var newest: TextDictionary? { known.withLock { $0.max { $0.id < $1.id } } }

    package func dictionary(_ id: Int64, _ database: SQLiteDatabase) throws -> TextDictionary? {
        if let found = known.withLock({ $0.first { $0.id == id } }) { return found }
        let found = try database.withBlob("dictionary", "bytes", id) { count, read in
            try TextDictionary(id: id, count: count, isForWriting: isForWriting, fill: read)
        }
        guard let found = found ?? nil else { return nil }
        adopt(found)
        return found
    }

    /// For one that was made: what is compressed with it meanwhile is done again if its making comes to nothing.
    package func adopt(_ dictionary: TextDictionary) {
        known.withLock { known in
            known.removeAll { $0.id == dictionary.id }
            known.append(dictionary)
        }
    }

    /// For when a transaction was rolled back: each is read again where it is needed.
    package func forgetAll() { known.withLock { $0.removeAll() } }

    // MARK: Reading texts

    /// Calls `body` with the texts in a value of `document.text`.
    package func withTexts<R>(
        _ bytes: UnsafeRawBufferPointer, _ database: SQLiteDatabase, _ body: (TextCodec.Texts) throws -> R
    ) throws -> R {
        guard let result = try TextCodec.withDecoded(bytes, try dictionary(for: bytes, database), body) else {
            throw Self.unreadable
        }
        return result
    }

    package func text(_ bytes: UnsafeRawBufferPointer, _ section: TextCodec.Section, _ database: SQLiteDatabase) throws
        -> String
    {
        try withTexts(bytes, database) { String(decoding: $0[section], as: UTF8.self) }
    }

    /// Calls `body` with the fields and the preview in a value of `document.text`.
    package func withHead<R>(
        _ bytes: UnsafeRawBufferPointer, _ database: SQLiteDatabase, _ body: (TextCodec.Head) throws -> R
    ) throws -> R {
        guard let result = try TextCodec.withHead(bytes, try dictionary(for: bytes, database), body) else {
            throw Self.unreadable
        }
        return result
    }

    /// The dictionary that a value of `document.text` was compressed with; nil for none.
    package func dictionary(for bytes: UnsafeRawBufferPointer, _ database: SQLiteDatabase) throws -> TextDictionary? {
        guard let id = TextCodec.dictionaryID(bytes) else { return nil }
        return try dictionary(id, database)
    }

    static var unreadable: SQLiteError {
        SQLiteError(code: SQLITE_CORRUPT, message: "a stored text can't be read")
    }
}
