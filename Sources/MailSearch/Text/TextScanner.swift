/// Takes the tokens that ``TextScanner`` finds.
protocol TokenSink {
    /// One token: its folded UTF-8 (valid during the call) and the bytes of the text that it stands for.
    ///
    /// - Parameter isColocated: the token stands at the position of the one before it.
    /// - Returns: false to stop.
    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool

    // MARK: Sinks that want few tokens

    /// Whether it says beforehand which tokens it wants. Most of the others are then passed over, which takes a fraction
    /// of what it takes to fold them.
    static var isChoosy: Bool { get }
    /// Whether a token may be wanted that begins with this character, folded.
    func mayWant(_ first: UInt32) -> Bool
    /// Whether one may be wanted that has this character, folded, behind the first.
    func mayWant(second: UInt32) -> Bool
    /// The beginnings of what may be wanted, by which it is found faster than by looking at each word.
    var beginnings: WordBeginnings { get }
    var runBeginnings: RunBeginnings { get }
    /// Instead of `take`, for so many tokens that are not wanted, or more. Each stands at a position of its own.
    mutating func pass(_ count: Int)
    /// What begins here or further down in the text is not wanted.
    var wantedEnd: Int { get }
}

extension TokenSink {
    static var isChoosy: Bool { false }
    func mayWant(_ first: UInt32) -> Bool { true }
    func mayWant(second: UInt32) -> Bool { true }
    var beginnings: WordBeginnings { WordBeginnings() }
    var runBeginnings: RunBeginnings { RunBeginnings() }
    mutating func pass(_ count: Int) {}
    var wantedEnd: Int { .max }
}

/// What a text is scanned for.
public enum ScanPurpose: Sendable {
    /// To be indexed: with all the forms by which a word may be asked for.
    case document
    /// To be looked up: one token a position.
    case query
}

/// Parts a text into the tokens of the index, reading UTF-8 bytes as they are.
///
/// - Words are letters, digits and marks, folded (``Folding``). All else parts them, so that `ana@example.org`,
///   `INV-2024/0071` and `foo_bar` are words in sequence, found whole by a phrase.
/// - An apostrophe within a word is dropped (`O'Neill` is `oneill`, `don't` is `dont`), because that keeps one
///   position a word: phrases across it work however it is typed. In documents each part of two letters or more
///   stands beside it at the same position, so that `neill`, `john` (of `John's`) and `arbre` (of `l'arbre`) are
///   found too. A query asks for the whole: who types `l'arbre` wants just that.
/// - Scripts without spaces (Han, Kana, Hangul, Thai…) are indexed as pairs: the run abc gives `ab bc c`. The last
///   character stands alone, so each character begins a token: one is found by a prefix, more by a phrase of pairs.
///   In a query the lone last character is given only where something follows it: `bc` must find abc and bcd.
/// - An emoji is a token; skin tones and joiners are dropped, so that 👍 finds 👍🏽.
/// - A word longer than ``longestToken`` bytes is known by its beginning. So is, much sooner, what looks like
///   base64 (``leastNoise``): nobody searches for its end, and it would fill the index.
///
/// It promises nothing about normalisation beyond this, and takes any bytes: broken UTF-8 parts words.
enum TextScanner {
    /// A token has at most so many bytes; the rest of the word is skipped.
    static let longestToken = 120
    /// ASCII words of so many bytes are looked at for noise.
    static let leastNoise = 32
    /// So many bytes of a noise word are kept: enough to find it by, when it is pasted whole.
    static let keptOfNoise = 16
    /// After so many apostrophes in one word, the next ends it.
    static let mostApostrophes = 8

