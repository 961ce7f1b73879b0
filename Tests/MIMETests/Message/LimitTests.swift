import Testing

@testable import MIME

/// Each limit as it is by default: what lies within is read whole, what lies past it bears a defect that names it.
@Suite struct LimitTests {
    private func codes(_ text: String) -> Set<MIMEDefect.Code> {
        Set(MessageParser().parse(Array(text.utf8)).defects.map(\.code))
    }

    private func nested(_ levels: Int) -> String {
        var text = "Subject: x\n"
        for level in 0..<levels { text += "Content-Type: multipart/mixed; boundary=b\(level)x\n\n--b\(level)x\n" }
        text += "\nthe innermost words\n"
        for level in (0..<levels).reversed() { text += "\n--b\(level)x--\n" }
        return text
    }

    @Test func depthOfAHundred() {
        let within = MessageParser().parse(Array(nested(100).utf8))
        #expect(within.text.contains("innermost") && within.defects.isEmpty)
        #expect(codes(nested(101)) == [.depthLimit])
    }

    @Test func depthOfMessagesWithinMessages() {
        func message(_ levels: Int) -> String {
            String(repeating: "Content-Type: message/rfc822\n\n", count: levels) + "Subject: innermost\n\nwords\n"
        }
        #expect(codes(message(100)).isEmpty)
        #expect(codes(message(101)) == [.depthLimit])
    }

    @Test func tenThousandParts() {
        func message(_ parts: Int) -> String {
            "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nword\n", count: parts)
                + "--b--\n"
        }
        // The multipart is a part itself.
        let within = MessageParser().parse(Array(message(9_999).utf8))
        #expect(within.defects.isEmpty && within.root.children.count == 9_999)
        let past = MessageParser().parse(Array(message(10_005).utf8))
        #expect(past.root.children.count == 9_999 && past.defects.map(\.code) == [.partLimit])
    }

    @Test func aMebibyteOfHeader() {
        func message(_ octets: Int) -> String {
            let start = "Subject: kept\nX-Filler: "
            return start + String(repeating: "x", count: octets - start.utf8.count - 1) + "\n\nbody\n"
        }
        #expect(codes(message(1 << 20)).isEmpty)
        let past = MessageParser().parse(Array(message((1 << 20) + 100).utf8))
        #expect(past.defects.map(\.code) == [.headerLimit])
        #expect(past.subject == "kept" && past.text == "body\n")
    }

    @Test func tenThousandAddresses() {
        func message(_ count: Int, _ separator: String) -> Message {
            let list = (0..<count).map { "a\($0)@example.org" }.joined(separator: separator)
            return MessageParser().parse(Array("To: \(list)\n\nbody\n".utf8))
        }
        for separator in [",", " ", ";"] {
            #expect(message(10_000, separator).defects.isEmpty)
            let past = message(10_001, separator)
            #expect(past.to.count == 10_000 && past.defects.map(\.code) == [.addressLimit])
        }
    }

    @Test func fourMebibytesOfText() {
        let line = String(repeating: "word ", count: 12) + "end\n"
        let text = String(repeating: line, count: (4 << 20) / 64)
        #expect(text.utf8.count == 4 << 20)
        let within = MessageParser().parse(Array(("Subject: x\n\n" + text).utf8))
        #expect(within.text.utf8.count == 4 << 20 && !within.isTruncated && within.defects.isEmpty)
        let past = MessageParser().parse(Array(("Subject: x\n\n" + text + "x").utf8))
        #expect(past.text.utf8.count == 4 << 20 && past.isTruncated && past.defects.map(\.code) == [.textLimit])
    }

    private func attached(_ archive: [UInt8], name: String) -> Message {
        var bytes = Array(
            "Content-Type: application/octet-stream; name=\(name)\nContent-Transfer-Encoding: binary\n\n".utf8)
        bytes += archive
        return MessageParser().parse(bytes)
    }

    @Test func anArchiveOfAHundredTimesItsSize() {
        // Zeros, a thousand to one.
        var writer = ZipWriter()
        writer.add("word/document.xml", ZipFixtures.deflatedZeros(matches: 4000), method: 8, size: 4000 * 258 + 1)
        let message = attached(writer.finished(), name: "bomb.docx")
        #expect(message.defects.map(\.code) == [.archiveLimit])
    }

    @Test func anArchiveOfSixtyFourMebibytes() {
        func archive(_ octets: Int) -> [UInt8] {
            var writer = ZipWriter()
            // Large enough that a hundred times its size is past what comes out.
            writer.add("filler", String(repeating: "x", count: 1 << 20))
            let matches = octets / 258
            writer.add("a.txt", ZipFixtures.deflatedZeros(matches: matches), method: 8, size: matches * 258 + 1)
            return writer.finished()
        }
        func read(_ octets: Int) -> (count: Int, passedLimit: Bool) {
            archive(octets).withUnsafeBufferPointer { bytes in
                var zip = ZipArchive(bytes, limits: AttachmentLimits())
                return (zip?.read("a.txt")?.count ?? 0, zip?.passedLimit ?? false)
            }
        }
        #expect(MIMELimits.default.archiveBytes == 64 << 20 && AttachmentLimits().expansionBytes == 64 << 20)
        let within = read((64 << 20) - 1000)
        #expect(!within.passedLimit && within.count > (64 << 20) - 2000)
        let past = read((64 << 20) + 1000)
        #expect(past.passedLimit && past.count == 64 << 20)
    }

    @Test func tenThousandEntriesOfAnArchive() {
        func archive(_ entries: Int) -> [UInt8] {
            var writer = ZipWriter()
            writer.add("word/document.xml", "<w:document><w:body><w:p><w:t>found</w:t></w:p></w:body></w:document>")
            for number in 1..<entries { writer.add("n\(number)", "") }
            return writer.finished()
        }
        let within = attached(archive(10_000), name: "many.docx")
        #expect(within.attachments.first?.text?.contains("found") == true && within.defects.isEmpty)
        let past = attached(archive(10_001), name: "more.docx")
        #expect(past.attachments.first?.text?.contains("found") == true)
        #expect(past.defects.map(\.code) == [.archiveLimit])
    }
}

