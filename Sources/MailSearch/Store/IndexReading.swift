/// What can be asked of an index, whoever opened it: a reader, or the store that also writes.
public protocol IndexReading: Sendable {
    /// What does the reading.
    var reader: IndexReader { get }
}

extension IndexReading {
    /// Reads in one snapshot.
    package func read<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R { try reader.read(body) }

    var totals: TotalCache { reader.totals }
    var stamps: IndexStamps { reader.stamps }
    package var dictionaries: TextDictionaries { reader.dictionaries }
}
