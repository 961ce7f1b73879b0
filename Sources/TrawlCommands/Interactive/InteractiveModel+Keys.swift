import MailIndex
import MailSearch

extension InteractiveModel {
    mutating func handle(_ key: Key) -> [InteractiveEffect] {
        switch key {
        case .control("q"), .control("c"): return noteQuery() + [.quit]
        case .control("z"): return [.suspend]
        case .control("l"): return [.redraw]
        case .function(1):
            toggleHelp()
            return []
        default: break
        }
        switch view {
        case .search: return handleSearch(key)
        case .reader: return handleReader(key)
        case .help: return handleHelp(key)
        }
    }

    // MARK: Search

    private mutating func handleSearch(_ key: Key) -> [InteractiveEffect] {
        if let effects = handleMessage(key) { return effects }
        switch key {
        case .escape:
            if focus == .preview {
                focus = .query
                return []
            }
            return goBack() ?? noteQuery() + [.quit]
        case .enter: return openReader()
        case .tab, .backTab:
            if geometry.preview != nil { focus = focus == .query ? .preview : .query }
            return []
        case .control("n"): return move(by: 1)
        case .control("p"): return move(by: -1)
        default: break
        }
        return focus == .preview ? handlePreview(key) : handleLine(key)
    }

    private mutating func handleLine(_ key: Key) -> [InteractiveEffect] {
        let page = max(1, geometry.list.rows - 1)
        switch key {
        case .up: return move(by: -1)
        case .down: return move(by: 1)
        case .pageUp: return move(by: -page)
        case .pageDown: return move(by: page)
        case .home: return select(0)
        case .end: return select(hits.count - 1)
        // A lone question mark finds nothing.
        case .scalar("?") where line.isEmpty:
            toggleHelp()
            return []
        case .previousQuery, .control("r"):
            return history.previous(from: line.text).map { replaceLine($0) } ?? []
        case .nextQuery, .control("s"):
            return history.next().map { replaceLine($0) } ?? []
        default: return edit(key)
        }
    }

    private mutating func replaceLine(_ text: String) -> [InteractiveEffect] {
        line.replace(with: text)
        return search(keepingSelection: false)
    }

    private mutating func edit(_ key: Key) -> [InteractiveEffect] {
        let before = line
        switch key {
        case .scalar(let scalar): line.insert(scalar)
        case .paste(let text): line.insert(text)
        case .backspace, .control("h"): line.backspace()
        case .delete, .control("d"): line.deleteForward()
        case .deleteWord, .control("w"): line.deleteWord()
        case .control("u"): line.deleteToStart()
        case .control("k"): line.deleteToEnd()
        case .control("a"): line.moveToStart()
        case .control("e"): line.moveToEnd()
        case .left, .control("b"): line.moveLeft()
        case .right, .control("f"): line.moveRight()
        case .wordLeft: line.moveWordLeft()
        case .wordRight: line.moveWordRight()
        default: return []
        }
        guard line.text != before.text else { return [] }
        history.endWalk()
        return search(keepingSelection: false)
    }

    // MARK: Preview

    private mutating func handlePreview(_ key: Key) -> [InteractiveEffect] {
        let rows = max(1, (geometry.preview?.rows ?? 1) - 1)
        switch key {
        case .up, .scalar("k"): scrollPreview(to: previewTop - 1)
        case .down, .scalar("j"): scrollPreview(to: previewTop + 1)
        case .pageUp, .scalar("b"): scrollPreview(to: previewTop - rows)
        case .pageDown, .scalar(" "): scrollPreview(to: previewTop + rows)
        case .home, .scalar("g"): scrollPreview(to: 0)
        case .end, .scalar("G"): scrollPreview(to: Int.max)
        case .scalar("n"):
            if let match = preview?.matches.first(where: { $0 > previewTop }) { scrollPreview(to: match) }
        case .scalar("N"):
            if let match = preview?.matches.last(where: { $0 < previewTop }) { scrollPreview(to: match) }
        case .scalar("?"): toggleHelp()
        case .scalar("q"), .scalar("/"): focus = .query
        case .scalar(let scalar): return letter(scalar)
        default: break
        }
        return []
    }

    // MARK: Reader

    private mutating func handleReader(_ key: Key) -> [InteractiveEffect] {
        if let effects = handleMessage(key) { return effects }
        let rows = max(1, geometry.reader.rows - 1)
        switch key {
        case .escape, .scalar("q"), .left: closeReader()
        case .up, .scalar("k"): scrollPage(to: pageTop - 1)
        case .down, .scalar("j"), .enter: scrollPage(to: pageTop + 1)
        case .pageUp, .scalar("b"): scrollPage(to: pageTop - rows)
        case .pageDown, .scalar(" "): scrollPage(to: pageTop + rows)
        case .home, .scalar("g"): scrollPage(to: 0)
        case .end, .scalar("G"): scrollPage(to: Int.max)
        case .control("n"), .scalar("J"): return move(by: 1)
        case .control("p"), .scalar("K"): return move(by: -1)
        case .scalar("n"), .tab:
            if let match = page?.matches.first(where: { $0 > pageTop }) { scrollPage(to: match) }
        case .scalar("N"), .backTab:
            if let match = page?.matches.last(where: { $0 < pageTop }) { scrollPage(to: match) }
        case .scalar("?"): toggleHelp()
        case .scalar(let scalar): return letter(scalar)
        default: break
        }
        return []
    }

    /// Keys that work on the selected message wherever it is shown; nil for other keys.
    private mutating func handleMessage(_ key: Key) -> [InteractiveEffect]? {
        switch key {
        case .control("t"): return openThread()
        case .control("y"): return selected.map { noteQuery() + [.copy($0.email.id)] } ?? []
        case .control("o"): return selected.map { noteQuery() + [.openPager($0.email)] } ?? []
        case .alt("m"), .alt("M"): return selected.map { noteQuery() + [.openMailReader($0.email)] } ?? []
        default: return nil
        }
    }

    /// The same by a letter, where none is typed.
    private mutating func letter(_ scalar: Unicode.Scalar) -> [InteractiveEffect] {
        switch scalar {
        case "t": handleMessage(.control("t")) ?? []
        case "y": handleMessage(.control("y")) ?? []
        case "o": handleMessage(.control("o")) ?? []
        case "m": handleMessage(.alt("m")) ?? []
        default: []
        }
    }

    // MARK: Help

    private mutating func handleHelp(_ key: Key) -> [InteractiveEffect] {
        let rows = max(1, geometry.reader.rows - 1)
        switch key {
        case .up, .scalar("k"): scrollHelp(to: helpTop - 1)
        case .down, .scalar("j"): scrollHelp(to: helpTop + 1)
        case .pageUp, .scalar("b"): scrollHelp(to: helpTop - rows)
        case .pageDown, .scalar(" "): scrollHelp(to: helpTop + rows)
        case .home: scrollHelp(to: 0)
        case .end: scrollHelp(to: Int.max)
        case .escape, .enter, .scalar("q"), .scalar("?"): toggleHelp()
        default: break
        }
        return []
    }
}
