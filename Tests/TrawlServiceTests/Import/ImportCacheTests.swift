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
        let bytes = try Files.read(written.file, limit: 1 << 20)
        for length in stride(from: 0, to: bytes.count, by: 17) {
            try write(Array(bytes[..<length]), to: written.file)
            var read = cache(folder)
            read.load()
            #expect(read.entries.count <= 50)
            #expect(read.entries.allSatisfy { $0.key == "m\($0.value.uid)" })
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}
