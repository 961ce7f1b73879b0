import Testing

@testable import TrawlCommands

@Suite struct QueryLineTests {
    private func line(_ text: String, cursor: Int? = nil) -> QueryLine {
        var line = QueryLine(text)
        if let cursor { while line.cursor > cursor { line.moveLeft() } }
        return line
    }

    @Test func editing() {
        var line = line("from:ana budget", cursor: 8)
        line.insert("x")
        #expect(line.text == "from:anax budget" && line.cursor == 9)
        line.backspace()
        line.deleteForward()
        #expect(line.text == "from:anabudget" && line.cursor == 8)
        line.deleteToEnd()
        #expect(line.text == "from:ana")
        line.moveToStart()
        line.backspace()
        line.moveLeft()
        #expect(line.text == "from:ana" && line.cursor == 0)
        line.moveToEnd()
        line.deleteForward()
        line.moveRight()
        line.deleteToStart()
        #expect(line.isEmpty && line.isCursorAtEnd)
    }

    @Test func words() {
        var line = line("one  two three")
        line.deleteWord()
        #expect(line.text == "one  two ")
        line.deleteWord()
        #expect(line.text == "one  ")
        line.moveWordLeft()
        #expect(line.cursor == 0)
        line.moveWordRight()
        #expect(line.cursor == 3)
    }

    @Test func whatCombinesIsOneCharacter() {
        var line = QueryLine()
        line.insert("e")
        line.insert("\u{301}")
        #expect(line.characters.count == 1 && line.cursor == 1)
        line.insert("x")
        line.moveLeft()
        line.backspace()
        #expect(line.text == "x")
    }

    @Test func pastesBecomeOneHarmlessLine() {
        var line = QueryLine()
        line.insert("a\nb\tc\u{1B}[31m\u{202E}d")
        #expect(line.text == "a b c[31md")
    }

    @Test func noLongerThanItsLimit() {
        var line = QueryLine()
        line.insert(String(repeating: "é", count: QueryLine.longest))
        #expect(line.text.utf8.count == QueryLine.longest)
        line.insert("x")
        #expect(line.text.utf8.count == QueryLine.longest)
    }

    @Test func theCursorIsAlwaysInItsWindow() {
        for text in ["", "abc", "日本語のメール", "a日b本c語d", String(repeating: "xy ", count: 50)] {
            var line = QueryLine(text)
            while true {
                for width in 2...12 {
                    let (range, column) = line.window(width)
                    #expect(column < width)
                    #expect(range.lowerBound <= line.cursor && line.cursor <= range.upperBound)
                    let used = line.characters[range].reduce(0) { $0 + Glyph.width($1) }
                    #expect(used <= width)
                }
                if line.cursor == 0 { break }
                line.moveLeft()
            }
        }
    }

    @Test func historyWalksBackAndForth() {
        var history = QueryHistory(["one", "two"])
        #expect(history.previous(from: "dra") == "two")
        #expect(history.previous(from: "two") == "one")
        #expect(history.previous(from: "one") == nil)
        #expect(history.next() == "two")
        #expect(history.next() == "dra")
        #expect(history.next() == nil)
        history.add(" one ")
        #expect(history.queries == ["two", "one"])
        history.add("  ")
        #expect(history.queries == ["two", "one"])
        for number in 0..<(QueryHistory.capacity + 5) { history.add("query \(number)") }
        #expect(history.queries.count == QueryHistory.capacity)
    }
}
