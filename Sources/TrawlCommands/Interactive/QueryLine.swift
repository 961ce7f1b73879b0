import MailIndex
import MailSearch
import Presentation

/// The line in which the query is typed: its text and the cursor, which stands between whole characters.
struct QueryLine: Hashable, Sendable {
    private(set) var characters: [Character] = []
    /// Characters before the cursor.
    private(set) var cursor = 0

    /// Octets of the longest line: no longer query is read.
    static let longest = QueryLimits.default.bytes

    init(_ text: String = "") {
        replace(with: text)
    }

    var text: String { String(characters) }
    var isEmpty: Bool { characters.isEmpty }
    var isCursorAtEnd: Bool { cursor == characters.count }

    /// The cursor goes to the end.
    mutating func replace(with text: String) {
        characters = []
        cursor = 0
        insert(text)
    }

    /// One typed character, which may combine with the one before.
    mutating func insert(_ scalar: Unicode.Scalar) {
        insert(String(Character(scalar)))
    }

    /// Line ends and tabs become blanks; other control characters, and what would pass the limit, are left out.
    mutating func insert(_ text: String) {
        var room = Self.longest - self.text.utf8.count
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            var scalar = scalar
            if scalar.value == 0x0A || scalar.value == 0x0D || scalar.value == 0x09 { scalar = " " }
            guard scalar.value >= 0x20, scalar.value != 0x7F, !TerminalText.mustBeNamed(scalar.value) else { continue }
            let length = UTF8.width(scalar)
            guard length <= room else { break }
            room -= length
            clean.append(scalar)
        }
        guard !clean.isEmpty else { return }
        let before = String(characters[..<cursor]) + String(clean)
        let after = String(characters[cursor...])
        characters = Array(before + after)
        cursor = min(Array(before).count, characters.count)
    }

    mutating func backspace() {
        guard cursor > 0 else { return }
        cursor -= 1
        characters.remove(at: cursor)
    }

    mutating func deleteForward() {
        guard cursor < characters.count else { return }
        characters.remove(at: cursor)
    }

    /// Back over blanks, then over a word.
    mutating func deleteWord() {
        let end = cursor
        moveWordLeft()
        characters.removeSubrange(cursor..<end)
    }

    mutating func deleteToStart() {
        characters.removeSubrange(..<cursor)
        cursor = 0
    }

    mutating func deleteToEnd() {
        characters.removeSubrange(cursor...)
    }

    mutating func moveLeft() { cursor = max(0, cursor - 1) }
    mutating func moveRight() { cursor = min(characters.count, cursor + 1) }
    mutating func moveToStart() { cursor = 0 }
    mutating func moveToEnd() { cursor = characters.count }

    mutating func moveWordLeft() {
        while cursor > 0, characters[cursor - 1].isWhitespace { cursor -= 1 }
        while cursor > 0, !characters[cursor - 1].isWhitespace { cursor -= 1 }
    }

    mutating func moveWordRight() {
        while cursor < characters.count, characters[cursor].isWhitespace { cursor += 1 }
        while cursor < characters.count, !characters[cursor].isWhitespace { cursor += 1 }
    }

    /// What of the line is seen in `width` columns so that the cursor is, and the cursor's column in it.
    func window(_ width: Int) -> (range: Range<Int>, cursorColumn: Int) {
        guard width > 1 else { return (cursor..<cursor, 0) }
        // The cursor takes a column of its own at the end.
        var first = cursor
        var used = 0
        while first > 0 {
            let next = Glyph.width(characters[first - 1])
            if used + next > width - 1 { break }
            used += next
            first -= 1
        }
        var last = cursor
        var total = used
        while last < characters.count {
            let next = Glyph.width(characters[last])
            if total + next > width { break }
            total += next
            last += 1
        }
        return (first..<last, used)
    }
}
