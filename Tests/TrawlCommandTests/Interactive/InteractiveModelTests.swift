import MIME
import Testing

@testable import MailIndex
@testable import MailSearch
@testable import TrawlCommands
@testable import Presentation

@Suite struct InteractiveModelTests {
    private static let now: Int64 = 1_709_642_096

    static func hit(_ number: Int64, subject: String = "subject", sender: String = "Ana") -> SearchHit {
        SearchHit(
            email: Email(
                id: EmailID(rawValue: 1_000_000 + number), threadID: EmailID(rawValue: 1_000_000), messageIDs: [],
                inReplyTo: [], references: [], from: [EmailAddress(name: sender, email: "ana@example.org")], sender: [],
                replyTo: [], to: [], cc: [], bcc: [], subject: subject, sentAt: now, receivedAt: nil, date: now,
                size: 1,
                flags: [], keywords: [], labels: [], attachments: [], preview: "preview", listID: nil,
                isTruncated: false, places: []), score: 0, snippet: nil)
    }

    /// The search among some effects.
    private func search(_ effects: [InteractiveEffect]) -> SearchRequest? {
        for case .search(let request) in effects { return request }
        return nil
    }

    private func page(_ effects: [InteractiveEffect]) -> PageRequest? {
        for case .load(let request) in effects { return request }
        return nil
    }

    private func isQuit(_ effects: [InteractiveEffect]) -> Bool {
        effects.contains { if case .quit = $0 { true } else { false } }
    }

    private func found(_ request: SearchRequest, _ hits: [SearchHit]) -> InteractiveEvent {
        .report(.found(request, SearchResults(total: nil, isComplete: true, hits: hits)))
    }

    private func type(_ text: String, _ model: inout InteractiveModel) -> [InteractiveEffect] {
        var effects: [InteractiveEffect] = []
        for scalar in text.unicodeScalars { effects = model.handle(.key(.scalar(scalar))) }
        return effects
    }

    /// A model that shows so many hits.
    /// - Parameter count: hits; nil for as many as were asked for.
    private func model(_ count: Int?, columns: Int = 80, rows: Int = 24) throws -> InteractiveModel {
        var model = InteractiveModel(columns: columns, rows: rows)
        let request = try #require(search(model.start()))
        _ = model.handle(
            found(request, (0..<Int64(count ?? request.limit)).map { Self.hit($0, subject: "subject \($0)") }))
        return model
    }

    private func lines(_ model: InteractiveModel) -> [String] {
        let screen = model.draw(now: Self.now)
        return (0..<screen.rows).map { screen.text(row: $0) }
    }

    @Test func everyKeyRenewsTheResults() throws {
        var model = InteractiveModel(columns: 80, rows: 24)
        #expect(search(model.start())?.query.root.kind == .everything)
        let first = try #require(search(type("bu", &model)))
        let second = try #require(search(type("d", &model)))
        #expect(second.generation > first.generation)
        // The answer to an overtaken search is passed over.
        _ = model.handle(found(second, [Self.hit(2)]))
        _ = model.handle(found(first, [Self.hit(1), Self.hit(3)]))
        #expect(model.hits.map(\.email.id.rawValue) == [1_000_002])
        // Moving the cursor asks for nothing.
        #expect(model.handle(.key(.left)).isEmpty)
        #expect(search(model.handle(.key(.backspace))) != nil)
    }

    @Test func aFaultIsShownQuietlyAndTheResultsStay() throws {
        var model = try model(3)
        #expect(search(type("nosuch:x", &model)) == nil)
        #expect(model.hits.count == 3)
        let screen = model.draw(now: Self.now)
        #expect(screen.text(row: 23).contains("There is no field nosuch:"))
        #expect(screen.cells[2].look.role == .fault && screen.cells[2].glyph == "n")
        #expect(screen.cells[2 + 7].look.role == .plain)
        _ = model.handle(.key(.control("u")))
        #expect(lines(model)[23].hasPrefix("Enter read"))
    }

