import Glibc
import TestSupport
import Testing

@testable import TrawlService

@Suite struct ImportCacheTests {
    private func cache(_ folder: String) -> ImportCache {
        ImportCache(source: "/mail/a\nb%", mailbox: "a", data: folder)
    }

    @Test func whatIsSavedIsRead() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        var written = cache(folder)
        let entry = ImportCache.Entry(uid: 7, size: 12, stamp: 1_795_442_049_099_691_112, flags: "")
        written.set(entry, for: "x y\n%0A")
        written.set(entry, for: "gone")
        try written.save()
        written.remove("gone")
        written.setWholeFile(size: 5, stamp: 6)
        try written.save()
        var read = cache(folder)
        read.load()
        #expect(read.isOnDisk)
        #expect(read.entries == ["x y\n%0A": entry])
        #expect(read.key == written.key)
        #expect(read.wholeFile?.size == 5)
        #expect(ImportCache.known(in: folder).map(\.source) == ["/mail/a\nb%"])
    }

    @Test func aCacheOfAnotherSourceOrCutShortIsHarmless() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        var written = cache(folder)
        for number in 1...50 {
            written.set(ImportCache.Entry(uid: UInt32(number), size: 1, stamp: 2, flags: "-"), for: "m\(number)")
        }
        try written.save()
        for number in 51...90 {
            written.set(ImportCache.Entry(uid: UInt32(number), size: 1, stamp: 2, flags: "-"), for: "m\(number)")
        }
        // A second piece.
        try written.save()
        let bytes = try Files.read(written.file, limit: 1 << 20)
        var whole = cache(folder)
        whole.load()
        #expect(whole.entries.count == 90)
        var counts: Set<Int> = []
        for length in 0..<bytes.count {
            try write(Array(bytes[..<length]), to: written.file)
            var read = cache(folder)
            read.load()
            counts.insert(read.entries.count)
            #expect(read.entries.allSatisfy { $0.key == "m\($0.value.uid)" })
        }
        #expect(counts == [0, 50])
        // Damaged: whatever it says, no crash, and no lengths believed.
        var random = SeededRandom.announced("damaged import caches")
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0..<3 {
                damaged[Int.random(in: 60..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            try write(damaged, to: written.file)
            var read = cache(folder)
            read.load()
            #expect(read.entries.count <= 120)
        }
    }

    @Test func foldersAreAsTheyWereUntilSomethingIsWrittenBehind() throws {
        let temporary = try TemporaryFolder()
        var written = cache(temporary.path)
        let stamps: [Int64] = [1_795_442_049_099_691_112, 0, -5]
        #expect(written.count(ifFoldersAre: stamps) == nil)
        for number in 1...50 {
            written.set(ImportCache.Entry(uid: UInt32(number), size: 1, stamp: 2, flags: "-"), for: "m\(number)")
        }
        try written.save()
        #expect(written.count(ifFoldersAre: stamps) == nil)
        written.setFolders(stamps)
        try written.save()
        #expect(written.count(ifFoldersAre: stamps) == 50)
        #expect(written.count(ifFoldersAre: [1, 0, -5]) == nil)
        #expect(
            ImportCache(source: "/mail/other", mailbox: "a", data: temporary.path).count(ifFoldersAre: stamps) == nil)
        var read = cache(temporary.path)
        read.load()
        #expect(read.entries.count == 50)
        let bytes = try Files.read(written.file, limit: 1 << 20)
        for length in 0..<bytes.count {
            try write(Array(bytes[..<length]), to: written.file)
            #expect(read.count(ifFoldersAre: stamps) == nil)
        }
        try write(bytes, to: written.file)
        written.remove("m3")
        try written.save()
        #expect(written.count(ifFoldersAre: stamps) == nil)
        // Written anew as a whole.
        for number in 1...50 { written.remove("m\(number)") }
        for number in 1...1_200 {
            written.set(ImportCache.Entry(uid: UInt32(number), size: 1, stamp: 2, flags: "-"), for: "n\(number)")
            written.set(ImportCache.Entry(uid: UInt32(number), size: 2, stamp: 2, flags: "-"), for: "n\(number)")
            written.set(ImportCache.Entry(uid: UInt32(number), size: 3, stamp: 2, flags: "-"), for: "n\(number)")
        }
        written.setFolders(stamps)
        try written.save()
        #expect(written.count(ifFoldersAre: stamps) == 1_200)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}
