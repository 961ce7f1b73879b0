import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cuts the server's bytes, in whatever pieces they come, into responses.
///
/// It knows lines and literals and nothing of what they mean. Nothing is allocated ahead of bytes that have come, and
/// the outcome does not depend on how the bytes were cut.
public struct ResponseFramer: Sendable {
    private enum Mode {
        case reading
        case skippingLiteral(remaining: UInt64, thenLine: Bool)
        case skippingLine
    }

    public let limits: FramingLimits
    private var buffer = ByteBuffer()
    /// Whether the buffer's storage is ours alone, so that appending does not copy all of it.
    private var ownsBuffer = false
    private var mode = Mode.reading

    // Of the frame being read; offsets count from the buffer's reader index, and may lie beyond its end (in a literal).
    private var scan = 0
    private var segmentStart = 0
    private var literalBytes = 0
    private var literals = 0
    private var omitted: [ResponseFrame.OmittedLiteral] = []
    private var limitMet: FrameLimit?

    // While skipping: what is kept of the frame, and the last octets of the line being skipped.
    private var head = ByteBuffer()
    private var tail: [UInt8] = []

    /// Enough for `{` and 20 digits and `+}` and CR.
    private static let tailLength = 28

    public init(limits: FramingLimits = .default) {
        self.limits = limits
    }

    /// How many bytes wait for the rest of their response. After STARTTLS' OK this must be 0 (RFC 9051, 11.1).
    public var bufferedByteCount: Int { buffer.readableBytes }

    /// Whether a response has begun and not ended.
    public var isInsideFrame: Bool {
        if case .reading = mode { return buffer.readableBytes > 0 }
        return true
    }

    /// Takes the bytes that have not been made into responses, for a layer that starts here (COMPRESS).
    public mutating func takeBufferedBytes() -> ByteBuffer {
        let rest = buffer
        buffer = ByteBuffer()
        ownsBuffer = false
        resetFrame()
        return rest
    }