    @Test func movingScrollsAndLoadsMore() throws {
        var model = try model(nil)
        let count = model.hits.count
        #expect(model.handle(.key(.up)).isEmpty && model.selection == 0)
        _ = model.handle(.key(.down))
        _ = model.handle(.key(.control("n")))
        #expect(model.selection == 2)
        #expect(page(model.handle(.key(.control("p"))))?.id.rawValue == 1_000_001)
        let more = try #require(search(model.handle(.key(.end))))
        #expect(more.offset == count && model.selection == count - 1)
        // Not twice.
        #expect(search(model.handle(.key(.pageUp))) == nil)
        _ = model.handle(found(more, (Int64(count) - 2..<60).map { Self.hit($0) }))
        #expect(model.hits.count == 60)
        let list = model.geometry.list
        #expect(model.selection >= model.top && model.selection < model.top + list.rows)
        _ = model.handle(.key(.home))
        #expect(model.selection == 0 && model.top == 0)
    }

    @Test func newMailKeepsTheSelection() throws {
        var model = try model(20)
        for _ in 0..<5 { _ = model.handle(.key(.down)) }
        let again = try #require(search(model.handle(.report(.changed))))
        _ = model.handle(found(again, [Self.hit(100)] + (0..<20).map { Self.hit($0) }))
        #expect(model.selection == 6)
        #expect(model.selected?.email.id.rawValue == 1_000_005)
        #expect(model.hits.count == 21)
    }

    @Test func theReaderOpensScrollsAndCloses() throws {
        var model = try model(3)
        let request = try #require(page(model.handle(.key(.enter))))
        #expect(model.view == .reader)
        let text = (0..<100).map { "line \($0)" }.joined(separator: "\n")
        let made = MessagePage(Self.hit(0).email, text: text, query: nil, width: request.width)
        _ = model.handle(.report(.page(request, made)))
        #expect(lines(model)[0].hasPrefix("From:    Ana <ana@example.org>"))
        _ = model.handle(.key(.end))
        #expect(lines(model)[22] == "line 99")
        #expect(lines(model)[23].hasSuffix("100 %"))
        _ = model.handle(.key(.scalar("g")))
        #expect(lines(model)[0].hasPrefix("From:"))
        // Typing is no editing here.
        _ = model.handle(.key(.scalar("x")))
        #expect(model.line.isEmpty)
        _ = model.handle(.key(.escape))
        #expect(model.view == .search)
        #expect(isQuit(model.handle(.key(.escape))))
    }

    /// The preview and the reader ask for the same page where they are as wide.
    @Test func aPageThatComesTwiceStaysWhereItWasScrolledTo() throws {
        var model = try model(3)
        let request = try #require(page(model.handle(.key(.down))))
        #expect(page(model.handle(.key(.enter))) == request)
        let text = (0..<100).map { "line \($0)" }.joined(separator: "\n")
        let made = MessagePage(Self.hit(1).email, text: text, query: nil, width: request.width)
        _ = model.handle(.report(.page(request, made)))
        _ = model.handle(.key(.end))
        let top = model.pageTop
        #expect(top > 0)
        _ = model.handle(.report(.page(request, made)))
        #expect(model.pageTop == top)
        // Opened again, it is there at once.
        _ = model.handle(.key(.escape))
        #expect(model.handle(.key(.enter)).allSatisfy { if case .load = $0 { false } else { true } })
        #expect(lines(model)[0].hasPrefix("From:"))
    }

    @Test func aThreadIsAQueryAndEscapeGoesBack() throws {
        var model = try model(3)
        _ = type("budget", &model)
        let thread = try #require(search(model.handle(.key(.control("t")))))
        #expect(model.line.text == "thread:\(EmailID(rawValue: 1_000_000))")
        #expect(thread.query.root.kind == .thread("\(EmailID(rawValue: 1_000_000))"))
        #expect(!isQuit(model.handle(.key(.escape))))
        #expect(model.line.text == "budget")
        #expect(isQuit(model.handle(.key(.escape))))
    }

