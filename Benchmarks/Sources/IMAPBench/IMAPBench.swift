// How fast responses are framed and parsed, on one core. Prints one line a measurement: rate, and CPU time a response.
//
//   swift run -c release imap-bench [SECONDS]

import IMAPCore
import NIOCore

@main
enum IMAPBench {
    static func main() {
        let seconds = CommandLine.arguments.dropFirst().first.flatMap(Double.init) ?? 1
        for size in [4 << 10, 64 << 10, 1 << 20, 16 << 20] {
            let stream = literals(of: size, total: max(64 << 20, size * 4))
            measure("literals of \(size) octets", seconds, stream) { pieces in
                let (octets, responses) = parse(pieces)
                return Work(octets: octets, responses: responses)
            }
        }
        for (name, line) in smallResponses {
            let stream = chunks(repeated(line, total: 16 << 20))
            measure(name, seconds, stream) { pieces in
                let (_, responses) = parse(pieces)
                return Work(octets: 0, responses: responses)
            }
        }
        let line = smallResponses[1].line
        let stream = chunks(repeated(line, total: 16 << 20))
        measure("the same, framed alone", seconds, stream) { frame($0) }
        measure("the same, through the state machine", seconds, stream) { machine($0) }
    }

    struct Work {
        var octets: Int
        var responses: Int
    }

    // MARK: Streams

