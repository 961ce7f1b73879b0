/// The state of one scan.
struct TextScan<Sink: TokenSink> {
    let text: UnsafePointer<UInt8>
    let end: Int
    let isQuery: Bool
    let stemmers: [Stemmer]
    /// Whether tokens that the sink does not want may be passed over.
    let isChoosy: Bool
    let beginnings: WordBeginnings
    let runBeginnings: RunBeginnings
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

    /// So many bytes from a place on, which must all be there, the first in the lowest bits.
    @inline(__always)
    func bytes<Number: FixedWidthInteger>(_ at: Int, as type: Number.Type) -> Number {
        Number(littleEndian: UnsafeRawPointer(text).loadUnaligned(fromByteOffset: at, as: type))
    }

    /// The first byte from `start` on that is no ASCII letter or digit.
    @inline(__always)
    func endOfASCII(_ start: Int) -> Int {
        var at = start
        // Eight bytes at a time. In each byte, the highest bit tells.
        let every: UInt64 = 0x0101_0101_0101_0101
        while end &- at >= 8 {
            let bytes = bytes(at, as: UInt64.self)
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

    /// The first character of what one is folded to.
    @inline(__always)
    static func folded(_ scalar: UInt32) -> UInt32 {
        let entry = Folding.entry(scalar)
        guard entry >= Folding.firstFold, let base = Folding.fold(entry).baseAddress else { return scalar }
        return UTF8Decoder.scalar(base, 0, Folding.fold(entry).count).value
    }
}
