#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// What is known of one source from earlier imports, so that unchanged files are passed without being read.
///
/// One file a source in `DATA/import/`: four lines that tell the source, and pieces (``CachePiece``) of lines that tell the
/// messages, one appended after each batch that the index has committed. It can be lost at any moment: then the source is
/// read again, and messages are known again by their content. A last piece that isn't whole is ignored.
struct ImportCache: Sendable {
    /// One message of the source.
    struct Entry: Sendable, Hashable {
        var uid: UInt32
        /// Octets of the file; of an mbox's message, of that.
        var size: Int
        /// The file's time; for an mbox's message, where it begins.
        var stamp: Int64
        /// Maildir's flag letters, or a summary of the flags told in the header.
        var flags: String
    }

    static let version = "trawl-import 2"

    let file: String
    let source: String
    var mailbox: String
    var key: ContentHash.Key
    private(set) var entries: [String: Entry] = [:]
    /// Size and time of an mbox file that is wholly known.
    private(set) var wholeFile: (size: Int, stamp: Int64)?
    private(set) var isOnDisk = false
    private var pending: [UInt8] = []
    /// To be written behind the rest, as a piece of its own.
    private var pendingFolders: [UInt8] = []
    private var deadLines = 0

    static func folder(in data: String) -> String { Paths.join(data, "import") }

    init(source: String, mailbox: String, data: String) {
        self.source = source
        self.mailbox = mailbox
        key = .random()
        file = Paths.join(Self.folder(in: data), Self.fileName(source))
    }

