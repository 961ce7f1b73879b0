import Foundation
import MIME
import MailIndex
import MailSearch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Fills an index from a Maildir, parsing beside the one writer, and asks it some queries.
///
///     index-bench MAILDIR [--copies N] [--batch MESSAGES] [--data FOLDER] [--keep] [--fill-only] [--queries-only]
///     index-bench --settle-only --data FOLDER
///
/// The last does for an index that was kept what `serve` does in its idle hours.
@main
struct IndexBench {
    static func main() async throws {
        var options = Options(CommandLine.arguments.dropFirst())
        if options.settleOnly, let folder = options.data { return try settle(folder) }
        guard let maildir = options.maildir ?? (options.queriesOnly ? "" : nil) else {
            print(
                "usage: index-bench MAILDIR [--copies N] [--batch MESSAGES] [--data FOLDER] [--keep] [--fill-only] [--queries-only]"
            )
            exit(2)
        }
        let folder = options.data ?? FileManager.default.temporaryDirectory.path + "/trawl-index-bench-\(getpid())"
        options.data = folder
        if !options.queriesOnly {
            try? FileManager.default.removeItem(atPath: folder)
            try await fill(folder, from: Files.all(in: maildir), options)
        }
        if !options.fillOnly { try Queries.run(folder) }
        // What it has not made is not its to remove.
        if !options.keep, !options.queriesOnly { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Upkeep until nothing is left to do.
    private static func settle(_ folder: String) throws {
        let store = try IndexStore.open(folder, access: .readWrite)
        let octets = try store.status().bytes
        var start = Usage()
        while try store.maintain() {}
        var took = Usage() - start
        print(String(format: "merged          %.1f s, CPU %.1f s", took.wall, took.cpu))
        start = Usage()
        let isCounted = try store.countText()
        took = Usage() - start
        let grown = Double(try store.status().bytes - octets) / 1e6
        print(
            String(
                format: "counted         %@ in %.1f s, CPU %.1f s, the index larger by %.1f MB",
                isCounted ? "words" : "nothing", took.wall, took.cpu, grown))
        print("peak memory     \(Usage.peakMegabytes) MB")
        try store.close()
    }

    private static func fill(_ folder: String, from files: [String], _ options: Options) async throws {
        let store = try IndexStore.open(folder, access: .readWrite)
        let account = try store.registerAccount("local")
        let mailbox = try store.registerMailbox(MailboxDescription(name: "bench"), of: account)
        let start = Usage()
        var count = 0
        var textBytes = 0
        var uid: UInt32 = 0
        for copy in 0..<options.copies {
            let batches = stride(from: 0, to: files.count, by: options.batch).map {
                Array(files[$0..<min($0 + options.batch, files.count)])
            }
            // One batch is prepared while the one before it is written.
            var prepared: Task<[MessageDocument], Never>? = batches.first.map { first in
                Task { await Preparation.documents(first, copy: copy, store.compression) }
            }
            for index in batches.indices {
                guard let documents = await prepared?.value else { break }
                prepared =
                    index + 1 < batches.count
                    ? Task { [next = batches[index + 1]] in
                        await Preparation.documents(next, copy: copy, store.compression)
                    } : nil
                var additions: [PlacedDocument] = []
                for document in documents {
                    uid += 1
                    additions.append(
                        PlacedDocument(
                            document: document, place: Place(mailbox: mailbox, uid: uid, uidValidity: 1)))
                    textBytes += document.byteCount
                }
                count += documents.count
                // As `trawl import` does it: batches share a transaction, up to a bound.
                try await store.apply(IndexBatch(now: Preparation.now, additions: additions), isFollowed: true)
            }
            if options.copies > 1 {
                let soFar = Usage() - start
                print(
                    "  \(count) messages: \(Int(Double(count) / soFar.wall)) messages/s, \(Usage.peakMegabytes) MB peak"
                )
            }
        }
        try store.commit()
        let filled = Usage() - start
        try await store.apply(
            IndexBatch(
                now: Preparation.now,
                cursors: [MailboxCursor(mailbox: mailbox, uidValidity: 1, uidNext: uid + 1, backfilledDownTo: 1)]))
        let status = try store.status()
        print("messages        \(count), stored \(status.messageCount)")
        print("prepared bytes  \(textBytes)")
        print(String(format: "wall            %.2f s, %.0f messages/s", filled.wall, Double(count) / filled.wall))
        print(String(format: "CPU             %.2f s", filled.cpu))
        print("peak memory     \(Usage.peakMegabytes) MB")
        print(String(format: "index           %.1f MB", Double(status.bytes) / 1e6))
        if options.fillOnly {
            try store.close()
            return
        }
        let before = Usage()
        _ = try store.pack()
        let optimized = Usage() - before
        print(
            String(
                format: "optimized       %.1f MB, %.2f s more", Double(try store.status().bytes) / 1e6, optimized.wall))
        try store.close()
    }
}

struct Options {
    var maildir: String?
    var copies = 1
    var batch = IndexStore.bulkBatchMessages
    var data: String?
    var keep = false
    var fillOnly = false
    var queriesOnly = false
    var settleOnly = false

    init(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let argument = rest.popFirst() {
            switch argument {
            case "--copies": copies = rest.popFirst().flatMap { Int($0) } ?? 1
            case "--batch": batch = rest.popFirst().flatMap { Int($0) } ?? batch
            case "--data": data = rest.popFirst()
            case "--keep": keep = true
            case "--fill-only": fillOnly = true
            case "--queries-only": queriesOnly = true
            case "--settle-only": settleOnly = true
            default: maildir = argument
            }
        }
    }
}

enum Files {
    static func all(in maildir: String) -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: maildir) else { return [] }
        var files: [String] = []
        while let name = walker.nextObject() as? String {
            if name.contains("/cur/") || name.hasPrefix("cur/") || name.contains("/new/") || name.hasPrefix("new/") {
                files.append(maildir + "/" + name)
            }
        }
        return files.sorted()
    }

    static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return [] }
        let size = Int(information.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got <= 0 { break }
                count += got
            }
        }
    }
}

enum Preparation {
    static let now = Int64(time(nil))
    private static let workers = 2

    static func documents(
        _ files: [String], copy: Int, _ compression: TextCompression
    ) async -> [MessageDocument] {
        await withTaskGroup(of: [MessageDocument].self) { group in
            let part = (files.count + workers - 1) / workers
            for start in stride(from: 0, to: files.count, by: max(part, 1)) {
                let slice = files[start..<min(start + part, files.count)]
                group.addTask { slice.map { document($0, copy: copy, compression) } }
            }
            var all: [MessageDocument] = []
            for await documents in group { all += documents }
            return all
        }
    }

    private static func document(_ path: String, copy: Int, _ compression: TextCompression) -> MessageDocument {
        let bytes = Files.read(path)
        var message = MessageParser().parse(bytes)
        if copy > 0 {
            // Another message with other words at other times, for an index of more than the corpus.
            message.messageIDs = message.messageIDs.map { "\(copy).\($0)" }
            message.date?.secondsSince1970 -= Int64(copy) * 86_400 * 30
            message.text += "\ncopy\(copy)"
        }
        return MessageDocument(message, receivedAt: nil, size: bytes.count, now: now, compression: compression)
    }
}