    public mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if buffer.readableBytes == 0 {
            buffer = bytes
            ownsBuffer = false
        } else if ownsBuffer {
            buffer.writeBuffer(&bytes)
        } else {
            // The storage is shared with frames handed out, or with the sender: writing into it would copy it whole.
            var joined = ByteBuffer()
            joined.reserveCapacity(buffer.readableBytes + bytes.readableBytes)
            joined.writeBuffer(&buffer)
            joined.writeBuffer(&bytes)
            buffer = joined
            ownsBuffer = true
        }
    }

    /// The next response that has come whole.
    public mutating func next() -> FramingOutcome {
        while true {
            switch mode {
            case .reading:
                switch readFrame() {
                case .outcome(let outcome): return outcome
                case .again: continue
                }
            case .skippingLiteral(let remaining, let thenLine):
                let here = UInt64(buffer.readableBytes)
                guard here >= remaining else {
                    buffer.clear()
                    ownsBuffer = false
                    mode = .skippingLiteral(remaining: remaining - here, thenLine: thenLine)
                    return .incomplete
                }
                buffer.moveReaderIndex(forwardBy: Int(remaining))
                if thenLine {
                    mode = .skippingLine
                } else {
                    resumeReading()
                }
            case .skippingLine:
                guard let outcome = skipLine() else { return .incomplete }
                if case .outcome(let outcome) = outcome { return outcome }
            }
        }
    }

    private enum Step {
        case outcome(FramingOutcome)
        case again
    }

    private enum Found {
        case incomplete
        case end(content: Int, next: Int)
        case badLiteral(content: Int, next: Int)
        case oversizeLiteral(next: Int, size: UInt64, FrameLimit)
        case longLine
    }

    private mutating func readFrame() -> Step {
        let readable = buffer.readableBytes
        guard scan < readable else { return .outcome(.incomplete) }
        // A view of its own, since looking changes `self`.
        let view = buffer
        let found = view.withUnsafeReadableBytes { find(in: $0) }
        switch found {
        case .incomplete:
            return .outcome(.incomplete)
        case .end(let content, let next):
            return .outcome(finish(content: content, next: next, fault: nil))
        case .badLiteral(let content, let next):
            return .outcome(finish(content: content, next: next, fault: .literalLength))
        case .oversizeLiteral(let next, let size, let limit):
            limitMet = limitMet ?? limit
            var kept = ByteBuffer()
            if var slice = buffer.readSlice(length: next) { kept.writeBuffer(&slice) }
            head = kept
            omitted.append(.init(offset: next, size: size))
            // Beyond the limits on the whole frame, the rest of it goes: joining it again and again would cost the
            // square of what a server sends.
            mode = .skippingLiteral(remaining: size, thenLine: limit != .literalSize)
            tail = []
            return .again
        case .longLine:
            limitMet = .lineLength
            omitted = []
            head = ByteBuffer()
            // Cut where the limit is, not where the bytes happened to be cut.
            let longest = limits.lineLength + literalBytes
            let kept = Swift.min(longest, FramingLimits.keptOfLongLine, readable)
            if var slice = buffer.getSlice(at: buffer.readerIndex, length: kept) { head.writeBuffer(&slice) }
            let skipped = Swift.max(segmentStart, longest - Self.tailLength)
            buffer.moveReaderIndex(forwardBy: Swift.min(skipped, readable))
            tail = []
            mode = .skippingLine
            return .again
        }
    }

    /// Looks on from `scan` for the frame's end, or for what stands in its way.
    private mutating func find(in bytes: UnsafeRawBufferPointer) -> Found {
        guard let base = bytes.baseAddress else { return .incomplete }
        while scan < bytes.count {
            // An LF further off than this would make the line too long, wherever the bytes were cut.
            let longest = limits.lineLength + literalBytes + 1
            let end = Swift.min(bytes.count, longest + 1)
            guard scan < end, let hit = memchr(base + scan, 0x0A, end - scan) else {
                if bytes.count > longest { return .longLine }
                scan = bytes.count
                return .incomplete
            }
            let lineFeed = UnsafeRawPointer(hit) - base
            let next = lineFeed + 1
            let content = lineFeed > segmentStart && bytes[lineFeed - 1] == 0x0D ? lineFeed - 1 : lineFeed
            if content - literalBytes > limits.lineLength { return .longLine }
            guard content > segmentStart, bytes[content - 1] == UInt8(ascii: "}"),
                let literal = LiteralHeader(endingAt: content, in: bytes, from: segmentStart),
                segmentStart > 0 || !Self.isStatusLine(bytes, content)
            else { return .end(content: content, next: next) }
            guard let size = literal.size else { return .badLiteral(content: content, next: next) }
            literals += 1
            if size > limits.literalSize { return .oversizeLiteral(next: next, size: size, .literalSize) }
            if literals > limits.literalCount { return .oversizeLiteral(next: next, size: size, .literalCount) }
            if UInt64(next) + size > limits.frameSize { return .oversizeLiteral(next: next, size: size, .frameSize) }
            literalBytes += Int(size)
            scan = next + Int(size)
            segmentStart = scan
        }
        return .incomplete
    }

    private mutating func finish(content: Int, next: Int, fault: FramingFault?) -> FramingOutcome {
        let start = buffer.readerIndex
        let frame = ResponseFrame(
            bytes: buffer.getSlice(at: start, length: content) ?? ByteBuffer(), omitted: omitted)
        buffer.moveReaderIndex(forwardBy: next)
        ownsBuffer = false
        let limit = limitMet
        resetFrame()
        if let fault { return .invalid(fault, frame) }
        if let limit { return .tooLarge(limit, frame) }
        return .frame(frame)
    }

    private mutating func resetFrame() {
        mode = .reading
        scan = 0
        segmentStart = 0
        literalBytes = 0
        literals = 0
        limitMet = nil
        if !omitted.isEmpty { omitted = [] }
        head = ByteBuffer()
        tail = []
    }

    /// Joins what was kept before an omitted literal with what comes after it.
    private mutating func resumeReading() {
        scan = head.readableBytes
        segmentStart = scan
        head.writeBuffer(&buffer)
        buffer = head
        head = ByteBuffer()
        ownsBuffer = true
        mode = .reading
    }

    /// Skips to the line's end, and on where it ends in a literal. Nil: more bytes are needed.
    private mutating func skipLine() -> Step? {
        let readable = buffer.readableBytes
        guard readable > 0 else { return nil }
        let position = buffer.withUnsafeReadableBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, let hit = memchr(base, 0x0A, bytes.count) else { return nil }
            return UnsafeRawPointer(hit) - base
        }
        let length = position ?? readable
        if let end = buffer.getSlice(
            at: buffer.readerIndex + Swift.max(0, length - Self.tailLength),
            length: Swift.min(length, Self.tailLength))
        {
            tail.append(contentsOf: end.readableBytesView)
            if tail.count > Self.tailLength { tail.removeFirst(tail.count - Self.tailLength) }
        }
        guard position != nil else {
            buffer.clear()
            ownsBuffer = false
            return nil
        }
        buffer.moveReaderIndex(forwardBy: length + 1)
        if tail.last == 0x0D { tail.removeLast() }
        let literal = tail.withUnsafeBytes { LiteralHeader(endingAt: $0.count, in: $0, from: 0) }
        tail = []
        if let size = literal?.size {
            mode = .skippingLiteral(remaining: size, thenLine: true)
            return .again
        }
        let frame = ResponseFrame(bytes: head, omitted: omitted)
        let limit = limitMet ?? .lineLength
        resetFrame()
        ownsBuffer = false
        return .outcome(.tooLarge(limit, frame))
    }

    /// Whether the line is a status response or a continuation: free text, in which `{5}` at the end is no literal.
    private static func isStatusLine(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> Bool {
        if bytes[0] == UInt8(ascii: "+") { return true }
        var index = 0
        while index < end, bytes[index] != 0x20 { index += 1 }
        while index < end, bytes[index] == 0x20 { index += 1 }
        let start = index
        while index < end, bytes[index] != 0x20 { index += 1 }
        let length = index - start
        guard length >= 2, length <= 7 else { return false }
        var word: UInt64 = 0
        for i in start..<index { word = word << 8 | UInt64(asciiUppercased(bytes[i])) }
        switch word {
        case 0x4F4B, 0x4E4F, 0x42_4144, 0x42_5945, 0x50_5245_4155_5448: return true  // OK NO BAD BYE PREAUTH
        default: return false
        }
    }
}

