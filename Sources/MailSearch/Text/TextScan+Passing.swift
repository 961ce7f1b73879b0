/// How a scan passes over what its sink does not want: most of a text that is looked through for a few words.
extension TextScan {
    // MARK: Words

    /// Over words that are not wanted and what parts them, up to one that must be looked at more closely. Words of ASCII,
    /// Latin letters with accents and Cyrillic, that is: none of these parts a word.
    mutating func passWords() {
        let ascii = Folding.ascii.utf8Start
        let kinds = Folding.kinds.utf8Start
        let stop = min(end, sink.wantedEnd)
        var at = index
        var passed = 0
        while at < stop {
            if beginnings.isUsable, isASCII(at) {
                let begin = beginnings.pass(text, from: at, to: end)
                if passed == 0, begin > at, Self.hasLetters(text, at, begin) { passed = 1 }
                at = begin
                guard at < stop else { break }
            }
            let byte = text[at]
            var next = at &+ 1
            if kinds[Int(byte)] == Folding.letterKind {
                if sink.mayWant(UInt32(ascii[Int(byte)])) {
                    guard next < end, kinds[Int(text[next])] == Folding.letterKind,
                        !sink.mayWant(second: UInt32(ascii[Int(text[next])]))
                    else { break }
                }
            } else if byte < 0x80 {
                // An apostrophe begins no word.
                at &+= 1
                continue
            } else {
                guard isPairedLetter(at), !sink.mayWant(Self.folded(UTF8Decoder.scalar(text, at, end).value)) else {
                    break
                }
                next = at &+ 2
            }
            next = endOfLetters(next)
            guard next &- at < TextScanner.longestToken,
                next == end || kinds[Int(text[next])] == Folding.separatorKind
            else { break }
            at = next
            passed &+= 1
        }
        index = at
        sink.pass(passed)
    }

    /// The first byte from `start` on that is no ASCII letter or digit, nor of a letter that ``isPairedLetter(_:)`` knows.
    @inline(__always)
    private func endOfLetters(_ start: Int) -> Int {
        var at = start
        while true {
            at = endOfASCII(at)
            guard isPairedLetter(at) else { return at }
            at &+= 2
            // Four letters of Cyrillic at a time.
            while end &- at >= 8, bytes(at, as: UInt64.self) & 0xC0FE_C0FE_C0FE_C0FE == 0x80D0_80D0_80D0_80D0 {
                at &+= 8
            }
            while isPairedLetter(at) { at &+= 2 }
        }
    }

    /// Whether a letter of two bytes stands at a place which parts no word: one with an accent (U+00C0 to U+00FF), or one of
    /// Cyrillic (U+0400 to U+047F).
    @inline(__always)
    private func isPairedLetter(_ at: Int) -> Bool {
        guard end &- at >= 2 else { return false }
        let pair = bytes(at, as: UInt16.self)
        // × and ÷ stand among the letters.
        return pair & 0xC0FE == 0x80D0 || pair & 0xC0FF == 0x80C3 && pair & 0xDF00 != 0x9700
    }

    /// Whether a few bytes are of ASCII, and not the text's last.
    @inline(__always)
    private func isASCII(_ at: Int) -> Bool {
        guard end &- at >= 8 else { return false }
        return bytes(at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    }

    /// Whether a word stands in a range of ASCII that ends where none goes on.
    ///
    /// Not asked of the scan itself, which would be copied for it.
    private static func hasLetters(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let kinds = Folding.kinds.utf8Start
        for at in start..<end where kinds[Int(text[at])] == Folding.letterKind { return true }
        return false
    }

    // MARK: Runs

    /// Over characters of a run that begin no wanted token, as far as they need no folding and nothing joins them. False
    /// where there is none.
    mutating func passRun() -> Bool {
        // Plain characters of runs begin with the same bytes.
        guard RunBeginnings.firstBytes.contains(text[index]) else { return false }
        let stop = min(end, sink.wantedEnd)
        var at = index
        if runBeginnings.isUsable { at = runBeginnings.pass(text, from: index, to: end) }
        var passed = Self.hasCharacters(text, index, at) ? 1 : 0
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
    private static func hasCharacters(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
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
        let first = UInt32(bytes(at, as: UInt16.self))
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
}
