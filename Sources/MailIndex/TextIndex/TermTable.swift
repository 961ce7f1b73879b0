import MailSearch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The terms of many documents, each with the places where it stands: what a segment of the text index is written from.
///
/// A look-up meets one slot of a table without chains, and then one record that holds the term beside what it was last
/// seen with. Places are written one after another into slices, each twice as long as the one before, as Lucene's block
/// pools are; nothing is moved and nothing is allocated for a token. Not safe to use from two threads at once.
///
/// The record of a term, in units of eight bytes: ``Field``'s numbers, the term's bytes and zeros up to the next eight,
/// the first slice. A slice ends with the place of the next one, 4 bytes. What slices hold, of each document: a 0 if it
/// is not the first, the document's ordinal less that of the one before (a varint), and FTS5's position list without its
/// size (no varint of it begins with 0).
struct TermTable: ~Copyable {
    /// Offsets of a record's numbers.
    enum Field {
        /// The ordinal of the last document, and the last position in it: 4 bytes each.
        static let document = 0
        static let position = 4
        /// Where the next byte goes, and where the slice ends: 4 bytes each.
        static let cursor = 8
        static let limit = 12
        /// How many documents: 4 bytes.
        static let documents = 16
        /// The last column, the term's length, the slice's binary order: 1 byte each.
        static let column = 20
        static let length = 21
        static let order = 22
        static let end = 24
    }

    /// What stands before it is zeros: a record that is read ahead for tokens that have none.
    private static let firstRecord = Field.end
    private static let firstSlice = 16
    private static let leastOrder: UInt8 = 4
    /// Slices have at most 4 KiB.
    private static let mostOrder: UInt8 = 12
    private static let link = 4
    /// A place in a document adds at most so many bytes: the end of the document before, two varints of 32 bits, and a
    /// column of up to 127.
    private static let longestPlace = 1 + 5 + 2 + 5
    private static let leastSlots = 1 << 10
    /// Taken from the machine as it is filled.
    private static let leastBytes = 1 << 20
    private static let keptBytes = 4 << 20

    /// Half a record's offset in the upper half, the hash in the lower; 0 for none. No record is at offset 0.
    private var slots: UnsafeMutablePointer<UInt64>
    private var slotCount: Int
    /// From the C library's heap, as all that Swift allocates with small alignments.
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    /// Bytes in use.
    private(set) var byteCount: Int
    private(set) var termCount = 0
    /// Of no meaning: what is read ahead must go somewhere.
    private var touched: UInt64 = 0

