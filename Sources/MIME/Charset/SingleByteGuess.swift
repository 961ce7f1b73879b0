/// Chooses among the single-octet charsets the one whose reading looks most like words.
enum SingleByteGuess {
    /// In the order in which mail has them; a tie goes to the earlier one.
    private static let candidates = [
        "CP1252", "CP1251", "KOI8-R", "CP1254", "CP1250", "CP1253", "CP1255", "CP1256", "CP874", "ISO-8859-5", "CP866",
    ]

    static func guess(_ bytes: UnsafeRawBufferPointer) -> Charset {
        var best = "CP1252"
        var bestScore = Int.min
        for name in candidates {
            guard let table = SingleByteTable.named(name) else { continue }
            var score = score(bytes, table.entries.map(character))
            // What is nearly as good as the commonest charset is not taken for a rarer one.
            if name != "CP1252" { score -= 1 + max(0, score) / 16 }
            if score > bestScore { (best, bestScore) = (name, score) }
        }
        return .singleByte(best)
    }

    private enum Kind { case lower, upper, caseless, symbol, bad }

    private struct Character {
        var kind: Kind
        /// Latin 0, Greek 1, Cyrillic 2, others by their block.
        var script: UInt8
        /// Among the letters that make up most of its language's text.
        var isCommon: Bool
    }

    private static func character(_ entry: UInt32) -> Character {
        let octets = [
            UInt8(truncatingIfNeeded: entry), UInt8(truncatingIfNeeded: entry >> 8),
            UInt8(truncatingIfNeeded: entry >> 16),
        ]
        let text = String(decoding: octets.prefix(Int(entry >> 24)), as: UTF8.self)
        guard let scalar = text.unicodeScalars.first else { return Character(kind: .bad, script: 0, isCommon: false) }
        let script: UInt8 =
            switch scalar.value {
            case 0..<0x250: 0
            case 0x370..<0x400: 1
            case 0x400..<0x530: 2
            case 0x590..<0x600: 3
            case 0x600..<0x700: 4
            case 0xE00..<0xE80: 5
            default: 6
            }
        let kind: Kind =
            switch scalar.properties.generalCategory {
            case .lowercaseLetter: .lower
            case .uppercaseLetter, .titlecaseLetter: .upper
            case .otherLetter, .nonspacingMark, .modifierLetter: script == 0 ? .symbol : .caseless
            case .control, .unassigned, .privateUse: scalar.value < 0x80 ? .symbol : .bad
            default: .symbol
            }
        let isCommon = commonLetters.contains(scalar)
        return Character(kind: kind, script: script, isCommon: isCommon)
    }

    private static let commonLetters = Set(
        ("éèàçêâîôûäöüßñóáíúãõåøæ" + "оеаинтсрвлкм" + "αοιετσνηυρπκμλςάέήίόύώ" + "יוהלארתבשמנם" + "اليمونرتبة"
            + "านรอกเงมยลวดทส่้" + "ąćęłńśźżáčďěíňřšťůýžőűăâîșțğışİ")
            .unicodeScalars)

    private static func score(_ bytes: UnsafeRawBufferPointer, _ characters: [Character]) -> Int {
        var score = 0
        var previous = Character(kind: .symbol, script: 0, isCommon: false)
        var previousIsHigh = false
        for (index, byte) in bytes.enumerated() {
            let character = characters[Int(byte)]
            let isHigh = byte >= 0x80
            if isHigh || previousIsHigh {
                switch (previous.kind, character.kind) {
                case (_, .bad): score -= 8
                case (.lower, .upper) where character.script == previous.script: score -= 3
                case (.lower, .lower), (.upper, .upper), (.upper, .lower), (.caseless, .caseless):
                    if character.script != previous.script {
                        score -= 4
                    } else if character.script != 0 || !(isHigh && previousIsHigh) {
                        score += 1
                    } else {
                        // Latin letters with accents stand by themselves among plain ones.
                        score -= 1
                    }
                case (.lower, .symbol) where isHigh, (.upper, .symbol) where isHigh, (.caseless, .symbol) where isHigh:
                    // A symbol inside of a word is a letter of another charset. Quotes and dashes end words.
                    let next = index + 1 < bytes.count ? bytes[index + 1] : 0x20
                    if byte >= 0xA0, ASCII.isLetter(next) || next >= 0xC0 { score -= 3 }
                case (.symbol, .symbol) where isHigh && previousIsHigh: score -= 1
                case (.lower, .caseless), (.upper, .caseless), (.caseless, .lower), (.caseless, .upper): score -= 4
                default: break
                }
                if isHigh {
                    if character.isCommon { score += 2 }
                    if character.kind == .upper && character.script != 0 { score -= 1 }
                }
            }
            previous = character
            previousIsHigh = isHigh
        }
        return score
    }
}
