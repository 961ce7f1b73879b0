import Testing

@testable import MIME

/// S/MIME envelopes: what is signed or compressed alone is read, what is encrypted is marked.
@Suite struct EnvelopeTests {
    private func message(_ body: String, type: String = "application/pkcs7-mime; smime-type=signed-data") -> Message {
        let header = "Subject: x\nContent-Type: \(type); name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
        return MessageParser().parse(Array((header + body + "\n").utf8))
    }

    @Test func opaqueSignedTextIsRead() {
        let message = message(EnvelopeFixtures.signedText)
        #expect(message.text == "The signed invoice\n")
        #expect(message.root.protection == .signed && message.root.children.map(\.partID) == ["1.1"])
        #expect(message.attachments.map(\.name) == ["smime.p7m"] && !message.hasAttachment)
    }

    @Test func opaqueSignedTextInSegmentsIsRead() {
        #expect(message(EnvelopeFixtures.signedTextInSegments).text == "The signed invoice\n")
    }

    @Test func opaqueSignedMultipartIsRead() {
        let message = message(EnvelopeFixtures.signedMultipart)
        #expect(message.text == "The signed invoice")
        #expect(message.attachments.map(\.name) == ["sums.csv", "smime.p7m"])
        #expect(message.attachments.map(\.partID) == ["1.2", "1"])
        #expect(message.attachments.first?.text == "total,42")
    }

    @Test func compressedTextIsRead() {
        let message = message(
            EnvelopeFixtures.compressedText, type: "application/pkcs7-mime; smime-type=compressed-data")
        #expect(message.text == "The signed invoice\n" && message.root.protection == .none)
    }

    @Test func encryptedTextIsMarked() {
        let message = message(
            EnvelopeFixtures.encryptedText, type: "application/pkcs7-mime; smime-type=enveloped-data")
        #expect(message.root.protection == .encrypted && message.text.isEmpty)
        #expect(message.attachments.map(\.name) == ["smime.p7m"])
    }

    @Test func theEnvelopeTellsWhatItsLabelDoesNot() {
        #expect(message(EnvelopeFixtures.signedText, type: "application/x-pkcs7-mime").root.protection == .signed)
        #expect(message(EnvelopeFixtures.encryptedText).root.protection == .encrypted)
        let vague = message(EnvelopeFixtures.signedText, type: "application/octet-stream")
        #expect(vague.text == "The signed invoice\n")
    }

    @Test func certificatesAloneHaveNoText() {
        let message = message(
            EnvelopeFixtures.certificates, type: "application/pkcs7-mime; smime-type=certs-only")
        #expect(message.root.protection == .signed && message.text.isEmpty)
    }

    @Test func anEnvelopeAssembledFromItsPiecesIsRead() {
        let outline = PartOutline(
            mediaType: "APPLICATION/PKCS7-MIME", parameters: [("SMIME-TYPE", "signed-data"), ("NAME", "smime.p7m")],
            transferEncoding: "BASE64", body: Array(EnvelopeFixtures.signedText.utf8))
        let message = MessageParser().assemble(header: Array("Subject: x\r\n\r\n".utf8), outline: outline)
        #expect(message.text == "The signed invoice\n")
        #expect(AttachmentText.reads(mediaType: "application/pkcs7-mime", name: nil))
    }

    @Test func envelopesCutAnywhereAreRead() {
        let all = [EnvelopeFixtures.signedText, EnvelopeFixtures.signedTextInSegments, EnvelopeFixtures.compressedText]
        for fixture in all {
            let bytes = Base64.decode(Array(fixture.utf8))
            for length in 0...bytes.count {
                bytes.prefix(length).withUnsafeBytes { _ = CryptographicMessage.read($0, limit: 1 << 16) }
            }
        }
        // What is there of a text that was cut is read.
        let cut = Base64.decode(Array(EnvelopeFixtures.signedText.utf8)).prefix(120)
        let content = cut.withUnsafeBytes { CryptographicMessage.read($0, limit: 1 << 16)?.content?.string() }
        #expect(content?.hasSuffix("The signed invoi") == true || content?.contains("The signed") == true)
    }

    @Test func nestingWithoutLengthsEnds() {
        // Each pair of octets opens an element without a length; reading all of their ends at each level would never
        // come to one.
        let bytes = [UInt8](repeating: 0, count: 0) + (0..<200_000).flatMap { _ in [UInt8(0x30), 0x80] }
        #expect(bytes.withUnsafeBytes { CryptographicMessage.read($0, limit: 1 << 16) == nil })
        let segments: [UInt8] = (0..<200_000).flatMap { _ in [UInt8(0x24), 0x80] }
        let sink = ByteSink()
        let isRead = segments.withUnsafeBytes { bytes in
            var reader = BERReader(bytes)
            return reader.appendOctetString(to: sink)
        }
        #expect(!isRead && sink.count == 0)
    }

    @Test func compressedDataStopsAtItsLimit() {
        let bytes = Base64.decode(Array(EnvelopeFixtures.compressedText.utf8))
        let found = bytes.withUnsafeBytes { CryptographicMessage.read($0, limit: 10) }
        #expect(found?.content?.count == 10 && found?.passedLimit == true)
    }
}
