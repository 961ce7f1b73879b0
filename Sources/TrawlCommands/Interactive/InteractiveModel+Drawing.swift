import MailIndex
import MailSearch
import Presentation

extension InteractiveModel {
    /// The whole screen as it is to be seen now.
    ///
    /// - Parameter now: seconds since 1970, for dates as people say them.
    func draw(now: Int64) -> Screen {
        var screen = Screen(columns: geometry.columns, rows: geometry.rows)
        switch view {
        case .search:
            drawQuery(&screen)
            drawList(&screen, now: now)
            drawRule(&screen)
            if let area = geometry.preview, let preview {
                drawLines(preview.lines, from: previewTop, in: area, &screen)
            }
            drawStatus(&screen)
        case .reader:
            if let page { drawLines(page.lines, from: pageTop, in: geometry.reader, &screen) }
            drawReaderStatus(&screen)
        case .help:
            drawLines(HelpText.lines, from: helpTop, in: geometry.reader, &screen)
            drawStatusLine("Esc back", right: "", .faint, &screen)
        }
        return screen
    }

    // MARK: Query

    private static let prompt = "> "

    private func drawQuery(_ screen: inout Screen) {
        let columns = geometry.columns
        let count = countText
        let countWidth = DisplayWidth.of(count)
        let promptWidth = columns > 8 ? Self.prompt.utf8.count : 0
        // The line needs room more than the count.
        let showsCount = columns - countWidth - promptWidth >= 20
        let end = showsCount ? columns - countWidth - 1 : columns
        if promptWidth > 0 { screen.put(Self.prompt, row: 0, column: 0, Look(role: .prompt)) }
        let (range, cursorColumn) = line.window(end - promptWidth)
        var column = promptWidth
        let fault = faultRange
        for place in range {
            let role: Role = fault.contains(place) ? .fault : .plain
            column = screen.put(String(line.characters[place]), row: 0, column: column, end: end, Look(role: role))
        }
        if line.isEmpty {
            screen.put("type to search; ? for help", row: 0, column: column, end: end, Look(role: .faint))
        }
        if showsCount { screen.put(count, row: 0, column: columns - countWidth, Look(role: .faint)) }
        if focus == .query { screen.cursor = (promptWidth + cursorColumn, 0) }
    }

    /// Which characters of the line can't be read.
    private var faultRange: Range<Int> {
        guard let error else { return 0..<0 }
        var first: Int?
        var last = 0
        var at = 0
        for (place, character) in line.characters.enumerated() {
            let next = at + character.utf8.count
            if at < error.range.upperBound, next > error.range.lowerBound {
                first = first ?? place
                last = place + 1
            }
            at = next
        }
        return (first ?? last)..<last
    }

    private var countText: String {
        guard answered != nil else { return "" }
        guard !hits.isEmpty else { return "nothing found" }
        let all = total.map(String.init) ?? "\(hits.count)\(hasMore ? "+" : "")"
        return "\(selection + 1) of \(all)\(isComplete ? "" : ", more to come")"
    }

    // MARK: Results

    private func drawList(_ screen: inout Screen, now: Int64) {
        let area = geometry.list
        let dates = DateText(now: now)
        for offset in 0..<area.rows {
            let place = top + offset
            guard hits.indices.contains(place) else { break }
            drawHit(hits[place], isSelected: place == selection, row: area.row + offset, dates, &screen)
        }
    }

    private func drawHit(_ hit: SearchHit, isSelected: Bool, row: Int, _ dates: DateText, _ screen: inout Screen) {
        let area = geometry.list
        let end = area.column + area.columns
        let email = hit.email
        func look(_ role: Role) -> Look { Look(role: role, isSelected: isSelected) }
        if isSelected { screen.fill(row: row, from: area.column, to: end, look(.plain)) }
        // Narrow screens keep what tells most: who, and about what.
        var column = area.column
        let showsDate = area.columns >= 50
        let showsMarks = area.columns >= 30
        let senderWidth = area.columns >= 90 ? 22 : area.columns >= 50 ? 18 : max(6, area.columns / 3)
        if showsMarks {
            let isUnread = !email.flags.contains(.seen)
            let marks = (isUnread ? "N" : " ") + (email.flags.contains(.flagged) ? "*" : " ")
            screen.put(marks + (email.hasAttachment ? "+" : " "), row: row, column: column, end: end, look(.warning))
            column += 4
        }
        if showsDate {
            screen.put(dates.short(email.date), row: row, column: column, end: column + 11, look(.date))
            column += 12
        }
        let sender = DisplayWidth.truncate(TerminalText.line(MessageSender.name(of: email)), to: senderWidth)
        screen.put(sender, row: row, column: column, end: min(end, column + senderWidth), look(.sender))
        column += senderWidth + 1
        guard column < end else { return }
        let line = Self.subjectLine(hit).truncated(to: end - column)
        screen.put(line, row: row, column: column, end: end, isSelected: isSelected)
    }