    /// Characters of runs that are three bytes long and stand as they are, but for a mark that may voice a kana.
    @inline(__always)
    static func isPlainRun(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x4E00...0x9FFC, 0xAC00...0xD7A3, 0x3041...0x3096, 0x30A1...0x30FA: true
        default: false
        }
    }

    /// From here on no plain character of a run can be voiced.
    static let firstUnvoiced: UInt32 = 0x3100

    /// Gives each token of `text` to `sink`, in order.
    @inline(__always)
    static func scan<Sink: TokenSink>(
        _ text: UnsafePointer<UInt8>, count: Int, for purpose: ScanPurpose, stemmers: [Stemmer] = [],
        into sink: inout Sink
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longestToken + 8) { buffer in
            guard let base = buffer.baseAddress else { return }
            var scan = Scan(
                text: text, end: count, isQuery: purpose == .query, stemmers: stemmers, word: base, sink: sink)
            scan.run()
            sink = scan.sink
        }
    }

    /// A kana with its voicing mark, if the two make one character.
    static func voiced(_ kana: UInt32, _ mark: UInt32) -> UInt32? {
        let isHiragana = kana < 0x30A1
        let katakana = isHiragana ? kana &+ 0x60 : kana
        let shift = isHiragana ? UInt32(0x60) : 0
        switch mark {
        case 0x3099, 0xFF9E:
            switch katakana {
            case 0x30A6: return 0x30F4 &- shift
            case 0x30AB...0x30C2 where katakana & 1 == 1, 0x30C4...0x30C9 where katakana & 1 == 0,
                0x30CF...0x30DD where (katakana &- 0x30CF) % 3 == 0:
                return katakana &+ 1 &- shift
            default: return nil
            }
        case 0x309A, 0xFF9F:
            guard (0x30CF...0x30DD).contains(katakana), (katakana &- 0x30CF) % 3 == 0 else { return nil }
            return katakana &+ 2 &- shift
        default: return nil
        }
    }
}

/// The state of one scan.
private struct Scan<Sink: TokenSink> {
    let text: UnsafePointer<UInt8>
    let end: Int
    let isQuery: Bool
    let stemmers: [Stemmer]
    /// Whether tokens that the sink does not want may be passed over.
    let isChoosy: Bool
    private let beginnings: WordBeginnings
    private let runBeginnings: RunBeginnings
    /// The folded word so far: `longestToken` bytes, and `count` of them in use.
    let word: UnsafeMutablePointer<UInt8>
    var count = 0
    var index = 0
    var sink: Sink
    var isStopped = false
    /// In queries, the last character of a run, which is a token only if another follows.
    private var pending: RunCharacter?
    /// Where the parts of a word with apostrophes begin: in the folded word and in the text.
    private var parts = PartList()

    init(
        text: UnsafePointer<UInt8>, end: Int, isQuery: Bool, stemmers: [Stemmer], word: UnsafeMutablePointer<UInt8>,
        sink: Sink
    ) {
        self.text = text
        self.end = end
        self.isQuery = isQuery
        self.stemmers = stemmers
        // Stems begin otherwise than their words.
        isChoosy = Sink.isChoosy && !isQuery && stemmers.isEmpty
        beginnings = sink.beginnings
        runBeginnings = sink.runBeginnings
        self.word = word
        self.sink = sink
    }

    mutating func run() {
        let ascii = Folding.ascii.utf8Start
        while index < end, !isStopped {
            if Sink.isChoosy {
                if isChoosy { passWords() }
                guard index < end, index < sink.wantedEnd else { return }
            }
            let byte = text[index]
            if byte < 0x80 {
                if ascii[Int(byte)] == 0 {
                    index &+= 1
                } else {
                    asciiWord(ascii)
                }
                continue
            }
            if Sink.isChoosy, isChoosy, passRun() { continue }
            let (scalar, length) = UTF8Decoder.scalar(text, index, end)
            let entry = Folding.entry(scalar)
            switch entry {
            case Folding.separator where isQuery && scalar == Stemming.marker.value:
                // A stem, as the compiler asks for it: the marker and the word are one token.
                for (offset, byte) in Stemming.markerBytes.enumerated() { word[offset] = byte }
                count = length
                index &+= length
                mixedWord(from: index &- length, ascii)
            case Folding.separator, Folding.ignorable, Folding.apostrophe:
                index &+= length
            case Folding.single:
                let start = index
                index &+= length
                skipIgnorable()
                count = UTF8Decoder.encode(scalar, to: word)
                emit(from: start, to: index)
            default:
                if entry == Folding.run || entry & Folding.foldsToRun != 0 {
                    characterRun()
                } else {
                    count = 0
                    mixedWord(from: index, ascii)
                }
            }
        }
    }

