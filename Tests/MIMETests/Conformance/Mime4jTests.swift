import Foundation
import Testing

@testable import MIME

/// Apache James Mime4j's messages: their leaves, in order, and the octets of each.
@Suite struct Mime4jConformance {
    @Test func leavesOfMime4j() {
        guard let folder = CorpusFolder.folder("mime/james-mime4j") else { return }
        var tally = ConformanceTally(source: "mime4j")
        for path in CorpusFolder.files(below: folder) where path.hasSuffix(".msg") {
            let stem = String(path.dropLast(4))
            let tree = folder.appending(path: stem + "_decoded.xml")
            guard FileManager.default.fileExists(atPath: tree.path(percentEncoded: false)) else { continue }
            let own = PartTexts(CorpusFolder.bytes(folder.appending(path: path)))
            let xml = String(decoding: CorpusFolder.bytes(tree), as: UTF8.self)
            let names = xml.matches(of: /<(?:text|binary)-body name="([^"]+)"/).map { String($0.1) }
            var differences: [String] = []
            if names.count != own.leaves.count {
                differences.append("\(own.leaves.count) leaves for \(names.count): \(own.shape)")
            } else {
                let base = tree.deletingLastPathComponent()
                for (leaf, name) in zip(own.leaves, names) {
                    let expected = CorpusFolder.bytes(base.appending(path: name))
                    if !Self.isSame(leaf, expected) {
                        differences.append(
                            "\(leaf.partID) \(leaf.mediaType): \(Self.show(leaf.octets)) for \(Self.show(expected))")
                    }
                }
            }
            tally.add(stem, differences)
        }
        tally.report()
        let unexplained = tally.unexplained(Mime4jReasons.all)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    private static func isSame(_ leaf: PartTexts.Leaf, _ expected: [UInt8]) -> Bool {
        if leaf.octets == expected { return true }
        let theirs = String(decoding: expected, as: UTF8.self).comparable
        return String(decoding: leaf.octets, as: UTF8.self).comparable == theirs || leaf.text?.comparable == theirs
    }

    private static func show(_ octets: [UInt8]) -> String {
        "\(octets.count) \(String(decoding: octets.prefix(50), as: UTF8.self).debugDescription)"
    }
}
