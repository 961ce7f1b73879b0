/// A ZIP archive in memory: finds entries by name and unpacks them, within bounds.
///
/// The central directory is read where there is one; of a truncated archive, the local headers. Stored and deflated
/// entries are read, encrypted ones are not. Checksums are not verified: text that a damaged file still gives is taken.
struct ZipArchive {
    struct Entry {
        var name: String
        fileprivate var method: Int
        fileprivate var isEncrypted: Bool
        /// Nil where only the stream itself tells.
        fileprivate var packedSize: Int?
        fileprivate var headerOffset: Int
    }

    private static let nameLimit = 1024
    private static let endRecordSize = 22
    private static let localHeaderSize = 30
    private static let centralHeaderSize = 46

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var entries: [Entry] = []
    private var byName: [String: Int] = [:]
    /// How many bytes may still come out.
    private var budget: Int
    /// How many entries are looked at.
    private let entryLimit: Int
    private(set) var expandedBytes = 0
    private(set) var passedLimit = false
    private(set) var isDamaged = false

    /// Nil for what is no ZIP archive at all.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, limits: AttachmentLimits) {
        self.bytes = bytes
        budget = limits.expansion(of: bytes.count)
        entryLimit = max(0, limits.entries)
        guard bytes.count >= 4, bytes.matches("PK") else { return nil }
        if !readCentralDirectory() {
            isDamaged = true
            entries = []
            readLocalHeaders()
        }
        for (index, entry) in entries.enumerated() where byName[entry.name] == nil { byName[entry.name] = index }
    }

    func contains(_ name: String) -> Bool { byName[name] != nil }

    /// Whether an entry of this name is encrypted.
    func isEncrypted(_ name: String) -> Bool {
        byName[name].map { entries[$0].isEncrypted } ?? false
    }

    /// An entry's content; nil where there is none, or none that can be read.
    mutating func read(_ name: String) -> [UInt8]? {
        guard let index = byName[name] else { return nil }
        let entry = entries[index]
        guard !entry.isEncrypted, let start = dataStart(of: entry) else {
            isDamaged = true
            return nil
        }
        let available = bytes.count - start
        let packed = UnsafeBufferPointer(rebasing: bytes[start..<start + min(entry.packedSize ?? available, available)])
        switch entry.method {
        case 0:
            let kept = min(packed.count, budget)
            if kept < packed.count { passedLimit = true }
            spend(kept)
            return Array(packed.prefix(kept))
        case 8:
            let outcome = Inflater.inflate(packed, limit: budget)
            spend(outcome.bytes.count)
            if outcome.passedLimit {
                passedLimit = true
            } else if !outcome.isWhole {
                isDamaged = true
            }
            return outcome.bytes
        default:
            isDamaged = true
            return nil
        }
    }

    private mutating func spend(_ count: Int) {
        budget -= count
        expandedBytes += count
    }

    /// Tells in `extraction` how reading went.
    func report(in extraction: inout AttachmentExtraction) {
        extraction.isDamaged = extraction.isDamaged || isDamaged
        extraction.passedExpansionLimit = extraction.passedExpansionLimit || passedLimit
        extraction.expandedBytes = expandedBytes
    }

    // MARK: Directory

    private mutating func readCentralDirectory() -> Bool {
        guard let end = findEndRecord() else { return false }
        var count = word16(end + 10)
        var offset = word32(end + 16)
        let size = word32(end + 12)
        if offset == 0xFFFF_FFFF || count == 0xFFFF, let (count64, offset64) = readEndRecord64(before: end) {
            count = count64
            offset = offset64
        }
        // What stands ahead of the archive (a self-extractor, stray bytes) shifts all offsets alike.
        var shift = 0
        if !matches(0x0201_4B50, at: offset), end - size >= 0, matches(0x0201_4B50, at: end - size) {
            shift = end - size - offset
            offset = end - size
        }
        var position = offset
        if count > entryLimit { passedLimit = true }
        for _ in 0..<min(count, entryLimit) {
            guard matches(0x0201_4B50, at: position), position + Self.centralHeaderSize <= bytes.count else { break }
            let nameLength = word16(position + 28)
            let extraLength = word16(position + 30)
            let next = position + Self.centralHeaderSize + nameLength + extraLength + word16(position + 32)
            guard next <= bytes.count else { break }
            var packedSize = word32(position + 20)
            var headerOffset = word32(position + 42)
            readExtra64(
                from: position + Self.centralHeaderSize + nameLength, length: extraLength,
                plainSize: word32(position + 24), &packedSize, &headerOffset)
            add(
                nameStart: position + Self.centralHeaderSize, nameLength: nameLength, method: word16(position + 10),
                flags: word16(position + 8), packedSize: packedSize, headerOffset: headerOffset + shift)
            position = next
        }
        return !entries.isEmpty || entryLimit == 0
    }

    private func findEndRecord() -> Int? {
        guard bytes.count >= Self.endRecordSize else { return nil }
        var position = bytes.count - Self.endRecordSize
        let lowest = max(0, position - 0xFFFF)
        while position >= lowest {
            if matches(0x0605_4B50, at: position) { return position }
            position -= 1
        }
        return nil
    }

    private func readEndRecord64(before end: Int) -> (count: Int, offset: Int)? {
        let locator = end - 20
        guard locator >= 0, matches(0x0706_4B50, at: locator), let record = word64(locator + 8),
            matches(0x0606_4B50, at: record), record + 56 <= bytes.count, let count = word64(record + 32),
            let offset = word64(record + 48)
        else { return nil }
        return (count, offset)
    }

    /// ZIP64's field holds those of the three values, in this order, that do not fit in 32 bits.
    private func readExtra64(
        from start: Int, length: Int, plainSize: Int, _ packedSize: inout Int, _ headerOffset: inout Int
    ) {
        var position = start
        let end = min(start + length, bytes.count)
        while position + 4 <= end {
            let size = word16(position + 2)
            if word16(position) == 1 {
                var field = position + 4
                if plainSize == 0xFFFF_FFFF { field += 8 }
                if packedSize == 0xFFFF_FFFF, field + 8 <= end, let value = word64(field) {
                    packedSize = value
                    field += 8
                }
                if headerOffset == 0xFFFF_FFFF, field + 8 <= end, let value = word64(field) { headerOffset = value }
                return
            }
            position += 4 + size
        }
    }

    private mutating func readLocalHeaders() {
        var position = 0
        while let found = findLocalHeader(from: position) {
            guard entries.count < entryLimit else {
                passedLimit = true
                return
            }
            let flags = word16(found + 6)
            let nameLength = word16(found + 26)
            let dataStart = found + Self.localHeaderSize + nameLength + word16(found + 28)
            guard dataStart <= bytes.count else { return }
            let size = word32(found + 18)
            let isKnown = flags & 8 == 0 && size != 0xFFFF_FFFF
            add(
                nameStart: found + Self.localHeaderSize, nameLength: nameLength, method: word16(found + 8),
                flags: flags,
                packedSize: isKnown ? size : nil, headerOffset: found)
            position = min(dataStart + (isKnown ? size : 0), bytes.count)
        }
    }

    private func findLocalHeader(from start: Int) -> Int? {
        var from = start
        while let found = bytes.firstIndex(of: "PK\u{3}\u{4}", from: from) {
            if found + Self.localHeaderSize <= bytes.count { return found }
            from = found + 1
        }
        return nil
    }

    private mutating func add(
        nameStart: Int, nameLength: Int, method: Int, flags: Int, packedSize: Int?, headerOffset: Int
    ) {
        guard nameLength <= Self.nameLimit, nameStart + nameLength <= bytes.count else { return }
        // Some writers part folders with backslashes.
        let name = String(
            decoding: bytes[nameStart..<nameStart + nameLength].map {
                $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0
            },
            as: UTF8.self)
        entries.append(
            Entry(
                name: name, method: method, isEncrypted: flags & 1 != 0, packedSize: packedSize,
                headerOffset: headerOffset))
    }

    private func dataStart(of entry: Entry) -> Int? {
        let header = entry.headerOffset
        guard header >= 0, header <= bytes.count - Self.localHeaderSize, matches(0x0403_4B50, at: header) else {
            return nil
        }
        let start = header + Self.localHeaderSize + word16(header + 26) + word16(header + 28)
        return start <= bytes.count ? start : nil
    }

    // MARK: Numbers

    private func matches(_ signature: UInt32, at position: Int) -> Bool {
        position >= 0 && position <= bytes.count - 4 && word32(position) == Int(signature)
    }

    private func word16(_ position: Int) -> Int {
        guard position >= 0, position <= bytes.count - 2 else { return 0 }
        return Int(bytes[position]) | Int(bytes[position + 1]) << 8
    }

    private func word32(_ position: Int) -> Int {
        word16(position) | word16(position + 2) << 16
    }

    /// Nil for what no archive in memory can hold.
    private func word64(_ position: Int) -> Int? {
        guard word32(position + 4) < 0x7FFF else { return nil }
        return word32(position) | word32(position + 4) << 32
    }
}