    /// Over what belongs to the character before it: skin tones, variation selectors.
    private mutating func skipIgnorable() {
        while index < end, text[index] >= 0x80 {
            let (scalar, length) = UTF8Decoder.scalar(text, index, end)
            guard Folding.entry(scalar) == Folding.ignorable else { return }
            index &+= length
        }
    }

    /// A word that begins with an ASCII letter or digit: the common case, one table look-up a byte.
    @inline(__always)
    private mutating func asciiWord(_ ascii: UnsafePointer<UInt8>) {
        let start = index
        let stop = min(end, start &+ TextScanner.longestToken)
        var at = start
        while at < stop {
            let byte = text[at]
            guard byte < 0x80 else { break }
            let folded = ascii[Int(byte)]
            guard folded != 0 else { break }
            word[at &- start] = folded
            at &+= 1
        }
        count = at &- start
        index = at
        if at < end {
            let next = text[at]
            if next >= 0x80 || next == UInt8(ascii: "'") || at == stop {
                mixedWord(from: start, ascii)
                return
            }
        }
        if count >= TextScanner.leastNoise { cutNoise(start) }
        emit(from: start, to: at)
        if !stemmers.isEmpty { emitStems(from: start, to: at) }
    }

    /// Over words that are not wanted and what parts them, up to one that must be looked at more closely. Words of ASCII and
    /// Latin letters with accents, that is: none of these parts a word.
    private mutating func passWords() {
        let ascii = Folding.ascii.utf8Start
        let kinds = Folding.kinds.utf8Start
        let stop = min(end, sink.wantedEnd)
        var at = index
        var passed = 0
        while at < stop {
            if beginnings.isUsable, isASCII(at) {
                let begin = beginnings.pass(text, from: at, to: end)
                if passed == 0, begin > at, hasLetters(at, begin) { passed = 1 }
                at = begin
                guard at < stop else { break }
            }
            let byte = text[at]
            let kind = kinds[Int(byte)]
            guard kind == Folding.letterKind else {
                // An apostrophe begins no word.
                guard byte < 0x80 else { break }
                at &+= 1
                continue
            }
            var next = at &+ 1
            if sink.mayWant(UInt32(ascii[Int(byte)])) {
                guard next < end, kinds[Int(text[next])] == Folding.letterKind,
                    !sink.mayWant(second: UInt32(ascii[Int(text[next])]))
                else { break }
            }
            while true {
                next = endOfASCII(next)
                guard end &- next >= 2, text[next] == 0xC3, text[next &+ 1] & 0xC0 == 0x80 else { break }
                // × and ÷ stand among the letters.
                guard text[next &+ 1] & 0xDF != 0x97 else { break }
                next &+= 2
            }
            guard next &- at < TextScanner.longestToken,
                next == end || kinds[Int(text[next])] == Folding.separatorKind
            else { break }
            at = next
            passed &+= 1
        }
        index = at
        sink.pass(passed)
    }

    /// Whether a few bytes are of ASCII, and not the text's last.
    @inline(__always)
    private func isASCII(_ at: Int) -> Bool {
        guard end &- at >= 8 else { return false }
        return UnsafeRawPointer(text).loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    }

    /// Whether a word stands in a range of ASCII that ends where none goes on.
    private func hasLetters(_ start: Int, _ end: Int) -> Bool {
        let kinds = Folding.kinds.utf8Start
        for at in start..<end where kinds[Int(text[at])] == Folding.letterKind { return true }
        return false
    }

