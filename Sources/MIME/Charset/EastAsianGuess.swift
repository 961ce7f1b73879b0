/// Tells the double-octet charsets of Japanese, Chinese and Korean by their structure and their commonest rows.
enum EastAsianGuess {
    private struct Reading {
        var pairs = 0
        var faults = 0
        /// Pairs in the rows that everyday text is made of.
        var common = 0
        var kana = 0
        var hangul = 0

        /// Faults below two in a hundred, and most of it everyday characters.
        var isCredible: Bool { pairs >= 2 && faults * 50 <= pairs && common * 10 >= pairs * 8 }
    }

    static func guess(_ bytes: UnsafeRawBufferPointer) -> Charset? {
        let euc = readEUC(bytes)
        let shiftJIS = readShiftJIS(bytes)
        let big5 = readBig5(bytes)
        if euc.faults * 50 <= euc.pairs, euc.pairs >= 2 {
            if euc.kana * 5 >= euc.pairs { return .japaneseEUC }
            // Hangul fills 25 rows of the 94; Chinese text spreads over twice as many.
            if euc.hangul * 20 >= euc.pairs * 17 { return .koreanUHC }
            if euc.isCredible, !(shiftJIS.isCredible && shiftJIS.kana > euc.pairs / 4) { return .gb18030 }
        }
        if shiftJIS.isCredible, shiftJIS.kana * 5 >= shiftJIS.pairs { return .shiftJIS }
        // Characters alone, no kana: a short heading. Their first octets are no letters in any Western charset.
        if shiftJIS.isCredible, shiftJIS.faults == 0, !euc.isCredible, !big5.isCredible { return .shiftJIS }
        if big5.isCredible { return .big5 }
        if euc.isCredible { return .gb18030 }
        return nil
    }

    /// EUC-JP, EUC-KR and GB 2312: two octets from A1 to FE.
    private static func readEUC(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var reading = Reading()
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { break }
            let trail = bytes[index + 1]
            if lead == 0x8E, (0xA1...0xDF).contains(trail) {
                reading.pairs += 1
                reading.common += 1
                reading.kana += 1
                index += 2
                continue
            }
            guard (0xA1...0xFE).contains(lead), (0xA1...0xFE).contains(trail) else {
                reading.faults += 1
                index += 1
                continue
            }
            reading.pairs += 1
            if lead == 0xA4 || lead == 0xA5 { reading.kana += 1 }
            if (0xB0...0xC8).contains(lead) { reading.hangul += 1 }
            // Punctuation, full-width Latin, kana, and the first plane of everyday characters.
            if (0xA1...0xA5).contains(lead) || (0xB0...0xD7).contains(lead) { reading.common += 1 }
            index += 2
        }
        return reading
    }

    private static func readShiftJIS(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var reading = Reading()
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            if (0xA1...0xDF).contains(lead) {
                // Half-width kana: rare in mail, while other charsets have much in these octets.
                reading.pairs += 1
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { break }
            let trail = bytes[index + 1]
            guard (0x81...0x9F).contains(lead) || (0xE0...0xFC).contains(lead),
                (0x40...0x7E).contains(trail) || (0x80...0xFC).contains(trail)
            else {
                reading.faults += 1
                index += 1
                continue
            }
            reading.pairs += 1
            if lead == 0x82 && trail >= 0x9F || lead == 0x83 && trail <= 0x96 || lead == 0x81 && trail == 0x5B {
                reading.kana += 1
            }
            if (0x81...0x98).contains(lead) { reading.common += 1 }
            index += 2
        }
        return reading
    }

    private static func readBig5(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var reading = Reading()
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { break }
            let trail = bytes[index + 1]
            guard (0x81...0xFE).contains(lead), (0x40...0x7E).contains(trail) || (0xA1...0xFE).contains(trail)
            else {
                reading.faults += 1
                index += 1
                continue
            }
            reading.pairs += 1
            if (0xA1...0xC6).contains(lead) { reading.common += 1 }
            index += 2
        }
        return reading
    }
}
