import IMAPCore
import NIOCore
import Testing

@Suite struct ResponseFramerTests {
    private func texts(_ outcomes: [FramingOutcome]) -> [String] {
        outcomes.map { outcome in
            let frame = outcome.frame.map { String(decoding: $0.bytes.readableBytesView, as: UTF8.self) } ?? ""
            switch outcome {
            case .incomplete: return "incomplete"
            case .frame: return frame
            case .invalid(let fault, _): return "invalid \(fault): \(frame)"
            case .tooLarge(let limit, let rest): return "too large \(limit): \(frame) \(rest.omitted.map(\.size))"
            }
        }
    }

    @Test(arguments: [
        ("* OK hi\r\n", ["* OK hi"]),
        ("* OK hi\n* 1 EXISTS\n", ["* OK hi", "* 1 EXISTS"]),
        ("\r\n\r\n", ["", ""]),
        ("* 1 FETCH (BODY[] {3}\r\nabc)\r\n", ["* 1 FETCH (BODY[] {3}\r\nabc)"]),
        ("* 1 FETCH (BODY[] {3}\r\na\r\n)\r\n", ["* 1 FETCH (BODY[] {3}\r\na\r\n)"]),
        ("* 1 FETCH (BODY[] {3+}\r\nabc X {1}\r\nq)\r\n", ["* 1 FETCH (BODY[] {3+}\r\nabc X {1}\r\nq)"]),
        ("* 1 FETCH (BINARY[1] ~{2}\r\n\0\0)\r\n", ["* 1 FETCH (BINARY[1] ~{2}\r\n\0\0)"]),
        ("* 1 FETCH (BODY[] {0}\r\n)\r\n", ["* 1 FETCH (BODY[] {0}\r\n)"]),
        ("* 1 FETCH (BODY[] {012}\r\nFoo: bar\r\n\r\n)\r\n", ["* 1 FETCH (BODY[] {012}\r\nFoo: bar\r\n\r\n)"]),
        ("* LIST () \"/\" {5}\nInbox\n", ["* LIST () \"/\" {5}\nInbox"]),
        ("* STATUS {3}\r\n{9} (MESSAGES 1)\r\n", ["* STATUS {3}\r\n{9} (MESSAGES 1)"]),
        // Free text is no place for a literal.
        ("* OK see {12}\r\n* 1 EXISTS\r\n", ["* OK see {12}", "* 1 EXISTS"]),
        ("A1 no {12}\r\n+ {12}\r\n", ["A1 no {12}", "+ {12}"]),
        ("* X {}\r\n* X {a}\r\n* X }\r\n", ["* X {}", "* X {a}", "* X }"]),
        ("* OK", []),
        ("* 1 FETCH (BODY[] {3}\r\nab", []),
        ("* 1 FETCH (BODY[] {3}\r\nabc)", []),
    ])
    func cutsLinesAndLiterals(input: String, frames: [String]) {
        let bytes = Array(input.utf8)
        #expect(texts(outcomes(of: [bytes]).outcomes) == frames)
        for size in 1...3 {
            #expect(texts(outcomes(of: pieces(bytes, of: size)).outcomes) == frames, "in pieces of \(size)")
        }
    }

    private let small = FramingLimits(lineLength: 30, literalSize: 8, literalCount: 2, frameSize: 60)