    /// The first byte from `start` on that is no ASCII letter or digit.
    @inline(__always)
    private func endOfASCII(_ start: Int) -> Int {
        var at = start
        // Eight bytes at a time. In each byte, the highest bit tells.
        let every: UInt64 = 0x0101_0101_0101_0101
        while end &- at >= 8 {
            let bytes = UInt64(
                littleEndian: UnsafeRawPointer(text).loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let low = bytes & (every &* 0x7F)
            let small = low | every &* 0x20
            let letters =
                (small &+ every &* UInt64(0x80 - UInt8(ascii: "a")))
                & ~(small &+ every &* UInt64(0x7F - UInt8(ascii: "z")))
            let digits =
                (low &+ every &* UInt64(0x80 - UInt8(ascii: "0"))) & ~(low &+ every &* UInt64(0x7F - UInt8(ascii: "9")))
            let others = (~(letters | digits) | bytes) & (every &* 0x80)
            if others != 0 { return at &+ others.trailingZeroBitCount / 8 }
            at &+= 8
        }
        let kinds = Folding.kinds.utf8Start
        while at < end, kinds[Int(text[at])] == Folding.letterKind { at &+= 1 }
        return at
    }

    /// The rest of a word that has more than ASCII letters and digits in it; `count` bytes of it are folded.
    private mutating func mixedWord(from start: Int, _ ascii: UnsafePointer<UInt8>) {
        var isCut = count >= TextScanner.longestToken
        var isPlain = true
        parts.begin(at: start)
        scalars: while index < end {
            let (scalar, length) = UTF8Decoder.scalar(text, index, end)
            if scalar < 0x80, ascii[Int(scalar)] != 0 {
                if count < TextScanner.longestToken, !isCut {
                    word[count] = ascii[Int(scalar)]
                    count &+= 1
                }
                index &+= 1
                continue
            }
            let entry = Folding.entry(scalar)
            switch entry {
            case Folding.ignorable:
                break
            case Folding.word:
                isPlain = false
                if !isCut, count &+ length <= TextScanner.longestToken {
                    for offset in 0..<length { word[count &+ offset] = text[index &+ offset] }
                    count &+= length
                } else {
                    isCut = true
                }
            case Folding.apostrophe:
                guard parts.count < TextScanner.mostApostrophes, joins(after: index &+ length) else { break scalars }
                parts.append(folded: count, end: index, start: index &+ length)
            case Folding.separator, Folding.run, Folding.single:
                break scalars
            default:
                guard entry & Folding.foldsToRun == 0 else { break scalars }
                isPlain = false
                let fold = Folding.fold(entry)
                if !isCut, count &+ fold.count <= TextScanner.longestToken {
                    for byte in fold {
                        word[count] = byte
                        count &+= 1
                    }
                } else {
                    isCut = true
                }
            }
            index &+= length
        }
        if parts.count == 0, isPlain, count >= TextScanner.leastNoise { cutNoise(start) }
        emit(from: start, to: index)
        if parts.count > 0, !isQuery { emitParts(to: index) }
        if !stemmers.isEmpty { emitStems(from: start, to: index) }
    }

    /// The word's stems, each beside it; see ``Stemming``.
    private mutating func emitStems(from start: Int, to textEnd: Int) {
        guard Stemmer.isStemmable(UnsafeBufferPointer(start: word, count: count)) else { return }
        let marker = Stemming.markerBytes.count
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: marker + count) { room in
            guard let base = room.baseAddress else { return }
            for (offset, byte) in Stemming.markerBytes.enumerated() { base[offset] = byte }
            for stemmer in stemmers where !isStopped {
                for offset in 0..<count { base[marker + offset] = word[offset] }
                let length = stemmer.stem(base + marker, count)
                guard length > 0, length < count || (0..<count).contains(where: { base[marker + $0] != word[$0] })
                else {
                    continue
                }
                isStopped = !sink.take(base, marker + length, from: start, to: textEnd, isColocated: true)
            }
        }
    }

    /// Whether a word goes on at `position`.
    private func joins(after position: Int) -> Bool {
        guard position < end else { return false }
        let entry = Folding.entry(UTF8Decoder.scalar(text, position, end).value)
        return entry == Folding.word || (entry >= Folding.firstFold && entry & Folding.foldsToRun == 0)
    }

    private mutating func emitParts(to textEnd: Int) {
        for part in 0...parts.count where !isStopped {
            let first = part == 0 ? 0 : parts.folded(part &- 1)
            let last = part == parts.count ? count : parts.folded(part)
            var letters = 0
            for at in first..<last where word[at] & 0xC0 != 0x80 { letters &+= 1 }
            guard letters > 1 else { continue }
            let until = part == parts.count ? textEnd : parts.end(part)
            isStopped = !sink.take(
                word + first, last &- first, from: parts.start(part), to: until, isColocated: true)
        }
    }

