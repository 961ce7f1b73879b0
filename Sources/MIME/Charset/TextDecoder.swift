/// Octets that claim a charset, or none, to UTF-8. Never fails: what lies gets a guess, and what cannot be read
/// U+FFFD.
enum TextDecoder {
    struct Outcome {
        /// What the octets were read as.
        var charset: Charset
        /// Whether that is something else than the label said.
        var isGuess = false
        /// Characters that could not be read.
        var faults = 0
    }

    /// Appends the text of `bytes` to `sink`, which then holds well-formed UTF-8.
    static func decode(_ bytes: UnsafeRawBufferPointer, as label: Charset?, into sink: ByteSink) -> Outcome {
        let start = ByteScan.asciiPrefix(bytes, from: 0)
        if start == bytes.count { return decodeSevenBit(bytes, as: label, into: sink) }
        switch label {
        case nil: return decodeUnlabelled(bytes, into: sink)
        case .utf8: return decodeUTF8(bytes, into: sink)
        case .singleByte(let name):
            // Text in any of these that happens to be well-formed UTF-8 is not to be met; UTF-8 under their labels is.
            if isUTF8(bytes) {
                sink.append(bytes)
                return Outcome(charset: .utf8, isGuess: true)
            }
            guard let table = SingleByteTable.named(name) else { return decodeUnlabelled(bytes, into: sink) }
            table.decode(bytes, into: sink)
            return Outcome(charset: .singleByte(name))
        case .multiByte, .iso2022JP, .iso2022KR, .hz, .utf16:
            let mark = sink.count
            let charset = label ?? .utf8
            guard let faults = convert(bytes, from: charset, into: sink) else {
                return decodeUnlabelled(bytes, into: sink)
            }
            if faults == 0 { return Outcome(charset: charset) }
            if isUTF8(bytes) {
                sink.truncate(to: mark)
                sink.append(bytes)
                return Outcome(charset: .utf8, isGuess: true)
            }
            // A few strays are a damaged text, many a wrong label.
            let guess = CharsetGuess.guess(bytes)
            guard faults > 1 + bytes.count / 50, guess != charset else {
                return Outcome(charset: charset, faults: faults)
            }
            let other = ByteSink(capacity: bytes.count * 2)
            guard let otherFaults = convert(bytes, from: guess, into: other), otherFaults < faults else {
                return Outcome(charset: charset, faults: faults)
            }
            sink.truncate(to: mark)
            sink.append(other.bytes)
            return Outcome(charset: guess, isGuess: true, faults: otherFaults)
        }
    }

