import MIME
import Testing

struct InlineEncodingsTests {
    private func extract(_ body: String, byteLimit: Int = 1 << 20) -> (text: String, files: [InlineFile])? {
        extract(Array(body.utf8), byteLimit: byteLimit)
    }

    private func extract(_ body: [UInt8], byteLimit: Int = 1 << 20) -> (text: String, files: [InlineFile])? {
        body.withUnsafeBufferPointer { InlineEncodings.extract($0, byteLimit: byteLimit) }
            .map { (String(decoding: $0.text, as: UTF8.self), $0.files) }
    }

    @Test func uuencodedFileInText() throws {
        let found = try #require(extract("Before\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nafter\r\n"))
        #expect(found.text == "Before\r\nafter\r\n")
        #expect(
            found.files == [InlineFile(name: "cat.txt", bytes: Array("Cat".utf8), encoding: .uuencode, isWhole: true)])
    }

    @Test func uuencodedFileWithoutItsEnd() throws {
        let found = try #require(extract("begin 644 two words.txt\n#0V%T\nThis is prose, and no data at all.\n"))
        #expect(found.text == "This is prose, and no data at all.\n")
        #expect(found.files.first?.name == "two words.txt")
        #expect(found.files.first?.isWhole == false)
    }

    @Test func base64Form() throws {
        let found = try #require(extract("begin-base64 644 cat.txt\nQ2F0\n====\nrest"))
        #expect(found.files.first?.bytes == Array("Cat".utf8))
        #expect(found.text == "rest")
    }

    @Test(arguments: [
        "begin 644 reading\nthe book at once.\n", "begin the day\n", "We begin 644\n", "begin 999 x\n#0V%T\n",
    ])
    func proseIsNoFile(_ text: String) {
        #expect(extract(text) == nil)
    }

    @Test func yEncodedFile() throws {
        var body = Array("text\r\n=ybegin line=128 size=5 name=a b.bin \r\n".utf8)
        // The escaped bytes are 214 (NUL once encoded) and 19 (=).
        body += [UInt8(0x61 &+ 42), 0x3D, 64, 0x3D, 0x3D &+ 64, 1 &+ 42, 2 &+ 42]
        body += Array("\r\n=yend size=5\r\nafter".utf8)
        let found = try #require(extract(body))
        #expect(found.text == "text\r\nafter")
        #expect(
            found.files == [InlineFile(name: "a b.bin", bytes: [0x61, 214, 19, 1, 2], encoding: .yEnc, isWhole: true)])
    }

    @Test func yEncChecksumIsTested() throws {
        let found = try #require(extract("=ybegin line=128 size=1 name=a\n\u{8B}\n=yend size=1 crc32=00000000\n"))
        #expect(found.files.first?.isWhole == false)
    }

    @Test func byteLimitCutsFiles() throws {
        let line = "M" + String(repeating: "0V%T", count: 15) + "\n"
        let body = "begin 644 big\n" + String(repeating: line, count: 1000) + "`\nend\ntail"
        let found = try #require(extract(body, byteLimit: 100))
        #expect(found.files[0].bytes.count <= 100 + 45)
        #expect(!found.files[0].isWhole)
        #expect(found.text == "tail")
    }

    @Test func fileCountLimit() throws {
        let one = "begin 644 a\n#0V%T\n`\nend\n"
        let found = try #require(extract(String(repeating: one, count: InlineEncodings.fileCountLimit + 5)))
        #expect(found.files.count == InlineEncodings.fileCountLimit)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["begin 644 a\n", "begin 644 a\n#0V%T\n", "=ybegin size=1 name=x\n"])
    func quadraticBait(_ unit: String) {
        _ = extract(String(repeating: unit, count: (1 << 18) / unit.utf8.count))
    }

    @Test func seededMutations() {
        let seed = UInt64.random(in: .min ... .max)
        print("inline encoding mutations: seed \(seed)")
        var random = TextFixtures.Random(seed: seed)
        let body =
            "a\nbegin 644 cat.txt\n#0V%T\n`\nend\n=ybegin part=1 line=9 size=3 name=x\n=ypart begin=1 end=3\nabc\n=yend size=3\n"
        for _ in 0..<500 {
            var bytes = Array((body + body).utf8)
            random.mutate(&bytes)
            _ = extract(bytes, byteLimit: random.below(20))
        }
    }
}