    /// Cuts a word that changes between capitals, small letters and digits as only encoded bytes do.
    private mutating func cutNoise(_ start: Int) {
        var changes = 0
        var last: UInt8 = 0
        for offset in 0..<min(count, TextScanner.longestToken) where start &+ offset < end {
            let byte = text[start &+ offset]
            let kind: UInt8 = byte < 0x3A ? 1 : byte < 0x5B ? 2 : 3
            if kind != last { changes &+= 1 }
            last = kind
        }
        if changes &* 3 > count { count = TextScanner.keptOfNoise }
    }

    @inline(__always)
    private mutating func emit(from start: Int, to end: Int) {
        guard count > 0 else { return }
        if pending != nil { emitPending() }
        guard !isStopped else { return }
        isStopped = !sink.take(word, count, from: start, to: end, isColocated: false)
    }

    private mutating func emitPending() {
        guard let character = pending else { return }
        pending = nil
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { bytes in
            guard let base = bytes.baseAddress else { return }
            let count = UTF8Decoder.encode(character.scalar, to: base)
            isStopped = !sink.take(base, count, from: character.start, to: character.end, isColocated: false)
        }
    }

    // MARK: Runs

    private struct RunCharacter {
        var scalar: UInt32
        var start: Int
        var end: Int
    }

    private mutating func characterRun() {
        guard var last = runCharacter() else { return }
        var isAlone = true
        while !isStopped, let next = followingRunCharacter(last) {
            isAlone = false
            count = UTF8Decoder.encode(last.scalar, to: word)
            count += UTF8Decoder.encode(next.scalar, to: word + count)
            emit(from: last.start, to: next.end)
            last = next
            if Sink.isChoosy, isChoosy, !sink.mayWant(last.scalar) {
                // Its token begins with it, wherever the run began.
                index = last.start
                return
            }
        }
        if isQuery, !isAlone {
            pending = last
        } else if !isStopped {
            count = UTF8Decoder.encode(last.scalar, to: word)
            emit(from: last.start, to: last.end)
        }
    }

    /// Over characters of a run that begin no wanted token, as far as they need no folding and nothing joins them. False
    /// where there is none.
    private mutating func passRun() -> Bool {
        let stop = min(end, sink.wantedEnd)
        var at = index
        if runBeginnings.isUsable, RunBeginnings.firstBytes.contains(text[index]) {
            at = runBeginnings.pass(text, from: index, to: end)
        }
        var passed = hasCharacters(index, at) ? 1 : 0
        while at < stop, let scalar = plainRunCharacter(at) {
            if sink.mayWant(scalar) {
                // A pair is one token with what follows.
                guard let second = plainRunCharacter(at &+ 3), !sink.mayWant(second: second) else { break }
            }
            at &+= 3
            passed &+= 1
        }
        guard at > index else { return false }
        sink.pass(passed)
        index = at
        return true
    }

    /// Whether a token stands in a range of characters that ``RunBeginnings`` passes over.
    private func hasCharacters(_ start: Int, _ end: Int) -> Bool {
        var at = start
        while at < end {
            let (scalar, length) = UTF8Decoder.scalar(text, at, end)
            if Folding.entry(scalar) != Folding.separator { return true }
            at &+= length
        }
        return false
    }

