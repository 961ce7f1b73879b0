/// What charset unlabelled text is in, by the shape of its octets and by which reading looks like words.
enum CharsetGuess {
    /// Octets that are looked at.
    private static let sampleLimit = 16 << 10

    /// The likeliest charset of text that is no UTF-8; windows-1252 where nothing speaks for another.
    static func guess(_ bytes: UnsafeRawBufferPointer) -> Charset {
        // The sample begins where the text stops being ASCII.
        let start = max(0, ByteScan.asciiPrefix(bytes, from: 0) - 64)
        let sample = bytes.slice(start..<min(bytes.count, start + sampleLimit))
        if let eastAsian = EastAsianGuess.guess(sample) { return eastAsian }
        return SingleByteGuess.guess(sample)
    }
}