/// A stretch of zeros as deflate packs it.
enum ZipFixtures {
    /// One fixed block: a zero, then matches of 258 octets at distance one, which take 13 bits each.
    static func deflatedZeros(matches: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.append(0b1, 1)
        bits.append(0b01, 2)
        // The literal 0: 00110000, its first bit first.
        bits.appendReversed(0b0011_0000, 8)
        // Eight matches take thirteen octets; all but the first few are copies of those before.
        let written = matches < 32 ? matches : 16 + matches % 8
        for _ in 0..<written {
            // Length 258: code 285, 11000101; distance 1: code 0, five bits.
            bits.appendReversed(0b1100_0101, 8)
            bits.appendReversed(0, 5)
        }
        bits.appendReversed(0, 7)
        let period = Array(bits.bytes[2..<min(15, bits.bytes.count)])
        let copies = [UInt8](unsafeUninitializedCapacity: (matches - written) / 8 * period.count) { buffer, count in
            count = buffer.count / period.count * period.count
            for start in stride(from: 0, to: count, by: period.count) {
                for (offset, octet) in period.enumerated() { buffer[start + offset] = octet }
            }
        }
        return bits.bytes[..<2] + copies + bits.bytes[2...]
    }

    private struct BitWriter {
        var bytes: [UInt8] = []
        var used = 8

        mutating func append(_ value: Int, _ count: Int) {
            for index in 0..<count { append((value >> index) & 1 == 1) }
        }

        mutating func appendReversed(_ code: Int, _ count: Int) {
            for index in (0..<count).reversed() { append((code >> index) & 1 == 1) }
        }

        private mutating func append(_ bit: Bool) {
            if used == 8 {
                bytes.append(0)
                used = 0
            }
            if bit { bytes[bytes.count - 1] |= 1 << UInt8(used) }
            used += 1
        }
    }
}
