import TestSupport
import Testing

@testable import TrawlService

/// Writes DNS answers, as a name server would.
struct DNSAnswerWriter {
    private(set) var bytes: [UInt8]
    private var count = 0

    init(question: String, type: UInt8, responseCode: UInt8 = 0) {
        bytes = [0, 7, 0x81, 0x80 | responseCode, 0, 1, 0, 0, 0, 0, 0, 0]
        bytes += Self.name(question) + [0, type, 0, 1]
    }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// A record whose own name is a pointer to the question's.
    mutating func add(type: UInt8, _ content: [UInt8]) {
        bytes += [0xC0, 12, 0, type, 0, 1, 0, 0, 1, 0, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        bytes += content
        count += 1
        bytes[6] = UInt8(count >> 8)
        bytes[7] = UInt8(count & 0xFF)
    }

    mutating func addService(_ priority: UInt8, _ weight: UInt8, port: Int, _ host: String) {
        add(
            type: 33, [0, priority, 0, weight, UInt8(port >> 8), UInt8(port & 0xFF)] + Self.name(host))
    }

    mutating func addExchange(_ preference: UInt8, _ host: String) {
        add(type: 15, [0, preference] + Self.name(host))
    }
}

@Suite struct DNSAnswerTests {
    private var sample: DNSAnswerWriter {
        var writer = DNSAnswerWriter(question: "_imaps._tcp.example.org", type: 33)
        writer.addService(20, 0, port: 993, "late.example.org")
        writer.addService(10, 1, port: 994, "light.example.org")
        writer.addService(10, 9, port: 993, "heavy.example.org")
        writer.addExchange(5, "mx.example.net")
        // A name that ends where the question's does: "two" and a pointer to "example.org".
        writer.add(type: 15, [0, 1, 3] + Array("two".utf8) + [0xC0, 24])
        return writer
    }

    @Test func servicesComeByPriorityThenWeight() throws {
        let answer = try #require(DNSAnswer(sample.bytes))
        #expect(answer.services.map(\.host) == ["heavy.example.org", "light.example.org", "late.example.org"])
        #expect(answer.services.map(\.port) == [993, 994, 993])
        #expect(answer.exchanges.map(\.host) == ["two.example.org", "mx.example.net"])
    }

    @Test func aRootNameSaysThatTheServiceIsNotOffered() throws {
        var writer = DNSAnswerWriter(question: "_imap._tcp.example.org", type: 33)
        writer.addService(0, 0, port: 0, "")
        #expect(try #require(DNSAnswer(writer.bytes)).services.map(\.host) == [""])
    }

    @Test func answersThatSayNothingAreNone() {
        #expect(DNSAnswer([]) == nil)
        #expect(DNSAnswer([UInt8](repeating: 0, count: 11)) == nil)
        #expect(DNSAnswer(DNSAnswerWriter(question: "x.org", type: 33, responseCode: 3).bytes) == nil, "no such name")
        var query = sample.bytes
        query[2] &= 0x7F
        #expect(DNSAnswer(query) == nil, "a question is no answer")
        #expect(DNSAnswer(DNSAnswerWriter(question: "x.org", type: 33).bytes)?.services == [])
    }

    @Test func namesThatLeadInACircleOrForwardsAreRefused() {
        for distance in [0, 2, 100] {
            var writer = DNSAnswerWriter(question: "x.org", type: 33)
            // Where the record's own host name will begin.
            let target = UInt8(writer.bytes.count + 18 + distance)
            writer.add(type: 33, [0, 0, 0, 0, 3, 225, 0xC0, target])
            #expect(DNSAnswer(writer.bytes)?.services == [])
        }
    }

    @Test func whatIsNoHostNameIsPassedOver() {
        for name in ["a b.org", "x\u{1B}[31m.org", "-x.org", "x;rm.org", String(repeating: "a.", count: 200) + "org"] {
            var writer = DNSAnswerWriter(question: "x.org", type: 33)
            writer.addService(0, 0, port: 993, name)
            writer.addService(1, 0, port: 993, "good.org")
            #expect(DNSAnswer(writer.bytes)?.services.map(\.host) == ["good.org"], "\(name.debugDescription)")
        }
        #expect(DNSAnswer.isHostName(String(repeating: "a", count: 63) + ".org"))
        #expect(!DNSAnswer.isHostName(String(repeating: "a", count: 64) + ".org"))
    }

    /// What a forger may send: cut at each octet, and with octets changed.
    @Test func hurtAnswersDoNoHarm() {
        let bytes = sample.bytes
        for length in 0..<bytes.count { _ = DNSAnswer(bytes.prefix(length)) }
        var random = SeededRandom(seed: 20_261_123)
        for _ in 0..<20_000 {
            var hurt = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                hurt[Int.random(in: 0..<hurt.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            for service in DNSAnswer(hurt)?.services ?? [] {
                #expect(service.host.isEmpty || DNSAnswer.isHostName(service.host))
            }
        }
    }
}
