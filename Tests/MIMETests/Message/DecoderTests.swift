import Testing

@testable import MIME

@Suite struct DecoderTests {
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(arguments: [
        ("SGVsbG8=", "Hello"), ("SGVs\r\nbG8=", "Hello"), ("SGVsbG8", "Hello"), ("SGVs bG8=", "Hello"),
        ("SGk=\nSGk=", "HiHi"), ("SGk=\n-- \nA mailing list's footer", "Hi"), ("SG*Vsb!G8=", "Hello"), ("", ""),
        ("=", ""), ("S", ""), ("Pz8_", "???"), ("SGVsbG8gd29ybGQsIGhlbGxvIHdvcmxk", "Hello world, hello world"),
    ])
    func base64(_ input: String, _ expected: String) {
        #expect(Self.text(Base64.decode(Array(input.utf8))) == expected)
    }

    @Test(arguments: [
        ("a=3Db", "a=b"), ("a=\r\nb", "ab"), ("a=\nb", "ab"), ("a= \t\r\nb", "ab"), ("a=3db=e9", "a=b\u{FFFD}"),
        ("a=", "a"),
        ("padded  \t\r\nline =\t\r\nkept=20\r\n-- \nend", "padded\r\nline kept \r\n--\nend"),
        (" \n\n \r\n", "\n\n\r\n"),
        ("a=zz", "a=zz"), ("=C3=A9t=C3=A9 and more", "été and more"), ("", ""), ("a==3D", "a=="),
    ])
    func quotedPrintable(_ input: String, _ expected: String) {
        #expect(Self.text(QuotedPrintable.decode(Array(input.utf8))) == expected)
    }

    @Test func base64OfEachLengthAndLineLength() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for count in 0..<200 {
            let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            var encoded: [UInt8] = []
            for start in stride(from: 0, to: count, by: 3) {
                let group = octets[start..<min(count, start + 3)]
                var value = 0
                for byte in group { value = value << 8 | Int(byte) }
                value <<= 8 * (3 - group.count)
                for index in 0..<4 {
                    encoded.append(index <= group.count ? alphabet[value >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
                }
                if encoded.count % 20 == 0 { encoded.append(contentsOf: [0x0D, 0x0A]) }
            }
            #expect(Base64.decode(encoded) == octets)
        }
    }

    @Test(arguments: [
        ("utf-8", "CP-utf8"), ("UTF8", "CP-utf8"), ("us-ascii", "CP-utf8"), ("ISO-8859-1", "CP1252"),
        ("latin1", "CP1252"),
        ("iso-8859-9", "CP1254"), ("koi8_r", "KOI8-R"), ("gb2312", "GB18030"), ("ks_c_5601-1987", "CP949"),
        ("x-sjis", "CP932"), ("'iso-8859-2'", "ISO-8859-2"), ("windows-1251;", "CP1251"), ("nobody-knows", "none"),
        ("internal", "none"), ("utf-8//translit", "none"),
    ])
    func labels(_ label: String, _ expected: String) {
        let name: String =
            switch Charset.named(label.lowercased()) {
            case .utf8: "CP-utf8"
            case .singleByte(let name), .multiByte(let name): name
            case .iso2022JP, .iso2022KR, .hz, .utf16: "other"
            case nil: "none"
            }
        #expect(name == expected)
    }

    struct Guess: Sendable, CustomTestStringConvertible {
        var label: String
        var text: String
        var testDescription: String { label }
    }

    static let guesses = [
        Guess(label: "windows-1252", text: "Les élèves ont été reçus à l'école"),
        Guess(label: "windows-1252", text: "Über die Größe der Straße läßt sich streiten"),
        Guess(label: "windows-1251", text: "Добрый день, высылаю вам договор на подпись"),
        Guess(label: "koi8-r", text: "Добрый день, высылаю вам договор на подпись"),
        Guess(label: "windows-1250", text: "Proszę o potwierdzenie, że przesyłka została już wysłana"),
        Guess(label: "windows-1253", text: "Καλημέρα σας, σας στέλνω το συμβόλαιο"),
        Guess(label: "windows-1255", text: "שלום לכולם, מצורף החוזה לחתימה"),
        Guess(label: "windows-1254", text: "Teşekkür ederim, görüşmek üzere, iyi akşamlar dilerim, ağabey"),
        Guess(label: "shift_jis", text: "会議の議事録をお送りします。よろしくお願いします。"),
        Guess(label: "euc-jp", text: "会議の議事録をお送りします。よろしくお願いします。"),
        Guess(label: "gb18030", text: "您好，附件是这次会议的发票，请查收。"),
        Guess(label: "big5", text: "您好，附件是這次會議的發票，請查收。"),
        Guess(label: "euc-kr", text: "안녕하세요, 회의록을 보내드립니다. 감사합니다."),
    ]

    @Test(arguments: guesses)
    func unlabelledTextIsGuessed(_ guess: Guess) throws {
        let charset = try #require(Charset.named(guess.label))
        let bytes = try #require(Self.encode(guess.text, charset))
        let sink = ByteSink()
        _ = bytes.withUnsafeBytes { TextDecoder.decode($0, as: nil, into: sink) }
        #expect(sink.string() == guess.text)
        // And under the wrong labels that such text comes with.
        for wrong in ["us-ascii", "utf-8"] {
            sink.removeAll()
            _ = bytes.withUnsafeBytes { TextDecoder.decode($0, as: Charset.named(wrong), into: sink) }
            #expect(sink.string() == guess.text)
        }
    }

    /// By looking for the octets that decode to each character.
    private static func encode(_ text: String, _ charset: Charset) -> [UInt8]? {
        var table: [Unicode.Scalar: [UInt8]] = [:]
        func add(_ octets: [UInt8]) {
            let sink = ByteSink()
            let faults = octets.withUnsafeBytes { TextDecoder.convert($0, from: charset, into: sink) }
            let scalars = Array(sink.string().unicodeScalars)
            if faults == 0, scalars.count == 1, table[scalars[0]] == nil { table[scalars[0]] = octets }
        }
        for octet in 0...255 { add([UInt8(octet)]) }
        if case .multiByte = charset {
            for lead in 0x81...0xFE {
                for trail in 0x40...0xFE { add([UInt8(lead), UInt8(trail)]) }
            }
        }
        var result: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let octets = table[scalar] else { return nil }
            result += octets
        }
        return result
    }

    @Test func escapesOfISO2022() {
        let cases: [(String, String, String)] = [
            ("iso-2022-jp", "\u{1B}$B2q5D\u{1B}(B ok", "会議 ok"),
            ("iso-2022-jp", "\u{1B}(I1\u{1B}(B", "ｱ"),
            ("iso-2022-kr", "\u{1B}$)C\u{0E}0!\u{0F}", "가"),
            ("hz-gb-2312", "~{;a~}", "会"),
            ("utf-7", "Fr+APY-sche", "Frösche"),
        ]
        for (label, input, expected) in cases {
            let text = Array(input.utf8).withUnsafeBytes { TextDecoder.string($0, as: Charset.named(label)) }
            #expect(text == expected)
        }
    }
}
