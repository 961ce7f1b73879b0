import Presentation

/// A character as it stands on the screen: the last barrier before the terminal.
///
/// Whatever reaches the screen without having been made harmless is replaced here.
enum Glyph {
    /// What a terminal is sent for a character; nothing that it would obey.
    static func shown(_ character: Character) -> String {
        if let ascii = character.asciiValue {
            return ascii < 0x20 || ascii == 0x7F || character == "\r\n" ? "\u{FFFD}" : String(character)
        }
        let isHarmful = character.unicodeScalars.contains {
            $0.value < 0x20 || $0.value == 0x7F || TerminalText.mustBeNamed($0.value)
        }
        return isHarmful ? "\u{FFFD}" : String(character)
    }

    /// Columns of what is shown; 0 for what combines with the character before.
    static func width(_ character: Character) -> Int {
        if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7F { return 1 }
        return DisplayWidth.of(Character(shown(character)))
    }

    /// Whether terminals differ over how many columns it takes.
    static func isUncertain(_ glyph: String) -> Bool {
        guard glyph.utf8.count > 1 else { return false }
        var scalars = 0
        for scalar in glyph.unicodeScalars {
            scalars += 1
            if scalars > 1 { return true }
            // Emoji, private use, and letters of no fixed width.
            if scalar.value >= 0x1F000 || (0x2600...0x27BF).contains(scalar.value)
                || (0xE000...0xF8FF).contains(scalar.value)
            {
                return true
            }
        }
        return false
    }
}
