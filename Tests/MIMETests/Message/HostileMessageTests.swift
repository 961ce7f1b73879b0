#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Testing

@testable import MIME

/// No bytes make the parser fail, loop or take more than linear time.
@Suite struct HostileMessages {
    /// The same numbers in each run; the seed is printed where a test fails.
    private struct Generator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
        mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
    }

    private static let sample = """
        From root@example.org Tue Mar  5 10:11:12 2024\r
        Received: from a by b; Tue, 5 Mar 2024 10:11:12 +0100 (CET)\r
        From: "M=?UTF-8?Q?=C3=BC?=ller, J" <j@example.org>, list: a@b, c@d;\r
        To: (comment (nested)) <@route:x@example.com>\r
        Subject: =?ISO-2022-JP?B?GyRCMnE1RBsoQg==?= =?UTF-8?B?w6k=?=\r
        Date: Tue, 5 Mar 2024 10:11:12 +0100\r
        Message-ID: <1@example.org>\r
        References: <0@example.org> <a@example.org>\r
        Content-Type: multipart/mixed; boundary="b"\r
        \r
        --b\r
        Content-Type: multipart/alternative; boundary=bb\r
        \r
        --bb\r
        Content-Type: text/plain; charset=shift_jis; format=flowed; delsp=yes\r
        Content-Transfer-Encoding: quoted-printable\r
        \r
        > quoted \r
        =82=B1=82=F1=82=C9=82=BF=82=CD=\r
        \r
        --bb\r
        Content-Type: text/html; charset=utf-8\r
        Content-Transfer-Encoding: base64\r
        \r
        PHA+SGVsbG8gPGI+d29ybGQ8L2I+PC9wPg==\r
        --bb--\r
        --b\r
        Content-Type: message/rfc822\r
        \r
        Subject: nested\r
        \r
        begin 644 a.txt\r
        #86)C\r
        `\r
        end\r
        --b\r
        Content-Type: application/octet-stream; name*0*=utf-8''%e2%82; name*1*=%ac.csv\r
        Content-Transfer-Encoding: base64\r
        \r
        YSxiCjEsMgo=\r
        --b--\r

        """

    @Test func mutatedMessagesAreRead() {
        let seed: UInt64 = 20_240_305
        var generator = Generator(state: seed)
        let sample = Array(Self.sample.utf8)
        let parser = MessageParser()
        for round in 0..<3000 {
            var bytes = sample
            for _ in 0..<(1 + generator.below(8)) {
                switch generator.below(5) {
                case 0: bytes[generator.below(bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.removeSubrange(generator.below(bytes.count / 2)..<(bytes.count / 2 + 1))
                case 2: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: generator.below(bytes.count))
                case 3:
                    let start = generator.below(bytes.count)
                    let piece = bytes[start..<min(bytes.count, start + generator.below(60))]
                    bytes.insert(contentsOf: piece, at: generator.below(bytes.count))
                default: bytes.removeLast(generator.below(bytes.count / 3))
                }
                if bytes.isEmpty { bytes = sample }
            }
            let message = parser.parse(bytes)
            #expect(message.newTextPreview.count <= 256, "seed \(seed), round \(round)")
            _ = parser.decodedBody(of: "1.2", in: bytes)
        }
    }

    @Test func randomBytesAreRead() {
        let seed: UInt64 = 7
        var generator = Generator(state: seed)
        let parser = MessageParser()
        for round in 0..<500 {
            let bytes = (0..<generator.below(2000)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let message = parser.parse(bytes)
            #expect(message.attachments.count < 2000, "seed \(seed), round \(round)")
        }
    }

    @Test func aMessageCutAnywhereIsRead() {
        let sample = Array(Self.sample.utf8)
        let parser = MessageParser()
        for length in 0...sample.count { _ = parser.parse(Array(sample[0..<length])) }
    }

    struct Growth: Sendable, CustomTestStringConvertible {
        var name: String
        var prefix: String
        var unit: String
        var testDescription: String { name }
    }

    static let growths = [
        Growth(name: "open parentheses in From", prefix: "From: ", unit: "("),
        Growth(name: "open quotes in To", prefix: "To: ", unit: "\\\""),
        Growth(name: "angle brackets in From", prefix: "From: ", unit: "<"),
        Growth(name: "groups in To", prefix: "To: ", unit: "a:"),
        Growth(name: "encoded words without end", prefix: "Subject: ", unit: "=?utf-8?q?a"),
        Growth(name: "starts of encoded words", prefix: "Subject: ", unit: "=?"),
        Growth(name: "encoded words in From", prefix: "From: ", unit: "=?a?b?c"),
        Growth(name: "parameters", prefix: "Content-Type: text/plain", unit: "; a*1=b"),
        Growth(name: "quotes in parameters", prefix: "Content-Type: text/plain; name=\"", unit: "\"a "),
        Growth(name: "parentheses in parameters", prefix: "Content-Type: text/plain; ", unit: "("),
        Growth(name: "references", prefix: "References: ", unit: "<"),
        Growth(name: "malformed header lines", prefix: "Subject: a\n", unit: "no field\n"),
        Growth(name: "lines of hyphens", prefix: "Content-Type: multipart/mixed; boundary=x\n\n", unit: "--\n"),
        Growth(name: "boundaries", prefix: "Content-Type: multipart/mixed; boundary=x\n\n", unit: "--x\n"),
        Growth(name: "padding in base64", prefix: "Content-Transfer-Encoding: base64\n\n", unit: "QQ==\n"),
        Growth(
            name: "equals signs in quoted-printable", prefix: "Content-Transfer-Encoding: quoted-printable\n\n",
            unit: "= "),
        Growth(name: "escapes", prefix: "Content-Type: text/plain; charset=iso-2022-jp\n\n", unit: "\u{1B}$B"),
        Growth(
            name: "nested multiparts", prefix: "Content-Type: multipart/mixed; boundary=x\n\n",
            unit: "--x\nContent-Type: multipart/mixed; boundary=x\n\n"),
        Growth(
            name: "nested messages", prefix: "Content-Type: message/rfc822\n\n",
            unit: "Content-Type: message/rfc822\n\n"),
    ]

    /// What a message gives takes no more than a fixed multiple of its octets, whatever they are.
    @Test(arguments: growths)
    func memoryIsLinear(_ growth: Growth) {
        let bytes = Array(
            (growth.prefix + String(repeating: growth.unit, count: (64 << 10) / growth.unit.utf8.count)).utf8)
        let message = MessageParser().parse(bytes)
        func octets(_ part: Part) -> Int {
            var sum = part.partID.utf8.count + part.mediaType.utf8.count + (part.name?.utf8.count ?? 0)
            for parameter in part.parameters { sum += parameter.name.utf8.count + parameter.value.utf8.count }
            return part.children.reduce(sum) { $0 + octets($1) }
        }
        var sum = message.text.utf8.count + message.subject.utf8.count + octets(message.root)
        for address in message.from + message.to { sum += address.email.utf8.count + (address.name?.utf8.count ?? 0) }
        for attachment in message.attachments {
            sum += (attachment.text?.utf8.count ?? 0) + (attachment.name?.utf8.count ?? 0)
        }
        for id in message.references + message.messageIDs { sum += id.utf8.count }
        #expect(sum < 16 * bytes.count && message.defects.count <= 1000)
    }

    /// Processor time, which other work on the machine does not stretch.
    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Eight times the input may take no more than some twenty times as long; quadratic time would be sixty-four.
    @Test(arguments: growths)
    func timeIsLinear(_ growth: Growth) {
        func seconds(_ size: Int) -> Double {
            var text = growth.prefix
            text += String(repeating: growth.unit, count: size / growth.unit.utf8.count)
            let bytes = Array(text.utf8)
            var best = Double.infinity
            for _ in 0..<3 {
                let start = Self.threadSeconds()
                _ = MessageParser().parse(bytes)
                best = min(best, Self.threadSeconds() - start)
            }
            return best
        }
        let small = seconds(8 << 10)
        let large = seconds(64 << 10)
        #expect(large < max(small, 0.002) * 24, "\(small) s, then \(large) s")
    }
}
