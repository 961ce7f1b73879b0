import TestSupport
import Testing

@testable import MailSearch

@Suite("Spans of time by ids")
struct DateSpanTests {
    @Test("what is sure is within, and what is not possible is not, for all ids that a date may have")
    func bounds() {
        var random = SeededRandom.announced("spans of time")
        var (sure, unsure, out) = (0, 0, 0)
        for _ in 0..<20_000 {
            let drift = Int64.random(in: 0...5, using: &random)
            func bound() -> Int64? {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: nil
                case 1: [Int64.min, -1, 0, 1, Int64.max].randomElement(using: &random)
                default: Int64.random(in: 0...400, using: &random)
                }
            }
            let (from, until) = (bound(), bound())
            let span = DateSpan(from: from, until: until, drift: drift)
            let date = Int64.random(in: 0...400, using: &random)
            let id = date / EmailID.secondsPerID + Int64.random(in: 0...drift, using: &random)
            let isWithin = date >= from ?? .min && date < until ?? .max
            if span.sure?.contains(id) ?? false {
                #expect(isWithin, "\(date) \(String(describing: from)) \(String(describing: until))")
                sure += 1
            } else if span.unsure.contains(where: { $0.contains(id) }) {
                unsure += 1
            } else {
                #expect(!isWithin, "\(date) \(String(describing: from)) \(String(describing: until))")
                out += 1
            }
            #expect(isWithin ? span.possible?.contains(id) == true : span.notSure.contains { $0.contains(id) })
        }
        #expect(sure > 1_000 && unsure > 1_000 && out > 1_000)
    }
}
