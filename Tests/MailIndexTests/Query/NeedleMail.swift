import MIME

@testable import MailIndex
@testable import MailSearch

/// Raw messages for the needles test, made of bytes so that any charset can stand in them.
struct NeedleMail {
    /// What the test calls it.
    var name: String
    var bytes: [UInt8]

    /// A plain message with an already encoded body.
    init(
        _ name: String, subject: String = "Hello", from: String = "Someone <someone@example.org>",
        type: String = "text/plain; charset=utf-8", encoding: String = "8bit", headers: String = "", body: [UInt8]
    ) {
        self.name = name
        let head =
            "From: \(from)\r\nTo: reader@example.net\r\nSubject: \(subject)\r\nDate: Mon, 04 Mar 2024 10:00:00 +0000\r\n"
            + "Message-ID: <\(name)@needles.example>\r\nMIME-Version: 1.0\r\n\(headers)"
            + "Content-Type: \(type)\r\nContent-Transfer-Encoding: \(encoding)\r\n\r\n"
        bytes = Array(head.utf8) + body
    }

    init(
        _ name: String, subject: String = "Hello", from: String = "Someone <someone@example.org>",
        type: String = "text/plain; charset=utf-8", encoding: String = "8bit", headers: String = "", text: String
    ) {
        self.init(
            name, subject: subject, from: from, type: type, encoding: encoding, headers: headers, body: Array(text.utf8)
        )
    }

    /// A message of more parts: each with its header lines and its body.
    static func multipart(
        _ name: String, _ subtype: String = "mixed", subject: String = "Hello", parts: [(String, [UInt8])]
    ) -> NeedleMail {
        var body: [UInt8] = []
        for (header, content) in parts {
            body += Array("--=_b\r\n\(header)\r\n\r\n".utf8) + content + [13, 10]
        }
        body += Array("--=_b--\r\n".utf8)
        return NeedleMail(
            name, subject: subject, type: "multipart/\(subtype); boundary=\"=_b\"", encoding: "8bit", body: body)
    }

    /// What the index is given of it.
    func document(now: Int64) -> MessageDocument {
        MessageDocument(MessageParser().parse(bytes), receivedAt: nil, size: bytes.count, now: now)
    }

    // MARK: Encodings

    static func hex(_ digits: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = digits[...]
        while rest.count >= 2 {
            if let byte = UInt8(rest.prefix(2), radix: 16) { bytes.append(byte) }
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    static func base64(_ bytes: [UInt8], line: Int = 76) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        var column = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let value = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset)) }
            for place in 0..<4 {
                out.append(
                    place <= group.count ? alphabet[Int(value >> (18 - 6 * UInt32(place)) & 63)] : UInt8(ascii: "="))
            }
            column += 4
            if column >= line {
                out += [13, 10]
                column = 0
            }
        }
        return out
    }

    static func quotedPrintable(_ bytes: [UInt8], softBreakEvery width: Int = 70) -> [UInt8] {
        var out: [UInt8] = []
        var column = 0
        for byte in bytes {
            if column >= width {
                out += Array("=\r\n".utf8)
                column = 0
            }
            if byte == UInt8(ascii: "=") || byte > 126 || (byte < 32 && byte != 10 && byte != 13) {
                let digits = String(byte, radix: 16, uppercase: true)
                out += Array(("=" + (digits.count == 1 ? "0" : "") + digits).utf8)
                column += 3
            } else {
                out.append(byte)
                column = byte == 10 ? 0 : column + 1
            }
        }
        return out
    }
}