    private static func fileName(_ source: String) -> String {
        // FNV-1a: names need to differ, no more; the path inside tells whether it is the right one.
        let hash = source.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16) + ".cache"
    }

    // MARK: Reading

    /// The header alone: which source and mailbox a cache file is of.
    static func header(of file: String) -> (source: String, mailbox: String)? {
        guard let bytes = try? Files.read(file, limit: 1 << 30) else { return nil }
        var lines = bytes.split(separator: 10, maxSplits: 4, omittingEmptySubsequences: false).makeIterator()
        guard let version = lines.next(), version.elementsEqual(Self.version.utf8), let source = lines.next(),
            let mailbox = lines.next()
        else { return nil }
        return (unescape(source), unescape(mailbox))
    }

    /// All sources that were imported before.
    static func known(in data: String) -> [(file: String, source: String, mailbox: String)] {
        ImportScanner.entries(of: folder(in: data)).compactMap { entry in
            guard entry.name.hasSuffix(".cache") else { return nil }
            let file = Paths.join(folder(in: data), entry.name)
            return header(of: file).map { (file, $0.source, $0.mailbox) }
        }
    }

    /// Reads what is on disk, if it is of this source; leaves the cache empty otherwise.
    mutating func load() {
        guard let bytes = try? Files.read(file, limit: 1 << 30) else { return }
        bytes.withUnsafeBufferPointer { load($0) }
    }

    /// What a cache file begins with.
    private struct Header {
        var source, mailbox: String
        var key: ContentHash.Key
        /// The pieces.
        var rest: Slice<UnsafeBufferPointer<UInt8>>

        /// Nil for a file of another kind or version.
        init?(_ bytes: UnsafeBufferPointer<UInt8>) {
            rest = bytes[...]
            func line(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>>? {
                guard let end = rest.firstIndex(of: 10) else { return nil }
                defer { rest = rest[(end + 1)...] }
                return rest[..<end]
            }
            guard let version = line(&rest), version.elementsEqual(ImportCache.version.utf8), let source = line(&rest),
                let mailbox = line(&rest), let keyLine = line(&rest)
            else { return nil }
            let keys = keyLine.split(separator: 0x20).compactMap {
                UInt64(String(decoding: $0, as: UTF8.self), radix: 16)
            }
            guard keys.count == 2 else { return nil }
            self.source = ImportCache.unescape(source)
            self.mailbox = ImportCache.unescape(mailbox)
            key = ContentHash.Key(a: keys[0], b: keys[1])
        }
    }

    private mutating func load(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let header = Header(bytes), header.source == source else { return }
        mailbox = header.mailbox
        key = header.key
        isOnDisk = true
        var pieces = header.rest
        while let lines = CachePiece.takeFirst(of: &pieces) {
            lines.withUnsafeBufferPointer { lines in
                entries.reserveCapacity(entries.count + lines.count / 64)
                var start = 0
                while let end = lines[start...].firstIndex(of: 10) {
                    read(lines[start..<end])
                    start = end + 1
                }
            }
        }
    }

    private mutating func read(_ line: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let first = line.first else { return }
        var at = line.startIndex + 1
        func number() -> Int64? {
            var value: Int64 = 0
            var digits = 0
            while at < line.endIndex, line[at] != 0x20 {
                guard (0x30...0x39).contains(line[at]) else { return nil }
                let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
                let (next, isStillTooLarge) = tenfold.addingReportingOverflow(Int64(line[at] - 0x30))
                guard !isTooLarge, !isStillTooLarge else { return nil }
                value = next
                digits += 1
                at += 1
            }
            at += 1
            return digits > 0 ? value : nil
        }
        switch first {
        case UInt8(ascii: "+"):
            guard let uid = number().flatMap({ UInt32(exactly: $0) }), let size = number(), let stamp = number(),
                at <= line.endIndex, let space = line[at...].firstIndex(of: 0x20)
            else { return }
            let flags = String(decoding: line[at..<space], as: UTF8.self)
            let name = Self.unescape(line[(space + 1)...])
            wholeFile = nil
            if entries.updateValue(Entry(uid: uid, size: Int(size), stamp: stamp, flags: flags), forKey: name) != nil {
                deadLines += 1
            }
        case UInt8(ascii: "-"):
            if entries.removeValue(forKey: Self.unescape(line.dropFirst())) != nil { deadLines += 2 }
        case UInt8(ascii: "="):
            guard let size = number(), let stamp = number() else { return }
            wholeFile = (Int(size), stamp)
            deadLines += 1
        case Self.foldersMark:
            deadLines += 1
        default:
            break
        }
    }

    /// How many messages the source has, if its folders are as they were when all that they named was known
    /// (``setFolders(_:)``); nil where that has to be looked at. Reads but the end of what is on disk.
    func count(ifFoldersAre stamps: [Int64]) -> Int? {
        guard let bytes = try? Files.read(file, limit: 1 << 30) else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            guard let header = Header(bytes), header.source == source else { return nil }
            guard let line = CachePiece.last(of: header.rest, atMost: Self.longestFolders),
                line.first == Self.foldersMark
            else {
                return nil
            }
            let numbers = line.dropFirst().split(separator: 0x20).compactMap {
                Int64(String(decoding: $0, as: UTF8.self))
            }
            return numbers.dropFirst().elementsEqual(stamps) ? numbers.first.flatMap { Int(exactly: $0) } : nil
        }
    }

    private static let foldersMark = UInt8(ascii: "~")
    /// Octets of the line that tells folders' times.
    private static let longestFolders = 128

    // MARK: Writing

    /// Notes the times of a Maildir's folders, when all that they name is known: a name that comes or goes changes them.
    /// Whatever is written later makes it void.
    mutating func setFolders(_ stamps: [Int64]) {
        let line = ([Int64(entries.count)] + stamps).map { String($0) }.joined(separator: " ")
        pendingFolders = [Self.foldersMark] + line.utf8 + [0x20, 10]
        deadLines += 1
    }

    mutating func set(_ entry: Entry, for name: String) {
        if entries.updateValue(entry, forKey: name) != nil { deadLines += 1 }
        wholeFile = nil
        Self.append(entry, name, to: &pending)
    }

    mutating func remove(_ name: String) {
        guard entries.removeValue(forKey: name) != nil else { return }
        deadLines += 2
        pending.append(UInt8(ascii: "-"))
        Self.appendEscaped(name, to: &pending)
        pending.append(10)
    }

    mutating func setWholeFile(size: Int, stamp: Int64) {
        wholeFile = (size, stamp)
        pending += "=\(size) \(max(stamp, 0)) \n".utf8
    }

    /// Writes what was set since, or the whole anew where most lines are dead.
    mutating func save() throws(ServiceError) {
        if isOnDisk, deadLines <= entries.count + 1000 {
            guard !pending.isEmpty || !pendingFolders.isEmpty else { return }
            let pieces = CachePiece.made(of: pending) + CachePiece.made(of: pendingFolders)
            try Self.write(pieces, to: file, append: true)
        } else {
            var bytes = Array("\(Self.version)\n".utf8)
            Self.appendEscaped(source, to: &bytes)
            bytes.append(10)
            Self.appendEscaped(mailbox, to: &bytes)
            bytes += "\n\(String(key.a, radix: 16)) \(String(key.b, radix: 16))\n".utf8
            var lines: [UInt8] = []
            // Those that come one after the other are alike.
            for (name, entry) in entries.sorted(by: { $0.value.uid < $1.value.uid }) {
                Self.append(entry, name, to: &lines)
            }
            if let wholeFile { lines += "=\(wholeFile.size) \(max(wholeFile.stamp, 0)) \n".utf8 }
            bytes += CachePiece.made(of: lines) + CachePiece.made(of: pendingFolders)
            try Files.makePrivateFolder(Paths.folder(of: file))
            try Self.write(bytes, to: file + ".new", append: false)
            guard rename(file + ".new", file) == 0 else {
                throw ServiceError(.fileUnusable, "\(file): \(Files.lastErrorText())")
            }
            isOnDisk = true
            deadLines = 0
        }
        pending.removeAll(keepingCapacity: true)
        pendingFolders.removeAll()
    }

    private static func append(_ entry: Entry, _ name: String, to lines: inout [UInt8]) {
        lines += "+\(entry.uid) \(entry.size) \(entry.stamp) \(entry.flags) ".utf8
        appendEscaped(name, to: &lines)
        lines.append(10)
    }

    private static func write(_ bytes: [UInt8], to file: String, append: Bool) throws(ServiceError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0o600)
        guard descriptor >= 0 else { throw ServiceError(.fileUnusable, "\(file): \(Files.lastErrorText())") }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { systemWrite(descriptor, $0 + written, buffer.count - written) } ?? 0
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw ServiceError(.fileUnusable, "\(file): \(Files.lastErrorText())")
            }
            written += count
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }

    // MARK: Names

    /// File names may hold anything but `/` and zero; lines may not hold line feeds.
    private static func appendEscaped(_ name: String, to bytes: inout [UInt8]) {
        for byte in name.utf8 {
            switch byte {
            case 10: bytes += "%0A".utf8
            case UInt8(ascii: "%"): bytes += "%25".utf8
            default: bytes.append(byte)
            }
        }
    }

    private static func unescape(_ bytes: some BidirectionalCollection<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.starts(with: "0A".utf8) {
                result.append(10)
                rest = rest.dropFirst(2)
            } else if byte == UInt8(ascii: "%"), rest.starts(with: "25".utf8) {
                result.append(byte)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension ImportCache {
    static func delete(_ file: String) { unlink(file) }
}