    /// Whether all that is not ASCII is well-formed UTF-8.
    static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        ByteScan.utf8Census(bytes, faultLimit: 1).faults == 0
    }

    private static func decodeSevenBit(
        _ bytes: UnsafeRawBufferPointer, as label: Charset?, into sink: ByteSink
    ) -> Outcome {
        if let label, !label.keepsASCII || label == .multiByte("UTF-7") {
            let mark = sink.count
            if label == .utf16, ByteScan.first(0, in: bytes, from: 0, to: bytes.count) == nil {
                // ASCII that calls itself UTF-16.
                sink.append(bytes)
                return Outcome(charset: .utf8, isGuess: true)
            }
            if let faults = convert(bytes, from: label, into: sink) { return Outcome(charset: label, faults: faults) }
            sink.truncate(to: mark)
        } else if let escaped = ISO2022.charset(of: bytes) {
            let mark = sink.count
            if let faults = convert(bytes, from: escaped, into: sink), faults == 0 {
                return Outcome(charset: escaped, isGuess: true)
            }
            sink.truncate(to: mark)
        }
        sink.append(bytes)
        return Outcome(charset: label ?? .utf8)
    }

    private static func decodeUTF8(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) -> Outcome {
        let census = ByteScan.utf8Census(bytes)
        if census.faults == 0 {
            sink.append(bytes)
            return Outcome(charset: .utf8)
        }
        // Text cut amid a character, or spoiled here and there, is still UTF-8.
        if census.sequences > 2 * census.faults {
            appendRepaired(bytes, into: sink)
            return Outcome(charset: .utf8, faults: census.faults)
        }
        return decodeGuess(bytes, into: sink)
    }

    private static func decodeUnlabelled(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) -> Outcome {
        let census = ByteScan.utf8Census(bytes)
        if census.faults == 0 {
            sink.append(bytes)
            return Outcome(charset: .utf8, isGuess: true)
        }
        if census.sequences > 10 * census.faults {
            appendRepaired(bytes, into: sink)
            return Outcome(charset: .utf8, isGuess: true, faults: census.faults)
        }
        return decodeGuess(bytes, into: sink)
    }

    private static func decodeGuess(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) -> Outcome {
        let guess = ISO2022.charset(of: bytes) ?? CharsetGuess.guess(bytes)
        let mark = sink.count
        if let faults = convert(bytes, from: guess, into: sink) {
            return Outcome(charset: guess, isGuess: true, faults: faults)
        }
        sink.truncate(to: mark)
        appendRepaired(bytes, into: sink)
        return Outcome(charset: .utf8, isGuess: true, faults: 1)
    }

    /// Appends the text in `charset` and tells how many characters could not be read; nil where this system does not
    /// know the charset.
    static func convert(_ bytes: UnsafeRawBufferPointer, from charset: Charset, into sink: ByteSink) -> Int? {
        switch charset {
        case .utf8:
            let faults = ByteScan.utf8Census(bytes).faults
            if faults == 0 { sink.append(bytes) } else { appendRepaired(bytes, into: sink) }
            return faults
        case .singleByte(let name):
            guard let table = SingleByteTable.named(name) else { return nil }
            table.decode(bytes, into: sink)
            return 0
        case .multiByte(let name):
            return IconvDecoder.decode(bytes, from: name, into: sink)
        case .utf16:
            let isLittle = bytes.count >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE
            let isMarked = isLittle || bytes.count >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF
            let text = isMarked ? bytes.slice(2..<bytes.count) : bytes
            // Without a mark: Latin text shows its order by where the zeros are.
            let littleZeros = zip(1..., text.dropFirst()).prefix(200).filter { $0.0 % 2 == 1 && $0.1 == 0 }.count
            let bigZeros = zip(0..., text).prefix(200).filter { $0.0 % 2 == 0 && $0.1 == 0 }.count
            let readsLittle = isLittle || !isMarked && littleZeros > bigZeros
            return IconvDecoder.decode(text, from: readsLittle ? "UTF-16LE" : "UTF-16BE", into: sink)
        case .iso2022JP:
            return convert(bytes, through: ISO2022.japaneseEUC, as: .japaneseEUC, into: sink)
        case .iso2022KR:
            return convert(bytes, through: ISO2022.koreanEUC, as: .koreanUHC, into: sink)
        case .hz:
            return convert(bytes, through: ISO2022.chineseEUC, as: .gb18030, into: sink)
        }
    }

    private static func convert(
        _ bytes: UnsafeRawBufferPointer, through transform: (UnsafeRawBufferPointer, ByteSink) -> Void,
        as charset: Charset, into sink: ByteSink
    ) -> Int? {
        let eightBit = ByteSink(capacity: bytes.count * 2 + 16)
        transform(bytes, eightBit)
        return convert(eightBit.bytes, from: charset, into: sink)
    }

    /// Copies UTF-8 with U+FFFD for what is malformed.
    static func appendRepaired(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) {
        sink.append(String(decoding: bytes, as: UTF8.self))
    }

    /// The text of a short stretch, as a string.
    static func string(_ bytes: UnsafeRawBufferPointer, as label: Charset?) -> String {
        if ByteScan.isASCII(bytes), label?.keepsASCII ?? true, label != .multiByte("UTF-7"),
            ByteScan.first(0x1B, in: bytes, from: 0, to: bytes.count) == nil
        {
            return String(decoding: bytes, as: UTF8.self)
        }
        let sink = ByteSink(capacity: bytes.count * 3 + 16)
        _ = decode(bytes, as: label, into: sink)
        return sink.string()
    }
}
