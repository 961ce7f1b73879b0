import NIOCore
import Testing

@testable import TrawlService

@Suite struct LineFramerTests {
    private func frames(_ pieces: [String], limit: Int = 10, finished: Bool = false) -> [String] {
        var framer = LineFramer(limit: limit)
        var result: [String] = []
        func take(_ frame: LineFramer.Frame?) -> Bool {
            switch frame {
            case nil: return false
            case .tooLong: result.append("too long")
            case .line(let bytes): result.append(String(decoding: bytes, as: UTF8.self))
            }
            return true
        }
        for piece in pieces {
            var buffer = ByteBuffer(string: piece)
            framer.append(&buffer)
            while take(framer.next()) {}
        }
        if finished { _ = take(framer.finish()) }
        return result
    }

    @Test func linesComeWholeHoweverTheyAreCut() {
        let text = "one\ntwo\r\n\nthree\nrest"
        for size in 1...text.utf8.count {
            let bytes = Array(text.utf8)
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                String(decoding: bytes[$0..<min($0 + size, bytes.count)], as: UTF8.self)
            }
            #expect(frames(pieces) == ["one", "two", "", "three"], "\(size)")
            #expect(frames(pieces, finished: true).last == "rest")
        }
    }

    @Test func aLineOverTheLimitIsToldOnceAndTheNextIsRead() {
        #expect(frames(["0123456789\n01234567890\nok\n"]) == ["0123456789", "too long", "ok"])
        #expect(frames(["0123456789", "01", "2345", "6789\n", "ok\n"]) == ["too long", "ok"])
        let long = String(repeating: "x", count: 100_000)
        #expect(frames([long, long, long + "\nok\n"]) == ["too long", "ok"])
        #expect(frames([long], finished: true) == ["too long"])
    }
}