    /// `%` stands for a number that differs from line to line.
    static let smallResponses: [(name: String, line: String)] = [
        ("FETCH (UID FLAGS)", "* % FETCH (UID % FLAGS (\\Seen))\r\n"),
        (
            "FETCH (UID FLAGS MODSEQ SIZE DATE)",
            "* % FETCH (UID % FLAGS (\\Answered \\Seen $Forwarded) MODSEQ (1234567%) RFC822.SIZE % "
                + "INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n"
        ),
        (
            "FETCH (UID BODY[HEADER.FIELDS …])",
            "* % FETCH (UID % BODY[HEADER.FIELDS (MESSAGE-ID REFERENCES)] {38}\r\n"
                + "Message-ID: <1234567890@example.org>\r\n)\r\n"
        ),
        (
            "FETCH (ENVELOPE)",
            "* % FETCH (UID % ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
                + "((\"Terry Gray\" NIL \"gray\" \"cac.example.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.example.edu\")) "
                + "((\"Terry Gray\" NIL \"gray\" \"cac.example.edu\")) ((NIL NIL \"imap\" \"cac.example.edu\")) "
                + "((NIL NIL \"minutes\" \"CNRI.example\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.example\")) NIL NIL "
                + "\"<B27397-0100000@cac.example.edu>\"))\r\n"
        ),
        (
            "FETCH (BODYSTRUCTURE)",
            "* % FETCH (UID % BODYSTRUCTURE (((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\") NIL NIL \"QUOTED-PRINTABLE\" 1152 23 "
                + "NIL NIL NIL NIL)(\"TEXT\" \"HTML\" (\"CHARSET\" \"UTF-8\") NIL NIL \"QUOTED-PRINTABLE\" 4554 73 NIL NIL NIL "
                + "NIL) \"ALTERNATIVE\" (\"BOUNDARY\" \"a\") NIL NIL NIL)(\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") NIL NIL "
                + "\"BASE64\" 99374 NIL (\"ATTACHMENT\" (\"FILENAME\" \"a.pdf\")) NIL NIL) \"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL "
                + "NIL))\r\n"
        ),
        ("EXPUNGE", "* % EXPUNGE\r\n"),
        ("LIST", "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent &AOk- %\"\r\n"),
        ("STATUS", "* STATUS \"INBOX/%\" (MESSAGES 231 UIDNEXT 44292 UIDVALIDITY 1 UNSEEN 3 HIGHESTMODSEQ 777)\r\n"),
    ]

    static func repeated(_ line: String, total: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(total + 4096)
        var number = 1
        let pieces = line.split(separator: "%", omittingEmptySubsequences: false)
        while buffer.readableBytes < total {
            for (index, piece) in pieces.enumerated() {
                if index > 0 { buffer.writeString(String(number)) }
                buffer.writeString(String(piece))
            }
            number += 1
        }
        return buffer
    }

    static func literals(of size: Int, total: Int) -> [ByteBuffer] {
        var stream = ByteBuffer()
        stream.reserveCapacity(total + (1 << 20))
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        var number = 1
        while stream.readableBytes < total {
            stream.writeString("* \(number) FETCH (UID \(number) FLAGS (\\Seen) BODY[] {\(size)}\r\n")
            stream.writeBytes(body)
            stream.writeString(")\r\n")
            number += 1
        }
        return chunks(stream)
    }

    /// As they come from a socket: 64 KiB each, in storage of their own.
    static func chunks(_ stream: ByteBuffer) -> [ByteBuffer] {
        var stream = stream
        var result: [ByteBuffer] = []
        while stream.readableBytes > 0 {
            var piece = ByteBuffer()
            if var slice = stream.readSlice(length: min(64 << 10, stream.readableBytes)) { piece.writeBuffer(&slice) }
            result.append(piece)
        }
        return result
    }

    // MARK: Work

    static func frame(_ pieces: [ByteBuffer]) -> Work {
        var framer = ResponseFramer()
        var responses = 0
        for piece in pieces {
            framer.append(piece)
            loop: while true {
                switch framer.next() {
                case .incomplete: break loop
                case .frame: responses += 1
                case .invalid, .tooLarge: fatalError("the benchmark's own stream is broken")
                }
            }
        }
        return Work(octets: 0, responses: responses)
    }

    static func parse(_ pieces: [ByteBuffer]) -> (octets: Int, responses: Int) {
        var framer = ResponseFramer()
        var parser = ResponseParser()
        var octets = 0
        var responses = 0
        for piece in pieces {
            framer.append(piece)
            loop: while true {
                switch framer.next() {
                case .incomplete: break loop
                case .frame(let frame):
                    let parsed = parser.parse(frame)
                    responses += 1
                    if case .untagged(.fetch(let message)) = parsed.response {
                        for section in message.sections { octets += section.content.bytes?.readableBytes ?? 0 }
                    }
                case .invalid, .tooLarge: fatalError("the benchmark's own stream is broken")
                }
            }
        }
        return (octets, responses)
    }

    static func machine(_ pieces: [ByteBuffer]) -> Work {
        let now = MonotonicTime(nanoseconds: 0)
        var framer = ResponseFramer()
        var machine = ConnectionStateMachine(configuration: ConnectionConfiguration(security: .tls), now: now)
        framer.append(ByteBuffer(string: "* PREAUTH hi\r\n"))
        machine.receive(framer.next(), now: now)
        for window in UIDSet(1 ... .max).windows(of: 1 << 28).prefix(8) {
            _ = machine.submit(.uidFetch(window, [.uid, .flags, .size, .modSeq]), now: now)
        }
        var responses = 0
        for piece in pieces {
            framer.append(piece)
            loop: while true {
                let outcome = framer.next()
                if case .incomplete = outcome { break loop }
                machine.receive(outcome, now: now)
                while let action = machine.nextAction() {
                    if case .data = action { responses += 1 }
                }
            }
        }
        return Work(octets: 0, responses: responses)
    }

    // MARK: Measuring

    static func measure(_ name: String, _ seconds: Double, _ pieces: [ByteBuffer], _ run: ([ByteBuffer]) -> Work) {
        _ = run(pieces)
        let clock = ContinuousClock()
        var best = Duration.seconds(1_000_000)
        var work = Work(octets: 0, responses: 0)
        let start = clock.now
        repeat {
            let before = clock.now
            work = run(pieces)
            best = min(best, clock.now - before)
        } while clock.now - start < .seconds(seconds)
        let time = Double(best.components.seconds) + Double(best.components.attoseconds) / 1e18
        let rate = Double(work.responses) / time
        var line = name.padded(44) + "\(Int(rate)) responses/s".padded(26) + "\(Int(1e9 / rate)) ns each".padded(20)
        if work.octets > 0 {
            let gigabytes = Double(work.octets) / time / 1e9
            line += "\(Double(Int(gigabytes * 100)) / 100) GB/s of literals"
        }
        print(line)
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