    /// The subject, then where the words stand in the text.
    private static func subjectLine(_ hit: SearchHit) -> StyledLine {
        var line = StyledLine()
        let subject = TerminalText.line(hit.email.subject)
        let role: Role = hit.email.flags.contains(.seen) ? .plain : .unread
        if let marked = hit.snippet?.subject {
            line.append(marked: marked, role: role)
        } else {
            line.append(subject.isEmpty ? "(no subject)" : subject, role)
        }
        if let text = hit.snippet?.body ?? hit.snippet?.attachment, !text.isEmpty {
            line.append("  ")
            line.append(marked: text, role: .faint)
        } else if !hit.email.preview.isEmpty {
            line.append("  " + TerminalText.line(hit.email.preview), .faint)
        }
        return line
    }

    private func drawRule(_ screen: inout Screen) {
        let look = Look(role: focus == .preview ? .heading : .rule)
        if let column = geometry.ruleColumn {
            for row in geometry.list.row..<(geometry.list.row + geometry.list.rows) {
                screen.put("│", row: row, column: column, look)
            }
        }
        if let row = geometry.ruleRow {
            screen.fill(row: row, from: 0, to: geometry.columns, glyph: "─", look)
        }
    }

    private func drawLines(
        _ lines: [StyledLine], from top: Int, in area: ScreenGeometry.Area, _ screen: inout Screen
    ) {
        for offset in 0..<max(0, area.rows) {
            guard lines.indices.contains(top + offset) else { break }
            screen.put(
                lines[top + offset], row: area.row + offset, column: area.column, end: area.column + area.columns)
        }
    }

    // MARK: Status

    private static let hints = [
        "Enter read", "^T thread", "^Y copy id", "^O pager", "Tab preview", "F1 help", "Esc quit",
    ]
    private static let readerHints = ["q back", "n next match", "J K next, previous", "o pager", "t thread", "? help"]

    private func drawStatus(_ screen: inout Screen) {
        if let error, !line.isEmpty {
            drawStatusLine(TerminalText.line(error.description), right: "", .warning, &screen)
        } else if let notice {
            drawStatusLine(TerminalText.line(notice), right: "", .warning, &screen)
        } else {
            drawStatusLine(fitting(Self.hints), right: "", .faint, &screen)
        }
    }

    private func drawReaderStatus(_ screen: inout Screen) {
        let rows = geometry.reader.rows
        var right = ""
        if let page, page.lines.count > rows {
            let seen = min(page.lines.count, pageTop + rows)
            right = "\(seen * 100 / max(1, page.lines.count)) %"
        }
        if let notice {
            drawStatusLine(TerminalText.line(notice), right: right, .warning, &screen)
        } else {
            drawStatusLine(fitting(Self.readerHints), right: right, .faint, &screen)
        }
    }

    /// As many as there is room for.
    private func fitting(_ hints: [String]) -> String {
        var text = ""
        for hint in hints {
            let longer = text.isEmpty ? hint : text + "  " + hint
            guard DisplayWidth.of(longer) <= geometry.columns - 6 else { break }
            text = longer
        }
        return text
    }

    private func drawStatusLine(_ text: String, right: String, _ role: Role, _ screen: inout Screen) {
        guard let row = geometry.statusRow else { return }
        let rightWidth = DisplayWidth.of(right)
        let end = max(0, geometry.columns - (rightWidth > 0 ? rightWidth + 1 : 0))
        screen.put(DisplayWidth.truncate(text, to: end), row: row, column: 0, end: end, Look(role: role))
        screen.put(right, row: row, column: geometry.columns - rightWidth, Look(role: .faint))
    }
}

/// Whom a list shows as a message's sender.
enum MessageSender {
    static func name(of email: Email) -> String {
        guard let from = email.from.first ?? email.sender.first else { return "(no sender)" }
        if let name = from.name, !name.isEmpty { return name }
        return from.email.isEmpty ? "(no sender)" : from.email
    }
}
