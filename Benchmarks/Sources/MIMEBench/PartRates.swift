import MIME

/// The decoders by themselves, and messages of one kind each.
enum PartRates {
    static func run() {
        var generator = SplitMix(state: 1)
        let binary = (0..<(8 << 20)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let encoded = base64Lines(binary)
        var sum = 0
        MIMEBench.report(
            "base64, 76 a line", encoded.count, MIMEBench.best(of: 5) { sum &+= Base64.decode(encoded).count })
        let english = prose(bytes: 4 << 20, words: englishWords, &generator)
        let russian = prose(bytes: 4 << 20, words: russianWords, &generator)
        let quotedEnglish = quotedPrintable(english)
        MIMEBench.report(
            "quoted-printable, English", quotedEnglish.count,
            MIMEBench.best(of: 5) { sum &+= QuotedPrintable.decode(quotedEnglish).count })
        let quotedRussian = quotedPrintable(russian)
        MIMEBench.report(
            "quoted-printable, Russian", quotedRussian.count,
            MIMEBench.best(of: 5) { sum &+= QuotedPrintable.decode(quotedRussian).count })

        let parser = MessageParser()
        func measure(_ name: String, _ messages: [[UInt8]]) {
            let total = messages.reduce(0) { $0 + $1.count }
            let seconds = MIMEBench.best(of: 5) {
                for message in messages { sum &+= parser.parse(message).text.utf8.count }
            }
            MIMEBench.report(name, total, seconds)
        }
        let header = Array(
            """
            Received: from mx.example.org (mx.example.org [192.0.2.1]) by mail.example.net with ESMTPS id 4ABC;\r
             Tue, 5 Mar 2024 10:11:12 +0100 (CET)\r
            From: =?UTF-8?Q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.org>\r
            To: Ana Example <ana@example.com>, bob@example.com\r
            Subject: Minutes of Tuesday's meeting\r
            Date: Tue, 5 Mar 2024 10:11:10 +0100\r
            Message-ID: <20240305101110.4711@example.org>\r
            MIME-Version: 1.0\r

            """.utf8)
        func message(_ type: String, _ body: ArraySlice<UInt8>) -> [UInt8] {
            header + Array((type + "\r\n\r\n").utf8) + body
        }
        let plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
        func cut(_ bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
            stride(from: 0, to: bytes.count - size, by: size).map { bytes[$0..<($0 + size)] }
        }
        measure("text, 7bit, 8 kB", cut(english, 8000).map { message(plain + "7bit", $0) })
        measure("text, 8bit Russian, 8 kB", cut(russian, 8000).map { message(plain + "8bit", $0) })
        measure(
            "text, quoted-printable Russian, 16 kB",
            cut(quotedRussian, 16000).map { message(plain + "quoted-printable", $0) })
        let attachment = Array(
            "--b\r\nContent-Type: application/zip; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n".utf8)
        let mixed = "Content-Type: multipart/mixed; boundary=b"
        let opening = Array("--b\r\n\r\nSee the attached file.\r\n".utf8)
        measure(
            "binary attachment, 500 kB",
            cut(encoded, 500_000).map { message(mixed, opening + attachment + $0 + Array("\r\n--b--\r\n".utf8)) })
        precondition(sum != 0)
    }

    private static let englishWords = [
        "the", "meeting", "on", "Tuesday", "went", "well", "and", "we", "agreed", "to", "send", "invoices", "monthly",
    ]
    private static let russianWords = [
        "встреча", "во", "вторник", "прошла", "хорошо", "и", "мы", "договорились", "отправлять", "счета", "ежемесячно",
    ]

    private static func prose(bytes: Int, words: [String], _ generator: inout SplitMix) -> [UInt8] {
        var result: [UInt8] = []
        var column = 0
        while result.count < bytes {
            let word = words[Int(generator.next() % UInt64(words.count))]
            result.append(contentsOf: word.utf8)
            column += word.utf8.count + 1
            if column > 68 {
                result.append(contentsOf: [0x0D, 0x0A])
                column = 0
            } else {
                result.append(0x20)
            }
        }
        return result
    }

    private static func base64Lines(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        var column = 0
        for index in stride(from: 0, to: bytes.count - 2, by: 3) {
            let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            for shift in [18, 12, 6, 0] { result.append(alphabet[group >> shift & 63]) }
            column += 4
            if column == 76 {
                result.append(contentsOf: [0x0D, 0x0A])
                column = 0
            }
        }
        return result
    }

    private static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        var column = 0
        for byte in bytes {
            if column > 72 {
                result.append(contentsOf: [0x3D, 0x0D, 0x0A])
                column = 0
            }
            if byte == 0x0A {
                result.append(byte)
                column = 0
            } else if byte >= 0x80 || byte == 0x3D {
                result.append(contentsOf: [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
                column += 3
            } else {
                result.append(byte)
                column += 1
            }
        }
        return result
    }
}

/// A small generator, the same in each run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
