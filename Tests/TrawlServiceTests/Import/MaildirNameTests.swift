import Testing

@testable import TrawlService

@Suite struct MaildirNameTests {
    @Test(arguments: [
        ("1.2.host:2,", "1.2.host", []),
        ("1.2.host:2,S", "1.2.host", ["\\Seen"]),
        ("1.2.host,S=12,W=13:2,FRST", "1.2.host,S=12,W=13", ["\\Flagged", "\\Answered", "\\Seen", "\\Deleted"]),
        ("1.2.host:2,DPab", "1.2.host", ["\\Draft", "$Forwarded", "Work", "Junk"]),
        ("1.2.host", "1.2.host", []),
        ("1.2.host;2,S", "1.2.host", ["\\Seen"]),
        ("1.2.host:1,S", "1.2.host:1,S", []),
        ("a:2,b:2,S", "a:2,b", ["\\Seen"]),
    ])
    func flagsAreReadFromTheName(name: String, unique: String, flags: [String]) {
        let table = MaildirName.keywordTable(Array("0 Work\n1 Junk\nnonsense\n99 Far\n".utf8))
        let read = MaildirName(name)
        #expect(read.unique == unique)
        #expect(read.allFlags(table) == flags)
    }
}