    @Test(arguments: [
        // At each limit, and one beyond.
        ("* " + String(repeating: "x", count: 28) + "\r\n* N\r\n", ["* " + String(repeating: "x", count: 28), "* N"]),
        (
            "* " + String(repeating: "x", count: 29) + "\r\n* N\r\n",
            ["too large lineLength: * " + String(repeating: "x", count: 28) + " []", "* N"]
        ),
        ("* F {8}\r\n12345678)\r\n", ["* F {8}\r\n12345678)"]),
        ("* F {9}\r\n123456789)\r\n* N\r\n", ["too large literalSize: * F {9}\r\n) [9]", "* N"]),
        ("* F {1}\r\na {1}\r\nb)\r\n", ["* F {1}\r\na {1}\r\nb)"]),
        (
            "* F {1}\r\na {1}\r\nb {1}\r\nc)\r\n* N\r\n",
            ["too large literalCount: * F {1}\r\na {1}\r\nb {1}\r\n [1]", "* N"]
        ),
        ("* F {9}\r\n123456789 {9}\r\nabcdefghi)\r\n", ["too large literalSize: * F {9}\r\n {9}\r\n) [9, 9]"]),
        ("* F {99999999999999999999}\r\n* N\r\n", ["invalid literalLength: * F {99999999999999999999}", "* N"]),
        ("* F {9223372036854775808}\r\n* N\r\n", ["invalid literalLength: * F {9223372036854775808}", "* N"]),
    ])
    func meetsEachLimitAndGoesOn(input: String, frames: [String]) {
        let bytes = Array(input.utf8)
        #expect(texts(outcomes(of: [bytes], limits: small).outcomes) == frames)
        for size in 1...4 {
            #expect(
                texts(outcomes(of: pieces(bytes, of: size), limits: small).outcomes) == frames, "in pieces of \(size)")
        }
    }

    @Test func boundsTheWholeFrame() {
        let limits = FramingLimits(lineLength: 100, literalSize: 50, literalCount: 9, frameSize: 40)
        let input = "* F {20}\r\n12345678901234567890 {20}\r\n12345678901234567890)\r\n* N\r\n"
        #expect(
            texts(outcomes(of: input, limits: limits)) == [
                "too large frameSize: * F {20}\r\n12345678901234567890 {20}\r\n [20]", "* N",
            ])
    }

    /// A long line that ends in a literal goes on after it.
    @Test func skipsTheLiteralsOfALongLine() {
        let long = "* S " + String(repeating: "y", count: 40) + " {6}\r\n* no\r\n tail\r\n* N\r\n"
        for size in [1, 2, 5, 1000] {
            let result = texts(outcomes(of: pieces(Array(long.utf8), of: size), limits: small).outcomes)
            #expect(result.count == 2)
            #expect(result.first?.hasPrefix("too large lineLength: * S yyy") == true)
            #expect(result.last == "* N")
        }
    }

    /// A literal of a lying size takes no memory, and what has come of it is thrown away.
    @Test func allocatesNothingAheadForALyingLiteral() {
        var framer = ResponseFramer()
        framer.append(ByteBuffer(string: "* 1 FETCH (BODY[] {9223372036854775807}\r\n"))
        #expect(framer.next() == .incomplete)
        let chunk = ByteBuffer(repeating: 0x61, count: 1 << 20)
        for _ in 0..<64 {
            framer.append(chunk)
            #expect(framer.next() == .incomplete)
            #expect(framer.bufferedByteCount == 0)
        }
        #expect(framer.isInsideFrame)

        var honest = ResponseFramer()
        honest.append(ByteBuffer(string: "* 1 FETCH (BODY[] {67108864}\r\nabc"))
        #expect(honest.next() == .incomplete)
        #expect(honest.bufferedByteCount < 100)
        #expect(honest.takeBufferedBytes().storageCapacity < 1024)
    }

    @Test func givesUpItsRestToANewLayer() {
        var framer = ResponseFramer()
        framer.append(ByteBuffer(string: "A1 OK go\r\nrest"))
        guard case .frame = framer.next() else {
            Issue.record("no frame")
            return
        }
        #expect(framer.bufferedByteCount == 4)
        #expect(text(framer.takeBufferedBytes()) == "rest")
        framer.append(ByteBuffer(string: "* N\r\n"))
        guard case .frame(let frame) = framer.next() else {
            Issue.record("no frame")
            return
        }
        #expect(text(frame.bytes) == "* N")
    }

    @Test func doesNotDependOnHowTheBytesAreCut() {
        let seed: UInt64 = 77
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("* {1}\r\n{12}+}~ab)(\"\\9".utf8)
        for round in 0..<2000 {
            let bytes = (0..<Int.random(in: 1...120, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            let whole = outcomes(of: [bytes], limits: small)
            let cut = outcomes(of: pieces(bytes, of: 1), limits: small)
            let random = outcomes(of: randomPieces(bytes, using: &generator), limits: small)
            #expect(whole.outcomes == cut.outcomes, "seed \(seed), round \(round)")
            #expect(whole.outcomes == random.outcomes, "seed \(seed), round \(round)")
        }
    }
}
