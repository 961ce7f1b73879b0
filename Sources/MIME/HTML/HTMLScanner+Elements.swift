extension HTMLScanner {
    private typealias Edge = HTMLOpenElements.Edge

    // MARK: Start tags

    mutating func open(_ tag: HTMLTag, _ role: HTMLRole, _ attributes: HTMLAttributes) {
        switch role {
        case .raw:
            switch tag {
            case .style: readStyleSheet()
            case .script: _ = skipContent(of: "script")
            case .iframe: _ = skipContent(of: "iframe")
            case .noembed: _ = skipContent(of: "noembed")
            default: skipXML()
            }
            return
        case .title: return readTitle()
        case .block, .paragraph, .heading, .list, .quote, .preformatted, .table, .rule: closeImplied(.p)
        case .item:
            closeImplied(.p)
            closeItem()
        case .cell: closeCells()
        case .row:
            closeCells()
            if tag == .tr { closeImplied(.tr) }
        case .inline, .spaced, .lineBreak, .image, .void, .quotation, .unseen: break
        }

        let style = attributes.style
        // An element's own `display` goes before that of a style sheet.
        let isHiddenBySheet = attributes.isHiddenBySheet && style.display == .unset
        let isRemoved = attributes.isHidden || isHiddenBySheet || style.set.contains(.removed) || role == .unseen
        let wasRemoved = tree.state.contains(.removed)
        let edge = isRemoved ? Edge.none : edge(role, style.display)
        if !isRemoved, !wasRemoved {
            apply(edge)
            if present(role, attributes) {
                if role == .image { apply(edge) }
                return
            }
        } else if Self.isVoid(role) {
            return
        }

        var state = tree.state.subtracting(style.clear).union(style.set)
        if isRemoved { state.insert(.removed) }
        if role == .preformatted {
            state.insert(.preformatted)
            skipsLineEnd = true
        }
        guard state != tree.state || edge != self.edge(role, .unset) || tree.isOpen(tag) || Self.isStructure(role)
        else { return }
        guard !tree.isDeep else { return }
        tree.push(
            HTMLOpenElements.Element(
                tag: tag, edge: edge, stateBefore: tree.state, quoteDepthBefore: writer.quoteDepth,
                listBefore: tree.list))
        tree.state = state
        switch role {
        case .quote: if !style.isBorderless, !isRemoved { writer.quoteDepth += 1 }
        case .list:
            tree.list = .init(
                number: tag == .ol ? (attributes.listStart ?? 1) - 1 : nil, isUnmarked: style.isUnmarkedList)
        default: break
        }
    }

    /// Writes what the element itself shows; true if it is a void element, and nothing is to be opened.
    private mutating func present(_ role: HTMLRole, _ attributes: HTMLAttributes) -> Bool {
        let isShown = tree.state.isDisjoint(with: .hidden)
        switch role {
        case .lineBreak: writer.lineBreak()
        case .image: image(attributes)
        case .rule, .void: break
        case .item:
            if let number = tree.list.number { tree.list.number = number + 1 }
            let isUnmarked = tree.list.isUnmarked || attributes.style.isUnmarkedList || !isShown
            writer.mark(isUnmarked ? .none : tree.list.number.map { .number($0) } ?? .bullet)
            return false
        case .quotation:
            if isShown { writer.putLiteral("\"") }
            return false
        default:
            landmark(attributes.landmark)
            return false
        }
        return true
    }

    private mutating func image(_ attributes: HTMLAttributes) {
        guard !attributes.isPixel, tree.state.isDisjoint(with: [.removed, .invisible]),
            let alternative = attributes.alternative, alternative.count > 0
        else { return }
        writer.space()
        attribute(alternative)
        writer.space()
    }

    private mutating func landmark(_ landmark: HTMLAttributes.Landmark) {
        guard landmark != .none, tree.state.isDisjoint(with: .hidden) else { return }
        switch landmark {
        case .none: break
        case .reply:
            writer.block()
            writer.putLiteral("________________________________")
            writer.block()
        case .signature:
            writer.block()
            guard !writer.endsWithSignatureLine, !textAhead(begins: "--") else { return }
            writer.putLiteral("-- ")
            writer.block()
        }
    }

    /// Whether the next text, past any tags close by, begins with `prefix`.
    private func textAhead(begins prefix: StaticString) -> Bool {
        let horizon = min(end, position + 512)
        var index = position
        while index < horizon {
            if base[index] == UInt8(ascii: "<") {
                guard let close = find(UInt8(ascii: ">"), from: index), close < horizon else { return false }
                index = close + 1
            } else if base[index] <= 0x20 {
                index += 1
            } else {
                return CSSWord(base: base + index, count: horizon - index).begins(prefix)
            }
        }
        return false
    }

    // MARK: End tags

    mutating func close(_ tag: HTMLTag, _ role: HTMLRole) {
        if tree.isOpen(tag) {
            let isInline = role == .inline || role == .spaced || role == .quotation
            let distance = tree.distance(to: tag) { $0 == .table || isInline && Self.isStructure($0.role) }
            if let distance {
                if role == .table || role == .list || role == .item { writer.mark(.none) }
                if role == .quotation, tree.state.isDisjoint(with: .hidden) { writer.putLiteral("\"") }
                return closeInnermost(distance)
            }
        }
        guard !tree.state.contains(.removed) else { return }
        switch role {
        case .lineBreak: writer.lineBreak()
        case .quotation: if tree.state.isDisjoint(with: .hidden) { writer.putLiteral("\"") }
        case .row:
            closeCells()
            apply(.line)
        case .item:
            writer.mark(.none)
            apply(.line)
        case .inline, .void, .raw, .title, .unseen, .image, .rule: break
        case .spaced, .block, .paragraph, .heading, .list, .quote, .preformatted, .table, .cell:
            apply(edge(role, .unset))
        }
    }

    private mutating func closeInnermost(_ count: Int) {
        for _ in 0..<count {
            guard let element = tree.pop() else { return }
            writer.quoteDepth = element.quoteDepthBefore
            if !tree.state.contains(.removed) { apply(element.edge) }
        }
    }

    /// Closes an element whose end tag may be left out.
    private mutating func closeImplied(_ tag: HTMLTag) {
        guard tree.isOpen(tag), let distance = tree.distance(to: tag, stoppingAt: { $0 == .table }) else { return }
        closeInnermost(distance)
    }

    private mutating func closeItem() {
        guard tree.isOpen(.li), let distance = tree.distance(to: .li, stoppingAt: { $0.role == .list || $0 == .table })
        else { return }
        closeInnermost(distance)
    }

    private mutating func closeCells() {
        closeImplied(.td)
        closeImplied(.th)
    }

    // MARK: Edges

    private mutating func apply(_ edge: Edge) {
        switch edge {
        case .none: break
        case .space: writer.space()
        case .tab: writer.tab()
        case .line: writer.block()
        case .emptyLine: writer.block(emptyLine: true)
        }
    }

    private func edge(_ role: HTMLRole, _ display: HTMLStyle.Display) -> HTMLOpenElements.Edge {
        let own: HTMLOpenElements.Edge =
            switch role {
            case .inline, .quotation, .lineBreak, .image, .void, .raw, .title, .unseen: .none
            case .spaced: .space
            case .block, .item, .row, .table: .line
            case .list: tree.isOpen(.li) || tree.isOpen(.ul) || tree.isOpen(.ol) ? .line : .emptyLine
            case .paragraph, .heading, .quote, .preformatted, .rule: .emptyLine
            case .cell: .tab
            }
        switch display {
        case .unset: return own
        case .block: return own.rawValue >= Edge.line.rawValue ? own : .line
        case .inline: return role == .block || role == .paragraph || role == .item || role == .heading ? .none : own
        case .inlineBlock: return Self.isStructure(role) || role == .row || Self.isVoid(role) ? own : .space
        case .cell: return Self.isStructure(role) ? own : .tab
        }
    }

    private static func isStructure(_ role: HTMLRole) -> Bool {
        switch role {
        case .list, .quote, .preformatted, .table: true
        case .inline, .spaced, .block, .paragraph, .heading, .item, .row, .cell, .lineBreak, .rule, .image, .void,
            .quotation, .raw, .title, .unseen:
            false
        }
    }

    private static func isVoid(_ role: HTMLRole) -> Bool {
        switch role {
        case .lineBreak, .rule, .image, .void: true
        case .inline, .spaced, .block, .paragraph, .heading, .list, .item, .quote, .preformatted, .table, .row, .cell,
            .quotation, .raw, .title, .unseen:
            false
        }
    }
}
