import TestSupport
import Testing

@testable import TrawlCommands
@testable import Presentation

@Suite struct ScreenTests {
    private let theme = Theme(usesColor: true)

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func onlyWhatChangedIsSent() {
        var before = Screen(columns: 20, rows: 3)
        before.put("hello world", row: 1, column: 0)
        var after = before
        #expect(after.changes(from: before, theme: theme).isEmpty)
        after.put("W", row: 1, column: 6)
        let bytes = text(after.changes(from: before, theme: theme))
        #expect(bytes.contains("\u{1B}[2;7H\u{1B}[0mW"))
        #expect(!bytes.contains("hello") && !bytes.contains("\u{1B}[2J"))
    }

    @Test func anUnknownOrResizedTerminalIsDrawnWhole() {
        var screen = Screen(columns: 10, rows: 2)
        screen.put("x", row: 0, column: 0)
        #expect(text(screen.changes(from: nil, theme: theme)).contains("\u{1B}[2J"))
        #expect(text(screen.changes(from: Screen(columns: 9, rows: 2), theme: theme)).contains("\u{1B}[2J"))
    }

    @Test func wideCharactersTakeTwoCellsOrNone() {
        var screen = Screen(columns: 5, rows: 1)
        #expect(screen.put("日本語", row: 0, column: 0) == 4)
        #expect(screen.text(row: 0) == "日本")
        #expect(screen.put("x", row: 0, column: 4) == 5)
        #expect(screen.put("yyy", row: 0, column: 5) == 5)
        #expect(screen.put("y", row: 7, column: 0) == 0)
    }

    @Test func whatCombinesStaysWithItsCharacter() {
        var screen = Screen(columns: 5, rows: 1)
        // Alone at the beginning it has nothing to combine with.
        #expect(screen.put("\u{301}", row: 0, column: 0) == 0)
        #expect(screen.put("e\u{301}x", row: 0, column: 0) == 2)
        #expect(screen.text(row: 0) == "e\u{301}x")
    }

    /// Whatever is put on it, nothing but the screen's own sequences reaches the terminal.
    @Test func harmfulCharactersDoNotPass() {
        var screen = Screen(columns: 60, rows: 1)
        screen.put("a\u{1B}[2Jb\u{9B}31mc\u{7}d\u{202E}e\r\nf\u{8}g\u{2028}h\u{7F}i", row: 0, column: 0)
        let bytes = text(screen.changes(from: Screen(columns: 60, rows: 1), theme: theme))
        var rest = bytes
        for part in ["\u{1B}[?2026h", "\u{1B}[?25l", "\u{1B}[1;1H", "\u{1B}[0m", "\u{1B}[?2026l"] {
            while let range = rest.range(of: part) { rest.removeSubrange(range) }
        }
        for scalar in rest.unicodeScalars {
            // Moves of the cursor are all that is left.
            #expect(
                scalar.value >= 0x20 && !TerminalText.mustBeNamed(scalar.value) || scalar == "\u{1B}", "\(scalar.value)"
            )
        }
        #expect(!bytes.contains("\u{1B}[2J") && !bytes.contains("\u{7}") && !bytes.contains("\u{9B}"))
    }

    /// A terminal of the test's own, fed with nothing but changes, always shows the newest screen.
    @Test func changesLeadToTheSameScreen() {
        var random = SeededRandom(seed: 7)
        let alphabet: [Character] = ["a", "b", " ", "日", "e\u{301}", "█", " ", " "]
        var terminal = FakeTerminal(columns: 12, rows: 4)
        var shown: Screen?
        for _ in 0..<500 {
            var screen = Screen(columns: 12, rows: 4)
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let part = String(
                    (0..<Int.random(in: 1...14, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? "x"
                    })
                let roles: [Role] = [.plain, .match, .faint]
                let look = Look(
                    role: roles.randomElement(using: &random) ?? .plain, isSelected: Bool.random(using: &random))
                let row = Int.random(in: 0..<4, using: &random)
                var fresh = Screen(columns: 12, rows: 4)
                fresh.put(part, row: row, column: Int.random(in: 0..<12, using: &random), look)
                // A row is drawn once: what is drawn over half a wide character has no meaning.
                if screen.text(row: row).isEmpty { screen.take(row: row, from: fresh) }
            }
            terminal.feed(screen.changes(from: shown, theme: theme))
            for row in 0..<4 { #expect(terminal.text(row: row) == screen.text(row: row)) }
            shown = screen
        }
    }
}

extension Screen {
    fileprivate mutating func take(row: Int, from other: Screen) {
        var column = 0
        for at in 0..<columns {
            let cell = other.cells[row * columns + at]
            column = at
            if !cell.glyph.isEmpty, cell != .blank { put(cell.glyph, row: row, column: column, cell.look) }
        }
    }
}

/// As much of a terminal as the screen's sequences need.
private struct FakeTerminal {
    let columns: Int
    let rows: Int
    private var cells: [String]
    private var row = 0
    private var column = 0

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: "?", count: columns * rows)
    }

    mutating func feed(_ bytes: [UInt8]) {
        var characters = Array(String(decoding: bytes, as: UTF8.self))[...]
        while let character = characters.popFirst() {
            if character == "\u{1B}" {
                characters.removeFirst()
                var parameters = ""
                while let next = characters.popFirst() {
                    if next.isLetter {
                        obey(next, parameters)
                        break
                    }
                    parameters.append(next)
                }
                continue
            }
            let width = DisplayWidth.of(character)
            guard column + width <= columns else { continue }
            let base = row * columns + column
            // Half a wide character that is drawn over goes.
            if cells[base].isEmpty, column > 0 { cells[base - 1] = " " }
            if column + width < columns, cells[base + width].isEmpty { cells[base + width] = " " }
            cells[base] = String(character)
            if width == 2 { cells[base + 1] = "" }
            column += width
        }
    }

    private mutating func obey(_ letter: Character, _ parameters: String) {
        switch letter {
        case "H":
            let numbers = parameters.split(separator: ";").compactMap { Int($0) }
            (row, column) = (numbers[0] - 1, numbers[1] - 1)
        case "J": cells = Array(repeating: " ", count: columns * rows)
        case "K":
            let first = parameters == "2" ? 0 : column
            if first > 0, cells[row * columns + first].isEmpty { cells[row * columns + first - 1] = " " }
            for at in first..<columns { cells[row * columns + at] = " " }
        default: break
        }
    }

    func text(row: Int) -> String {
        var text = cells[(row * columns)..<((row + 1) * columns)].joined()
        while text.last == " " { text.removeLast() }
        return text
    }
}