/// The `{123}`, `{123+}` or `~{123}` before a literal.
struct LiteralHeader {
    /// Nil: more than 63 bits.
    var size: UInt64?

    /// Nil where what ends at `end` is no literal's header.
    init?(endingAt end: Int, in bytes: UnsafeRawBufferPointer, from start: Int) {
        var index = end - 1
        guard index > start, bytes[index] == UInt8(ascii: "}") else { return nil }
        index -= 1
        if bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index -= 1 }
        let last = index
        var value: UInt64 = 0
        var scale: UInt64 = 1
        var overflow = false
        while index >= start, bytes[index] &- 0x30 < 10 {
            let digit = UInt64(bytes[index] &- 0x30)
            if digit != 0 {
                let (product, tooBig) = scale.multipliedReportingOverflow(by: digit)
                let (sum, tooMuch) = value.addingReportingOverflow(product)
                if tooBig || tooMuch || scale == 0 { overflow = true } else { value = sum }
            }
            let (next, tooBig) = scale.multipliedReportingOverflow(by: 10)
            scale = tooBig ? 0 : next
            index -= 1
        }
        guard index < last, index >= start, bytes[index] == UInt8(ascii: "{") else { return nil }
        size = overflow || value > UInt64(Int64.max) ? nil : value
    }
}