    init() {
        slotCount = Self.leastSlots
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        capacity = Self.leastBytes
        memory = .allocate(byteCount: capacity, alignment: 8)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.firstRecord)
        byteCount = Self.firstRecord
    }

    deinit {
        slots.deallocate()
        free(memory)
    }

    /// Empties it; what a large one held is given back.
    mutating func removeAll() {
        if capacity > Self.keptBytes {
            self = TermTable()
            return
        }
        slots.update(repeating: 0, count: slotCount)
        byteCount = Self.firstRecord
        termCount = 0
    }

    /// Octets that it holds of the machine's memory.
    var size: Int { byteCount + slotCount * 8 }

    // MARK: Filling

    /// Adds the tokens of a batch, which stand in a column of a document.
    ///
    /// - Parameters:
    ///   - document: not smaller than those of earlier calls.
    ///   - column: of one document, not smaller than those of earlier calls.
    ///   - count: tokens of the column that have positions of their own, so far.
    mutating func add(_ batch: DocumentScanner, document: UInt32, column: UInt8, count: inout Int) {
        let tokens = batch.count
        while (termCount + tokens) * 2 > slotCount { growTable() }
        // Room for new records and for slices of those there are.
        reserve(tokens * (Field.end + DocumentScanner.longestToken + 8 + Self.firstSlice + 1 << Int(Self.mostOrder)))
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: tokens) { found in
            guard let found = found.baseAddress else { return }
            let mask = slotCount - 1
            // Each alone would wait for memory; together they wait once for their slots, once for their records, and once
            // for where these go on.
            for token in 0..<tokens { found[token] = slots[Int(batch.hashes[token]) & mask] }
            var touched: UInt64 = 0
            for token in 0..<tokens {
                touched ^= memory.load(fromByteOffset: Int(found[token] >> 32) &* 8, as: UInt64.self)
            }
            for token in 0..<tokens {
                let record = memory + Int(found[token] >> 32) &* 8
                let cursor = record.load(fromByteOffset: Field.cursor, as: UInt32.self)
                touched ^= UInt64(memory.load(fromByteOffset: Int(cursor), as: UInt8.self))
            }
            self.touched = touched
            for token in 0..<tokens {
                if batch.colocations[token] == 0 || count == 0 { count &+= 1 }
                let record = record(batch, token, found[token])
                place(record, document, column, UInt32(truncatingIfNeeded: count &- 1))
            }
        }
    }

    /// The record of a token; made where it is new. `first` is what its first slot held before the batch.
    @inline(__always)
    private mutating func record(_ batch: DocumentScanner, _ token: Int, _ first: UInt64) -> UnsafeMutableRawPointer {
        let hash = batch.hashes[token]
        let length = Int(batch.lengths[token])
        let words = batch.words + Int(batch.starts[token])
        let mask = slotCount &- 1
        var index = Int(hash) & mask
        // An empty slot may have been filled since.
        var slot = first == 0 ? slots[index] : first
        while slot != 0 {
            if UInt32(truncatingIfNeeded: slot) == hash {
                let record = memory + Int(slot >> 32) &* 8
                if isTerm(record, words, length) { return record }
            }
            index = (index &+ 1) & mask
            slot = slots[index]
        }
        let offset = byteCount
        slots[index] = UInt64(offset / 8) << 32 | UInt64(hash)
        return newRecord(offset, words, length)
    }

    @inline(__always)
    private func isTerm(
        _ record: UnsafeMutableRawPointer, _ words: UnsafeMutablePointer<UInt64>, _ length: Int
    ) -> Bool {
        guard record.load(fromByteOffset: Field.length, as: UInt8.self) == UInt8(truncatingIfNeeded: length) else {
            return false
        }
        let term = (record + Field.end).assumingMemoryBound(to: UInt64.self)
        for word in 0..<(length &+ 7) / 8 where term[word] != words[word] { return false }
        return true
    }

    private mutating func newRecord(
        _ offset: Int, _ words: UnsafeMutablePointer<UInt64>, _ length: Int
    ) -> UnsafeMutableRawPointer {
        let record = memory + offset
        let wordCount = (length &+ 7) / 8
        let slice = offset &+ Field.end &+ wordCount &* 8
        record.storeBytes(of: 0, toByteOffset: Field.document, as: UInt64.self)
        record.storeBytes(of: UInt32(truncatingIfNeeded: slice), toByteOffset: Field.cursor, as: UInt32.self)
        record.storeBytes(
            of: UInt32(truncatingIfNeeded: slice &+ Self.firstSlice &- Self.link), toByteOffset: Field.limit,
            as: UInt32.self)
        record.storeBytes(of: 0, toByteOffset: Field.documents, as: UInt64.self)
        record.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: Field.length, as: UInt8.self)
        record.storeBytes(of: Self.leastOrder, toByteOffset: Field.order, as: UInt8.self)
        let term = (record + Field.end).assumingMemoryBound(to: UInt64.self)
        for word in 0..<wordCount { term[word] = words[word] }
        byteCount = slice &+ Self.firstSlice
        termCount &+= 1
        return record
    }

    /// Notes that a term stands at a position of a document's column.
    @inline(__always)
    private mutating func place(
        _ record: UnsafeMutableRawPointer, _ document: UInt32, _ column: UInt8, _ position: UInt32
    ) {
        var room: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &room) { bytes in
            guard let out = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            var count = 0
            let documents = record.load(fromByteOffset: Field.documents, as: UInt32.self)
            let last = record.load(fromByteOffset: Field.document, as: UInt32.self)
            var lastColumn = record.load(fromByteOffset: Field.column, as: UInt8.self)
            var lastPosition = record.load(fromByteOffset: Field.position, as: UInt32.self)
            if documents == 0 || last != document {
                if documents > 0 {
                    out[0] = 0
                    count = 1
                }
                count &+= TextVarint.put(UInt64(document &- last), out + count)
                record.storeBytes(of: documents &+ 1, toByteOffset: Field.documents, as: UInt32.self)
                record.storeBytes(of: document, toByteOffset: Field.document, as: UInt32.self)
                lastColumn = 0
                lastPosition = 0
                record.storeBytes(of: 0, toByteOffset: Field.column, as: UInt8.self)
            }
            if lastColumn != column {
                out[count] = 1
                out[count &+ 1] = column
                count &+= 2
                record.storeBytes(of: column, toByteOffset: Field.column, as: UInt8.self)
                lastPosition = 0
            }
            count &+= TextVarint.put(UInt64(position &- lastPosition) &+ 2, out + count)
            record.storeBytes(of: position, toByteOffset: Field.position, as: UInt32.self)
            append(record, out, count)
        }
    }

    @inline(__always)
    private mutating func append(_ record: UnsafeMutableRawPointer, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let cursor = record.load(fromByteOffset: Field.cursor, as: UInt32.self)
        let limit = record.load(fromByteOffset: Field.limit, as: UInt32.self)
        guard Int(limit &- cursor) >= count else { return appendAcross(record, bytes, count) }
        let out = memory + Int(cursor)
        for place in 0..<count { out.storeBytes(of: bytes[place], toByteOffset: place, as: UInt8.self) }
        record.storeBytes(of: cursor &+ UInt32(truncatingIfNeeded: count), toByteOffset: Field.cursor, as: UInt32.self)
    }

    @inline(never)
    private mutating func appendAcross(
        _ record: UnsafeMutableRawPointer, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) {
        var cursor = Int(record.load(fromByteOffset: Field.cursor, as: UInt32.self))
        var limit = Int(record.load(fromByteOffset: Field.limit, as: UInt32.self))
        for place in 0..<count {
            if cursor == limit {
                let order = min(record.load(fromByteOffset: Field.order, as: UInt8.self) &+ 1, Self.mostOrder)
                let next = byteCount
                byteCount &+= 1 << Int(order)
                memory.storeBytes(of: UInt32(truncatingIfNeeded: next), toByteOffset: limit, as: UInt32.self)
                record.storeBytes(of: order, toByteOffset: Field.order, as: UInt8.self)
                cursor = next
                limit = byteCount &- Self.link
            }
            memory.storeBytes(of: bytes[place], toByteOffset: cursor, as: UInt8.self)
            cursor &+= 1
        }
        record.storeBytes(of: UInt32(truncatingIfNeeded: cursor), toByteOffset: Field.cursor, as: UInt32.self)
        record.storeBytes(of: UInt32(truncatingIfNeeded: limit), toByteOffset: Field.limit, as: UInt32.self)
    }

    private mutating func reserve(_ count: Int) {
        guard byteCount + count > capacity else { return }
        capacity = max(byteCount + count, capacity + capacity / 2)
        // The C library moves what is large without copying it. Without memory the process ends, as anywhere.
        if let resized = realloc(memory, capacity) {
            memory = resized
        } else {
            let moved = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
            moved.copyMemory(from: memory, byteCount: byteCount)
            free(memory)
            memory = moved
        }
    }

    private mutating func growTable() {
        let count = slotCount * 4
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        larger.initialize(repeating: 0, count: count)
        for old in 0..<slotCount {
            let slot = slots[old]
            guard slot != 0 else { continue }
            var index = Int(UInt32(truncatingIfNeeded: slot)) & (count - 1)
            while larger[index] != 0 { index = (index + 1) & (count - 1) }
            larger[index] = slot
        }
        slots.deallocate()
        slots = larger
        slotCount = count
    }

    // MARK: Reading

    /// The records' offsets in eight bytes, in the order of their terms.
    func sorted() -> TermOrder {
        let order = TermOrder(capacity: termCount)
        for index in 0..<slotCount where slots[index] != 0 {
            let record = slots[index] >> 32
            order.append(key(Int(record), word: 0), UInt32(truncatingIfNeeded: record))
        }
        order.sort { record, word in
            let length = Int((memory + record * 8).load(fromByteOffset: Field.length, as: UInt8.self))
            return word * 8 < length ? key(record, word: word) : 0
        }
        return order
    }

    /// Eight bytes of a term, as a number that is in the order of the bytes.
    @inline(__always)
    private func key(_ record: Int, word: Int) -> UInt64 {
        UInt64(bigEndian: (memory + record &* 8).load(fromByteOffset: Field.end &+ word &* 8, as: UInt64.self))
    }

    /// A record's term.
    @inline(__always)
    func term(_ record: UInt32) -> UnsafeBufferPointer<UInt8> {
        let start = memory + Int(record) &* 8
        return UnsafeBufferPointer(
            start: (start + Field.end).assumingMemoryBound(to: UInt8.self),
            count: Int(start.load(fromByteOffset: Field.length, as: UInt8.self)))
    }

    @inline(__always)
    func documents(_ record: UInt32) -> Int {
        Int((memory + Int(record) &* 8).load(fromByteOffset: Field.documents, as: UInt32.self))
    }

    /// What the slices of a record hold, in one piece: `body` is called with it, valid until it returns.
    @inline(__always)
    func withPlaces<R>(
        _ record: UInt32, _ scratch: inout ByteBlock, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) rethrows -> R {
        let start = memory + Int(record) &* 8
        let length = Int(start.load(fromByteOffset: Field.length, as: UInt8.self))
        let end = Int(start.load(fromByteOffset: Field.cursor, as: UInt32.self))
        let limit = Int(start.load(fromByteOffset: Field.limit, as: UInt32.self))
        var slice = Int(record) &* 8 &+ Field.end &+ (length &+ 7) / 8 &* 8
        var order = Int(Self.leastOrder)
        var sliceEnd = slice &+ (1 << order) &- Self.link
        if sliceEnd == limit {
            return try body(
                UnsafeBufferPointer(
                    start: (memory + slice).assumingMemoryBound(to: UInt8.self), count: end &- slice))
        }
        scratch.count = 0
        while sliceEnd != limit {
            scratch.append(memory + slice, sliceEnd &- slice)
            slice = Int(memory.load(fromByteOffset: sliceEnd, as: UInt32.self))
            order = min(order &+ 1, Int(Self.mostOrder))
            sliceEnd = slice &+ (1 << order) &- Self.link
        }
        scratch.append(memory + slice, end &- slice)
        return try body(UnsafeBufferPointer(start: scratch.start, count: scratch.count))
    }
}
