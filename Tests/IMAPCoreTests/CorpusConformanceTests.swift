import IMAPCore
import NIOCore
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Every server line of the shared corpus is read: whole, in every slicing, and with bytes changed.
@Suite struct CorpusConformanceTests {
    private func run(_ name: String, _ transcripts: [Transcript]?, allowedRefusals: Int) {
        guard let transcripts else {
            print("skipped: ../shared is not here, so \(name) was not read")
            return
        }
        var tally = Tally()
        for transcript in transcripts { tally.read(transcript) }
        print("conformance: \(name): \(transcripts.count) transcripts, \(tally.summary)")
        #expect(tally.understood > 0)
        #expect(tally.refused.count <= allowedRefusals, "\(tally.refused.prefix(20))")
        #expect(tally.sliceDifferences.isEmpty, "\(tally.sliceDifferences.prefix(5))")
        #expect(tally.left.isEmpty, "bytes are left over in \(tally.left)")
    }

    /// One line must be refused: the rest of a FETCH whose literal was shorter than said.
    @Test func readsMailKitsRecordedDialogues() throws {
        run("MailKit", Corpus.mailKit(), allowedRefusals: 1)
    }

    @Test func readsImaptestsExpectedReplies() throws {
        run("imaptest", Corpus.imaptest(), allowedRefusals: 0)
    }

    @Test func readsCurlsServerReplies() throws {
        run("curl", Corpus.curl(), allowedRefusals: 0)
    }

    /// Two lines must be refused: a literal of 10²⁰ octets, and what stands in it.
    @Test func readsRubysResponses() throws {
        run("ruby net-imap", Corpus.rubyNetIMAP(), allowedRefusals: 2)
    }

    @Test func survivesChangedBytes() throws {
        guard let mailKit = Corpus.mailKit(), let ruby = Corpus.rubyNetIMAP(), let imaptest = Corpus.imaptest() else {
            print("skipped: ../shared is not here, so no bytes of it were changed")
            return
        }
        // TRAWL_MUTATIONS: how many changed copies of each transcript; TRAWL_SEED repeats a run.
        let rounds = getenv("TRAWL_MUTATIONS").flatMap { Int(String(cString: $0)) } ?? 6
        let seed = getenv("TRAWL_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64(getpid()) &* 7919
        print("note: bytes are changed with seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var tally = Tally()
        for transcript in mailKit + ruby + imaptest where transcript.bytes.count < 20_000 {
            for _ in 0..<rounds {
                let changed = mutate(transcript.bytes, using: &generator)
                tally.readMutated(changed, using: &generator, "\(transcript.name), seed \(seed)")
            }
        }
        print("conformance: with bytes changed: \(tally.summary)")
        #expect(tally.sliceDifferences.isEmpty, "\(tally.sliceDifferences.prefix(5))")
    }
}

/// What became of the corpus' responses.
struct Tally {
    var understood = 0
    var partly = 0
    var skipped: [SkippedText.Reason: Int] = [:]
    var names: [String: Int] = [:]
    var refused: [String] = []
    var sliceDifferences: [String] = []
    var left: [String] = []

    var summary: String {
        let reasons = skipped.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
        let items = names.sorted { $0.key < $1.key }.map { $0.value == 1 ? $0.key : "\($0.key)×\($0.value)" }
        return "\(understood) responses understood, \(partly) of them in part (\(reasons.joined(separator: ", "))), "
            + "\(refused.count) refused" + (items.isEmpty ? "" : "; passed over: \(items.joined(separator: " "))")
    }

    mutating func read(_ transcript: Transcript) {
        let (whole, left) = outcomes(of: [transcript.bytes])
        if left > 0 { self.left.append(transcript.name) }
        take(whole, transcript.name)
        // Byte by byte, and cut at random where that would take long.
        if transcript.bytes.count < 100_000 {
            if outcomes(of: pieces(transcript.bytes, of: 1)).outcomes != whole {
                sliceDifferences.append(transcript.name)
            }
        }
        var generator = SeededGenerator(seed: UInt64(transcript.bytes.count))
        if outcomes(of: randomPieces(transcript.bytes, using: &generator)).outcomes != whole {
            sliceDifferences.append(transcript.name)
        }
    }

    mutating func readMutated(_ bytes: [UInt8], using generator: inout SeededGenerator, _ name: String) {
        let limits = FramingLimits(lineLength: 4000, literalSize: 10_000, literalCount: 20, frameSize: 12_000)
        let whole = outcomes(of: [bytes], limits: limits).outcomes
        if outcomes(of: randomPieces(bytes, using: &generator), limits: limits).outcomes != whole {
            sliceDifferences.append(name)
        }
        var parser = ResponseParser()
        var machine = ConnectionStateMachine(
            configuration: ConnectionConfiguration(security: .tls), now: MonotonicTime(nanoseconds: 0))
        machine.receive(outcomes(of: "* PREAUTH hello\r\n")[0], now: MonotonicTime(nanoseconds: 1))
        _ = machine.submit(.uidFetch([1, 2, 3], [.bodyStructure]), now: MonotonicTime(nanoseconds: 2))
        for outcome in whole {
            guard let frame = outcome.frame else { continue }
            let parsed = parser.parse(frame)
            if parsed.response == nil { refused.append("") } else { understood += 1 }
            for skip in parsed.skipped { skipped[skip.reason, default: 0] += 1 }
            machine.receive(outcome, now: MonotonicTime(nanoseconds: 3))
            while machine.nextAction() != nil {}
        }
    }

    private mutating func take(_ outcomes: [FramingOutcome], _ name: String) {
        var parser = ResponseParser()
        for outcome in outcomes {
            guard let frame = outcome.frame else { continue }
            if case .frame = outcome {
            } else {
                refused.append("\(name): \(outcome)")
                continue
            }
            let parsed = parser.parse(frame)
            guard parsed.response != nil else {
                refused.append("\(name): " + String(decoding: frame.bytes.readableBytesView.prefix(200), as: UTF8.self))
                continue
            }
            understood += 1
            if !parsed.skipped.isEmpty {
                partly += 1
                for skip in parsed.skipped {
                    skipped[skip.reason, default: 0] += 1
                    let item = skip.reason == .unknownItem ? skip.item : "\(skip.reason.rawValue):\(skip.item)"
                    names["\(item)@\(name)", default: 0] += 1
                }
            }
        }
    }
}

/// One to four changes: a byte flipped, taken out, put in or doubled, or the end cut off.
func mutate(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var out = bytes
    let special = Array("\r\n \"\\(){}[]<>*+0129\0".utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !out.isEmpty {
        let index = Int.random(in: 0..<out.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: out[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: out.remove(at: index)
        case 2: out.insert(special[Int.random(in: 0..<special.count, using: &generator)], at: index)
        case 3: out[index] = special[Int.random(in: 0..<special.count, using: &generator)]
        case 4: out.insert(out[index], at: index)
        default: out.removeLast(min(out.count, Int.random(in: 0...9, using: &generator)))
        }
    }
    return out
}
