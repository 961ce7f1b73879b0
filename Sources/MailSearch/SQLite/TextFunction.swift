import CSQLite

/// The SQL function `trawl_text(blob, section)` of the schema: a part of a stored text; see ``TextCodec``.
enum TextFunction {
    static func register(on database: SQLiteDatabase, _ dictionaries: TextDictionaries) throws {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
        let code = sqlite3_create_function_v2(
            database.handle, "trawl_text", 2, flags, Unmanaged.passRetained(dictionaries).toOpaque(),
            { context, count, values in
                guard count == 2, let values, let data = sqlite3_user_data(context),
                    sqlite3_value_type(values[0]) == SQLITE_BLOB,
                    let section = TextCodec.Section(number: sqlite3_value_int64(values[1])),
                    let handle = sqlite3_context_db_handle(context)
                else { return sqlite3_result_null(context) }
                let dictionaries = Unmanaged<TextDictionaries>.fromOpaque(data).takeUnretainedValue()
                let start = sqlite3_value_blob(values[0])
                let size = start == nil ? 0 : Int(sqlite3_value_bytes(values[0]))
                do {
                    let bytes = UnsafeRawBufferPointer(start: start, count: size)
                    try dictionaries.withTexts(bytes, SQLiteDatabase(of: handle)) { texts in
                        let text = texts[section]
                        guard !text.isEmpty else { return sqlite3_result_null(context) }
                        sqlite3_result_text64(
                            context, text.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(text.count),
                            trawl_sqlite_transient(), UInt8(SQLITE_UTF8))
                    }
                } catch {
                    let error = error as? SQLiteError
                    sqlite3_result_error(context, error?.message ?? "a stored text can't be read", -1)
                    sqlite3_result_error_code(context, error?.code ?? SQLITE_ERROR)
                }
            }, nil, nil, { data in if let data { Unmanaged<TextDictionaries>.fromOpaque(data).release() } })
        guard code == SQLITE_OK else { throw SQLiteError(database.handle) }
    }
}
