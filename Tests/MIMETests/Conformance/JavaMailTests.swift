import Foundation
import Testing

@testable import MIME

/// JavaMail's tables of address lists and parameters.
@Suite struct JavaMailConformance {
    private struct Row {
        var field: String
        var body: [UInt8]
        var expected: [String]
    }

    @Test func addressLists() {
        guard let folder = CorpusFolder.folder("mime/javamail/javax/mail/internet") else { return }
        var tally = ConformanceTally(source: "javamail addresses")
        for (index, row) in Self.rows(folder.appending(path: "addrlist")).enumerated() {
            let list = row.body.withUnsafeBytes { AddressParser.parse($0).addresses }
            let mine = list.map { $0.email.isEmpty ? $0.name ?? "" : $0.email }
            tally.add("\(index)", mine == row.expected ? [] : ["\(mine) for \(row.expected)"])
        }
        tally.report()
        let unexplained = tally.unexplained(JavaMailReasons.addresses)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    @Test(arguments: ["paramdata", "paramdatanostrict"])
    func parameters(_ name: String) {
        guard let folder = CorpusFolder.folder("mime/javamail/javax/mail/internet") else { return }
        var tally = ConformanceTally(source: "javamail \(name)")
        for (index, row) in Self.rows(folder.appending(path: name)).enumerated() {
            let value = row.body.withUnsafeBytes { ParameterParser.parse($0) }
            let mine = value.parameters.map { "\($0.name)=\($0.value)" }.sorted()
            let theirs = row.expected.map(\.self).sorted()
            tally.add("\(index)", mine == theirs ? [] : ["\(mine) for \(theirs)"])
        }
        tally.report()
        let unexplained = tally.unexplained(
            name == "paramdata" ? JavaMailReasons.parameters : JavaMailReasons.looseParameters)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    /// Blocks of `Name: body` and `Expect: N` with N lines; those that expect an exception are left out: Trawl throws
    /// none.
    private static func rows(_ url: URL) -> [Row] {
        var rows: [Row] = []
        var pending: Row?
        var isExpecting = false
        let bytes = CorpusFolder.bytes(url)
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("Comment:") || text.hasPrefix("Strict:") || text.hasPrefix("From ") || text.isEmpty {
                if isExpecting, let row = pending {
                    rows.append(row)
                    pending = nil
                }
                isExpecting = false
                if !text.hasPrefix("From ") { pending = nil }
            } else if text.hasPrefix("Expect:") {
                isExpecting = true
                if text.contains("Exception") { pending = nil }
            } else if text.hasPrefix("\t") || text.hasPrefix(" ") {
                if isExpecting {
                    pending?.expected.append(text.trimmingCharacters(in: .whitespaces))
                } else {
                    pending?.body.append(0x0A)
                    pending?.body.append(contentsOf: line)
                }
            } else if let colon = line.firstIndex(of: 0x3A) {
                if isExpecting, let row = pending { rows.append(row) }
                isExpecting = false
                pending = Row(
                    field: String(decoding: line[..<colon], as: UTF8.self), body: Array(line[(colon + 1)...]),
                    expected: [])
            }
        }
        if isExpecting, let row = pending { rows.append(row) }
        return rows
    }
}
