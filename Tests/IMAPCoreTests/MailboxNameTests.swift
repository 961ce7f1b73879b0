import IMAPCore
import Testing

@Suite struct MailboxNameTests {
    @Test(arguments: [
        ("INBOX", "INBOX"), ("Entwürfe", "Entw&APw-rfe"), ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("A&B", "A&-B"), ("&", "&-"), ("📁", "&2D3cwQ-"), ("a\u{7F}b", "a&AH8-b"), ("", ""), ("Ça va", "&AMc-a va"),
        ("Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"),
    ])
    func decodesAndEncodesModifiedUTF7(text: String, wire: String) {
        #expect(MailboxName(text).wireBytes == Array(wire.utf8))
        #expect(MailboxName(wire: wire.utf8).name == text)
    }

    /// A second way to write a name would make two names of one mailbox, or one of two.
    @Test(arguments: [
        "&AGE-", "&AGEA-", "a&", "&AP", "&APw", "&!-", "&2D0-", "&APw-&APw-x&", "&AAA", "&APx-", "&APw=-",
    ])
    func keepsWhatIsNotCanonicalAsItStands(wire: String) {
        let name = MailboxName(wire: wire.utf8)
        #expect(name.name == wire)
        #expect(name.bytes(in: .modifiedUTF7) == Array(wire.utf8))
    }

    @Test func keepsTheBytesOfNamesThatBreakTheEncoding() {
        let utf8 = MailboxName(wire: "Entwürfe".utf8)
        #expect(utf8.name == "Entwürfe")
        #expect(utf8.bytes(in: .modifiedUTF7) == Array("Entwürfe".utf8))
        let latin1: [UInt8] = [0x45, 0xFC, 0x72]
        let name = MailboxName(wire: latin1)
        #expect(name.name == "Eür")
        #expect(name.bytes(in: .modifiedUTF7) == latin1)
    }

    @Test func changesEncodingWithTheConnection() {
        let old = MailboxName(wire: "Entw&APw-rfe".utf8)
        #expect(old.bytes(in: .utf8) == Array("Entwürfe".utf8))
        let new = MailboxName(wire: "R&D Entwürfe".utf8, encoding: .utf8)
        #expect(new.name == "R&D Entwürfe")
        #expect(new.bytes(in: .modifiedUTF7) == Array("R&-D Entw&APw-rfe".utf8))
        #expect(old == MailboxName("Entwürfe"))
    }

    @Test func inboxIsOneInAnyCase() {
        #expect(MailboxName("inbox") == .inbox)
        #expect(MailboxName(wire: "InBox".utf8).isInbox)
        #expect(MailboxName("inbox/x") != MailboxName("INBOX/x"))
        #expect(MailboxName("Work") != MailboxName("work"))
    }

    @Test func doesNotNormalizeUnicode() {
        #expect(MailboxName("\u{E9}") != MailboxName("e\u{301}"))
        #expect(Set([MailboxName("\u{E9}"), MailboxName("e\u{301}")]).count == 2)
    }
}