    @Test func tabGoesToThePreviewAndBack() throws {
        var model = try model(3)
        _ = model.handle(.key(.tab))
        #expect(model.focus == .preview)
        _ = model.handle(.key(.scalar("x")))
        #expect(model.line.isEmpty)
        #expect(model.draw(now: Self.now).cursor == nil)
        _ = model.handle(.key(.tab))
        _ = model.handle(.key(.scalar("x")))
        #expect(model.line.text == "x")
        // Where there is none, nowhere.
        _ = model.handle(.resized(columns: 80, rows: 8))
        _ = model.handle(.key(.tab))
        #expect(model.focus == .query)
    }

    @Test func helpOpensAndCloses() throws {
        var model = try model(1)
        _ = model.handle(.key(.scalar("?")))
        #expect(model.view == .help)
        #expect(lines(model)[0] == "Search as you type")
        _ = model.handle(.key(.function(1)))
        #expect(model.view == .search)
        // A question mark within a query is one.
        _ = type("a?", &model)
        #expect(model.line.text == "a?")
    }

    @Test func everySizeIsDrawn() throws {
        var model = try model(30)
        _ = type("日本語 query", &model)
        for columns in [1, 2, 3, 7, 10, 23, 24, 39, 50, 80, 109, 110, 111, 200, 500] {
            for rows in [1, 2, 3, 4, 5, 13, 14, 15, 24, 60] {
                let effects = model.handle(.resized(columns: columns, rows: rows))
                if let request = page(effects) {
                    let made = MessagePage(
                        Self.hit(0).email, text: "wide 日本語 text", query: nil, width: request.width)
                    _ = model.handle(.report(.page(request, made)))
                }
                for key in [Key.enter, .down, .escape, .function(1), .pageDown, .escape, .end, .home] {
                    let screen = model.draw(now: Self.now)
                    #expect(screen.columns == columns && screen.rows == rows)
                    #expect(model.selection >= model.top)
                    if rows > 2 { #expect(model.selection < model.top + max(1, model.geometry.list.rows)) }
                    _ = model.handle(.key(key))
                    if model.view != .search { _ = model.handle(.key(.escape)) }
                }
            }
        }
    }

    @Test func thePreviewStandsWhereThereIsRoom() {
        let wide = ScreenGeometry(columns: 110, rows: 24)
        #expect(wide.preview?.column == 57 && wide.ruleColumn == 55 && wide.ruleRow == nil)
        let tall = ScreenGeometry(columns: 80, rows: 24)
        #expect(tall.preview?.column == 0 && tall.ruleRow == 9 && tall.ruleColumn == nil)
        #expect(ScreenGeometry(columns: 80, rows: 13).preview == nil)
        #expect(ScreenGeometry(columns: 23, rows: 50).preview == nil)
        for rows in 1...60 {
            for columns in [1, 20, 40, 110, 300] {
                let geometry = ScreenGeometry(columns: columns, rows: rows)
                for area in [geometry.list] + (geometry.preview.map { [$0] } ?? []) {
                    #expect(area.row + area.rows <= rows || area.rows == 0)
                    #expect(area.column + area.columns <= columns)
                }
            }
        }
    }

    @Test func whatMailContainsIsShownAndNeverObeyed() throws {
        let hostile = "x\u{1B}[2Jy\u{9B}31mz\u{202E}\u{7}"
        var model = InteractiveModel(columns: 120, rows: 20)
        let request = try #require(search(model.start()))
        var hit = Self.hit(1, subject: hostile, sender: hostile)
        hit.snippet = SearchSnippet(subject: nil, body: "a <mark>\(hostile)</mark>", attachment: nil)
        let wanted = try #require(page(model.handle(found(request, [hit]))))
        let made = MessagePage(hit.email, text: hostile, query: nil, width: wanted.width)
        _ = model.handle(.report(.page(wanted, made)))
        let shown = lines(model).joined(separator: "\n")
        #expect(shown.contains("x^[[2Jy<U+009B>31mz<U+202E>^G"))
        #expect(!shown.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || TerminalText.mustBeNamed($0.value) })
    }
}
