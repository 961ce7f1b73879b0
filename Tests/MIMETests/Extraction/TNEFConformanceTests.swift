import Foundation
import MIME
import Testing

/// MimeKit's winmail.dat and yEnc files.
struct TNEFConformanceTests {
    /// Lists that name less than the files hold.
    private static let reasons: [String: String] = [
        "long-filename": "the list leaves out allproductsmar2000.dat, the attachment the file is named for",
        "missing-filenames": "the list leaves out four attachments that have names in their properties",
    ]

    @Test func namesOfAttachments() throws {
        guard let folder = TextCorpus.folder("mimekit/tnef") else { return }
        var agreed = 0
        var differing: [String] = []
        var stale = Set(Self.reasons.keys)
        for file in TextCorpus.files(folder, ".tnef") {
            let stem = file.deletingPathExtension()
            let list = TextCorpus.text(stem.appendingPathExtension("list")).split(separator: "\n").map(String.init)
            // The bodies are files there.
            let expected = list.filter { !$0.hasPrefix("body.") }.sorted()
            let found = try #require(
                AttachmentText.extract(TextCorpus.bytes(file), mediaType: "application/ms-tnef", name: nil))
            #expect(list.isEmpty || list.count == expected.count || !found.text.isEmpty)
            if found.innerNames.sorted() == expected {
                agreed += 1
            } else if let reason = Self.reasons[stem.lastPathComponent] {
                stale.remove(stem.lastPathComponent)
                differing.append("  \(stem.lastPathComponent): \(reason)")
            } else {
                Issue.record("\(stem.lastPathComponent): \(found.innerNames), expected \(expected)")
            }
        }
        print("MimeKit's TNEF lists: \(agreed) agreed, \(differing.count) differ with a reason")
        for line in differing { print(line) }
        #expect(stale.isEmpty, "reasons that no case needs")
    }

    @Test func yEncodedFiles() throws {
        guard let folder = TextCorpus.folder("mimekit/yenc") else { return }
        func files(_ name: String) throws -> [InlineFile] {
            let bytes = TextCorpus.bytes(folder.appendingPathComponent(name))
            let found = bytes.withUnsafeBufferPointer { InlineEncodings.extract($0, byteLimit: 1 << 20) }
            return try #require(found).files
        }
        let parts = try files("00000020.ntx") + files("00000021.ntx")
        #expect(parts.map(\.isWhole) == [true, true])
        #expect(parts.flatMap(\.bytes) == TextCorpus.bytes(folder.appendingPathComponent("joystick.jpg")))
        #expect(try files("simple.msg") == files("state-changes.ntx"))
        #expect(try files("simple.msg").map(\.isWhole) == [true])
        print("MimeKit's yEnc files: 4 agreed")
    }
}
