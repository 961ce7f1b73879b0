import Foundation
import Testing

@testable import MIME

/// Trawl and Python's email package on the same real mail: what they read differently is counted by class.
@Suite struct PythonDifferential {
    /// Of a thousand messages, how many may differ in each class. Each class has its reason.
    private static let allowed: [String: (permille: Int, reason: String)] = [
        "subject": (3, "8-bit subjects and encoded words with faults, which Trawl decodes"),
        "date": (3, "dates that Python reads without their zone name, or not at all"),
        "addresses": (5, "addresses without brackets or with broken quotes"),
        "id": (3, "identifiers broken over two lines"),
        "parts": (5, "boundaries that are missing or in the wrong place, nested messages that are encoded"),
        "text": (15, "text that is not in the charset of its label, base64 with a footer under it"),
    ]

    @Test(arguments: ["blinux-list", "linux-man", "usrp-users"])
    func listMailIsReadAsPythonReadsIt(_ list: String) throws {
        guard let folder = CorpusFolder.folder("lists") else { return }
        let archive = folder.appending(path: list + ".mbox.gz").path(percentEncoded: false)
        guard let rows = Self.run(["python3", "-c", PythonEmail.script, archive]),
            let mbox = Self.run(["gzip", "-dc", archive])
        else {
            print("skipped: python3 or gzip is not here")
            return
        }
        let messages = Self.split(mbox)
        let lines = rows.split(separator: 0x0A)
        #expect(messages.count == lines.count)
        var counts: [String: Int] = [:]
        var examples: [String] = []
        for (message, line) in zip(messages, lines) {
            guard let row = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else { continue }
            if row["failed"] != nil {
                counts["python failed", default: 0] += 1
                continue
            }
            for (kind, detail) in Self.differences(message, row) {
                counts[kind, default: 0] += 1
                if examples.count < 40 { examples.append("\(kind): \(detail)") }
            }
        }
        print("differential \(list): \(messages.count) messages, \(counts.sorted { $0.key < $1.key })")
        if ProcessInfo.processInfo.environment["TRAWL_DIFFERENTIAL"] != nil {
            for example in examples { print("  " + example) }
        }
        for (kind, bound) in Self.allowed {
            #expect(counts[kind, default: 0] * 1000 <= messages.count * bound.permille, Comment(rawValue: kind))
        }
    }

    private static func differences(_ bytes: [UInt8], _ row: [String: Any]) -> [(String, String)] {
        var result: [(String, String)] = []
        func expect(_ kind: String, _ mine: String, _ theirs: String) {
            if mine == theirs { return }
            result.append((kind, "\(mine.prefix(100).debugDescription) for \(theirs.prefix(100).debugDescription)"))
        }
        let own = PartTexts(bytes)
        let message = own.message
        expect("subject", message.subject.words.joined(separator: " "), row["subject"] as? String ?? "")
        expect(
            "date", message.date.map { String($0.secondsSince1970) } ?? "none",
            (row["date"] as? Int).map { String($0) } ?? "none")
        for (key, list) in [("from", message.from), ("to", message.to), ("cc", message.cc)] {
            let theirs = row[key] as? [String] ?? []
            expect(
                "addresses", list.map(\.email).filter { !$0.isEmpty }.joined(separator: ","),
                theirs.joined(separator: ","))
        }
        expect("id", message.messageIDs.first ?? "", row["id"] as? String ?? "")
        let types = row["types"] as? [String] ?? []
        expect("parts", own.leaves.map(\.mediaType).joined(separator: ","), types.joined(separator: ","))
        let texts = row["texts"] as? [Any] ?? []
        if own.leaves.count == texts.count {
            for (leaf, text) in zip(own.leaves, texts) {
                guard let text = text as? String, let mine = leaf.text else { continue }
                let theirs = text.comparable
                if mine.comparable != theirs {
                    let common = zip(mine.comparable, theirs).prefix { $0 == $1 }.count
                    expect("text", String(mine.comparable.dropFirst(common)), String(theirs.dropFirst(common)))
                }
            }
        }
        return result
    }

    private static func run(_ arguments: [String]) -> [UInt8]? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? [UInt8](data) : nil
    }

    /// The messages of an mboxrd file, one quoting mark taken from each `>From ` line.
    private static func split(_ mbox: [UInt8]) -> [[UInt8]] {
        let mark = Array("From ".utf8)
        var messages: [[UInt8]] = []
        var current: [UInt8] = []
        var start = 0
        var afterBlank = true
        var isOpen = false
        while start < mbox.count {
            let end = mbox[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? mbox.count
            var line = mbox[start..<end]
            if afterBlank, line.starts(with: mark) {
                if isOpen { messages.append(current) }
                current.removeAll(keepingCapacity: true)
                isOpen = true
                // A file that opens with a message has no empty line before it.
                afterBlank = false
                start = end
                continue
            }
            if line.first == 0x3E, line.drop(while: { $0 == 0x3E }).starts(with: mark) { line = line.dropFirst() }
            current.append(contentsOf: line)
            afterBlank = line.count == 1 || line.count == 2 && line.first == 0x0D
            start = end
        }
        if isOpen { messages.append(current) }
        return messages
    }
}
