/// What the tokenizer does with a code point: a reading of ``FoldingTable``.
///
/// Case and accents are folded as a reader would type the letter on a plain keyboard (ß is ss, ø is o, Ё is е,
/// full-width forms are narrow), marks that readers leave out are dropped, digits are ASCII's. Folding twice
/// gives what folding once gives.
enum Folding {
    static let separator: UInt32 = 0
    /// A letter, digit or mark that stands as it is.
    static let word: UInt32 = 1
    /// Dropped within words: combining marks, soft hyphens, zero-width characters, skin tones.
    static let ignorable: UInt32 = 2
    /// A character of a script written without spaces between words: indexed in pairs.
    static let run: UInt32 = 3
    /// A token by itself: emoji and pictures.
    static let single: UInt32 = 4
    static let apostrophe: UInt32 = 5
    /// Larger entries tell a fold string's place.
    static let firstFold: UInt32 = 8
    /// Set beside the place where the fold string is one run character.
    static let foldsToRun: UInt32 = 1 << 17

    @inline(__always)
    static func entry(_ codePoint: UInt32) -> UInt32 {
        guard codePoint < FoldingTable.end else { return separator }
        // In bounds: stage 1 covers each code point below `end`, and its numbers are those of blocks in stage 2.
        let first = FoldingTable.stage1.utf8Start + Int(codePoint >> 6) * 2
        let block = Int(first[0] &- 48) << 6 | Int(first[1] &- 48)
        let second = FoldingTable.stage2.utf8Start + (block * 64 + Int(codePoint & 63)) * 3
        return UInt32(second[0] &- 48) << 12 | UInt32(second[1] &- 48) << 6 | UInt32(second[2] &- 48)
    }

    /// The fold string of an entry from ``firstFold`` on.
    @inline(__always)
    static func fold(_ entry: UInt32) -> UnsafeBufferPointer<UInt8> {
        let at = FoldingTable.folds.utf8Start + Int((entry & (foldsToRun - 1)) - firstFold)
        return UnsafeBufferPointer(start: at + 1, count: Int(at[0] &- 48))
    }

    /// What a byte is in a word that begins with ASCII: see the next three.
    static let kinds: StaticString = """
        sssssssssssssssssssssssssssssssssssssssosssssssswwwwwwwwwwssssss\
        swwwwwwwwwwwwwwwwwwwwwwwwwwsssssswwwwwwwwwwwwwwwwwwwwwwwwwwsssss\
        oooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo\
        oooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo
        """
    /// An ASCII letter or digit.
    static let letterKind = UInt8(ascii: "w")
    /// ASCII that ends a word.
    static let separatorKind = UInt8(ascii: "s")
    /// An apostrophe, or a part of a character beyond ASCII.
    static let otherKind = UInt8(ascii: "o")

    /// An ASCII letter or digit in lower case; 0 for all other bytes below 0x80.
    static let ascii: StaticString = """
        \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
        0123456789\0\0\0\0\0\0\0abcdefghijklmnopqrstuvwxyz\0\0\0\0\0\0abcdefghijklmnopqrstuvwxyz\0\0\0\0\0
        """
}
