import IMAPCore
import NIOCore

/// A small generator whose seed can be printed, so that a failing run can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// What a framer makes of bytes that come in these pieces, without the last `.incomplete`.
func outcomes(
    of pieces: some Sequence<[UInt8]>, limits: FramingLimits = .default
) -> (outcomes: [FramingOutcome], left: Int) {
    var framer = ResponseFramer(limits: limits)
    var result: [FramingOutcome] = []
    for piece in pieces {
        framer.append(ByteBuffer(bytes: piece))
        loop: while true {
            let outcome = framer.next()
            switch outcome {
            case .incomplete: break loop
            case .frame, .invalid, .tooLarge: result.append(outcome)
            }
        }
    }
    return (result, framer.bufferedByteCount)
}

func outcomes(of text: String, limits: FramingLimits = .default) -> [FramingOutcome] {
    outcomes(of: [Array(text.utf8)], limits: limits).outcomes
}

/// The bytes cut into pieces of `size`.
func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
}

/// The bytes cut at random.
func randomPieces(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let size = Int.random(in: 1...max(1, min(700, bytes.count - start)), using: &generator)
        result.append(Array(bytes[start..<start + size]))
        start += size
    }
    return result
}

extension FramingOutcome {
    var frame: ResponseFrame? {
        switch self {
        case .incomplete: nil
        case .frame(let frame), .invalid(_, let frame), .tooLarge(_, let frame): frame
        }
    }
}

/// One response, parsed. Nil where the text is not one whole frame.
func parse(
    _ text: String, limits: ParsingLimits = .default, encoding: MailboxName.WireEncoding = .modifiedUTF7
) -> ParsedResponse? {
    parse(Array(text.utf8), limits: limits, encoding: encoding)
}

func parse(
    _ bytes: [UInt8], limits: ParsingLimits = .default, encoding: MailboxName.WireEncoding = .modifiedUTF7
) -> ParsedResponse? {
    var bytes = bytes
    if bytes.last != 0x0A { bytes += [0x0D, 0x0A] }
    guard case .frame(let frame) = outcomes(of: [bytes]).outcomes.first else { return nil }
    var parser = ResponseParser(limits: limits, mailboxEncoding: encoding)
    return parser.parse(frame)
}

/// The untagged response in a text in which nothing had to be skipped; nil for anything else.
func untagged(_ text: String, encoding: MailboxName.WireEncoding = .modifiedUTF7) -> UntaggedResponse? {
    guard let parsed = parse(text, encoding: encoding), parsed.skipped.isEmpty,
        case .untagged(let response) = parsed.response
    else { return nil }
    return response
}

/// The FETCH in a text; `skipped` are the names of items that had to be passed over.
func fetch(_ text: String, limits: ParsingLimits = .default) -> (message: FetchResponse, skipped: [String])? {
    guard let parsed = parse(text, limits: limits), case .untagged(.fetch(let message)) = parsed.response else {
        return nil
    }
    return (message, parsed.skipped.map(\.item))
}

func text(_ buffer: ByteBuffer?) -> String? {
    buffer.map { String(decoding: $0.readableBytesView, as: UTF8.self) }
}