    /// The character at a place, if it is a plain one of a run and no mark voices it.
    @inline(__always)
    private func plainRunCharacter(_ at: Int) -> UInt32? {
        guard end &- at >= 3 else { return nil }
        let bytes = UnsafeRawPointer(text)
        let first = UInt32(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
        let third = UInt32(text[at &+ 2])
        guard first & 0xC0F0 == 0x80E0, third & 0xC0 == 0x80 else { return nil }
        let scalar = (first & 0x0F) << 12 | first >> 2 & 0xFC0 | third & 0x3F
        guard TextScanner.isPlainRun(scalar) else { return nil }
        if scalar < TextScanner.firstUnvoiced, end &- at > 3 {
            // A mark that voices it (U+3099, U+309A, U+FF9E, U+FF9F), or what looks like one at a glance.
            guard end &- at >= 6 else { return nil }
            let middle = text[at &+ 4]
            if middle == 0x82 || middle == 0xBE, text[at &+ 5] >= 0x99 && text[at &+ 5] <= 0x9F { return nil }
        }
        return scalar
    }

    /// The next character of the run, over what is dropped and over a line break between two ideographs, which is
    /// where mail is folded in the middle of words.
    private mutating func followingRunCharacter(_ last: RunCharacter) -> RunCharacter? {
        let mark = index
        while index < end {
            let (scalar, length) = UTF8Decoder.scalar(text, index, end)
            let entry = Folding.entry(scalar)
            if entry == Folding.ignorable {
                index &+= length
            } else if scalar == 0x0A, Self.isIdeographic(last.scalar), index &+ 1 < end,
                Self.isIdeographic(UTF8Decoder.scalar(text, index &+ 1, end).value)
            {
                index &+= 1
            } else if entry == Folding.run || (entry >= Folding.firstFold && entry & Folding.foldsToRun != 0) {
                return runCharacter()
            } else {
                break
            }
        }
        index = mark
        return nil
    }

    private static func isIdeographic(_ scalar: UInt32) -> Bool {
        scalar >= 0x3005 && scalar <= 0x9FFF && !(0x3130...0x318F).contains(scalar)
            || (0x20000...0x323AF).contains(scalar)
    }

    /// The character at `index`, folded, with what composes with it: voiced kana and Hangul come apart on some
    /// systems (file names from macOS, half-width forms).
    private mutating func runCharacter() -> RunCharacter? {
        let start = index
        let (scalar, length) = UTF8Decoder.scalar(text, index, end)
        index &+= length
        var value = Self.folded(scalar)
        if (0x3041...0x30FF).contains(value), index < end {
            let (mark, markLength) = UTF8Decoder.scalar(text, index, end)
            if let composed = TextScanner.voiced(value, mark) {
                value = composed
                index &+= markLength
            }
        } else if (0x1100...0x1112).contains(value), index < end {
            let (vowel, vowelLength) = UTF8Decoder.scalar(text, index, end)
            let vowelValue = Self.folded(vowel)
            if (0x1161...0x1175).contains(vowelValue) {
                index &+= vowelLength
                value = 0xAC00 &+ ((value &- 0x1100) &* 21 &+ (vowelValue &- 0x1161)) &* 28
                if index < end {
                    let (final, finalLength) = UTF8Decoder.scalar(text, index, end)
                    if (0x11A8...0x11C2).contains(final) {
                        index &+= finalLength
                        value &+= final &- 0x11A7
                    }
                }
            }
        }
        return RunCharacter(scalar: value, start: start, end: index)
    }

    @inline(__always)
    private static func folded(_ scalar: UInt32) -> UInt32 {
        let entry = Folding.entry(scalar)
        guard entry >= Folding.firstFold, let base = Folding.fold(entry).baseAddress else { return scalar }
        return UTF8Decoder.scalar(base, 0, Folding.fold(entry).count).value
    }
}

/// Where the parts of a word with apostrophes lie; room for ``TextScanner/mostApostrophes`` of them, on the stack.
private struct PartList {
    private(set) var count = 0
    private var firstStart = 0
    private var folded8: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
    private var ends8: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
    private var starts8: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)

    mutating func begin(at start: Int) {
        count = 0
        firstStart = start
    }

    /// An apostrophe: the part before it ends at `end` and at `folded` of the folded word, the next begins at `start`.
    mutating func append(folded: Int, end: Int, start: Int) {
        let slot = count
        withUnsafeMutableBytes(of: &folded8) { $0.storeBytes(of: folded, toByteOffset: slot * 8, as: Int.self) }
        withUnsafeMutableBytes(of: &ends8) { $0.storeBytes(of: end, toByteOffset: slot * 8, as: Int.self) }
        withUnsafeMutableBytes(of: &starts8) { $0.storeBytes(of: start, toByteOffset: slot * 8, as: Int.self) }
        count += 1
    }

    func folded(_ slot: Int) -> Int { withUnsafeBytes(of: folded8) { $0.load(fromByteOffset: slot * 8, as: Int.self) } }
    func end(_ slot: Int) -> Int { withUnsafeBytes(of: ends8) { $0.load(fromByteOffset: slot * 8, as: Int.self) } }
    func start(_ part: Int) -> Int {
        part == 0 ? firstStart : withUnsafeBytes(of: starts8) { $0.load(fromByteOffset: (part - 1) * 8, as: Int.self) }
    }
}
