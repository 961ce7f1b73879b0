extension QueryParser {
    /// What a field that is not text says with a value.
    func condition(_ field: QueryField, _ value: QueryValue) throws(QueryError) -> QueryNode.Kind {
        switch field {
        case .text, .saved:
            // The parser reads these itself.
            throw QueryError(.badValue, "This cannot stand here", at: value.range)
        case .filename: return .filename(try value.pattern())
        case .type: return .mediaType(try mediaType(value))
        case .list: return .list(try value.pattern())
        case .account: return .account(try value.pattern())
        case .mailbox: return try mailbox(value)
        case .property: return try property(value)
        case .has: return try has(value)
        case .tag(let kinds): return try tag(kinds, value)
        case .date: return try date(value)
        case .after: return .date(from: try instant(value).from, until: nil)
        case .before: return .date(from: nil, until: try instant(value).from)
        case .on:
            let day = try instant(value)
            if day.isAge { throw ageAlone(value) }
            return .date(from: day.from, until: day.until)
        case .newer: return .date(from: try instant(value).from, until: nil)
        case .older: return .date(from: nil, until: try instant(value).from)
        case .larger: return .size(least: try octets(value) + 1, most: nil)
        case .smaller: return .size(least: nil, most: try octets(value) - 1)
        case .size: return try size(value)
        case .id:
            // notmuch's id: is the Message-ID; Trawl's own ids have no @ in them.
            if value.text.utf8.contains(UInt8(ascii: "@")) { return .messageID(try messageID(value)) }
            guard EmailID(value.text) != nil else { throw badID(value) }
            return .id(value.text.lowercased())
        case .messageID: return .messageID(try messageID(value))
        case .thread:
            guard EmailID(value.text) != nil else { throw badID(value) }
            return .thread(value.text.lowercased())
        }
    }

    private func badID(_ value: QueryValue) -> QueryError {
        QueryError(
            .badValue, "\(value.text) is no id of Trawl's", at: value.range,
            hint: "ids are letters and digits; a Message-ID goes into mid:")
    }

    private func messageID(_ value: QueryValue) throws(QueryError) -> String {
        var text = value.text[...]
        if text.hasPrefix("<"), text.hasSuffix(">"), text.count > 2 { text = text.dropFirst().dropLast() }
        guard !text.isEmpty else { throw QueryError(.badValue, "This Message-ID is empty", at: value.range) }
        return String(text)
    }

    private func mediaType(_ value: QueryValue) throws(QueryError) -> NamePattern {
        let pattern = try value.pattern()
        if pattern.hasWildcards || pattern.text.utf8.contains(UInt8(ascii: "/")) { return pattern }
        // `type:image` and `type:pdf`: the one half of a type that they name.
        let mains = ["application", "audio", "font", "image", "message", "model", "multipart", "text", "video"]
        return NamePattern(mains.contains(pattern.text) ? "\(pattern.text)/*" : "*/\(pattern.text)")
    }

    private func mailbox(_ value: QueryValue) throws(QueryError) -> QueryNode.Kind {
        let pattern = try value.pattern()
        switch pattern.text {
        case "anywhere", "*": return .everything
        default: return .mailbox(pattern)
        }
    }

    // MARK: Flags and tags

    private static let properties: [String: QueryNode.Kind] = [
        "unread": .flag(.seen, isSet: false), "unseen": .flag(.seen, isSet: false),
        "new": .flag(.seen, isSet: false), "read": .flag(.seen, isSet: true), "seen": .flag(.seen, isSet: true),
        "flagged": .flag(.flagged, isSet: true), "starred": .flag(.flagged, isSet: true),
        "unflagged": .flag(.flagged, isSet: false), "unstarred": .flag(.flagged, isSet: false),
        "answered": .flag(.answered, isSet: true), "replied": .flag(.answered, isSet: true),
        "unanswered": .flag(.answered, isSet: false), "unreplied": .flag(.answered, isSet: false),
        "draft": .flag(.draft, isSet: true), "deleted": .flag(.deleted, isSet: true),
        "trashed": .flag(.deleted, isSet: true),
        "attach": .hasAttachment, "attachment": .hasAttachment,
    ]

    private func property(_ value: QueryValue) throws(QueryError) -> QueryNode.Kind {
        let name = value.text.lowercased()
        if let found = Self.properties[name] { return found }
        let nearest = EditDistance.nearest(to: name, among: Self.properties.keys.sorted())
        throw QueryError(
            .badValue, "is: doesn't know \(value.text)", at: value.range,
            hint: nearest.map { "did you mean is:\($0)?" } ?? "it knows unread, read, flagged, answered and draft")
    }

    private func has(_ value: QueryValue) throws(QueryError) -> QueryNode.Kind {
        switch value.text.lowercased() {
        case "attachment", "attachments", "attach": return .hasAttachment
        default:
            throw QueryError(
                .badValue, "has: doesn't know \(value.text)", at: value.range, hint: "it knows has:attachment")
        }
    }

    /// notmuch's tags and Gmail's labels for what IMAP calls flags, and JMAP's and IMAP's names of them.
    private func tag(_ kinds: TagKinds, _ value: QueryValue) throws(QueryError) -> QueryNode.Kind {
        let pattern = try value.pattern()
        var name = pattern.text[...]
        if kinds.contains(.keyword), name.hasPrefix("$") || name.hasPrefix("\\") {
            name = name.dropFirst()
            switch name {
            case "seen", "answered", "flagged", "draft", "deleted": return Self.properties[String(name)] ?? .everything
            default: break
            }
        }
        if kinds == .keyword { return .tag(kinds, pattern) }
        switch name {
        case "unread", "starred": return Self.properties[String(name)] ?? .everything
        case "flagged", "replied", "draft",
            "attachment" where kinds == .any:
            return Self.properties[String(name)] ?? .everything
        default: return .tag(kinds, pattern)
        }
    }

    // MARK: Dates

    private func instant(_ value: QueryValue) throws(QueryError) -> DateExpression {
        if value.text.contains("..") {
            throw QueryError(
                .badDate, "A range stands only in date:", at: value.range, hint: "date:\(value.text)")
        }
        return try instant(value.text, value.range)
    }

    private func instant(_ text: String, _ range: Range<Int>) throws(QueryError) -> DateExpression {
        guard let date = DateExpression(text, in: context) else {
            throw QueryError(
                .badDate, "\(text) is no date", at: range,
                hint: "2024, 2024-03, 2024-03-05, today, yesterday, last-week, monday, 7d, 2w, 3m or 2y")
        }
        return date
    }

    private func ageAlone(_ value: QueryValue) -> QueryError {
        QueryError(
            .badDate, "\(value.text) is an age, not a day", at: value.range,
            hint: "newer:\(value.text), older:\(value.text) or date:\(value.text)..")
    }

    private func date(_ value: QueryValue) throws(QueryError) -> QueryNode.Kind {
        guard let (first, last) = Self.halves(value.text) else {
            let date = try instant(value.text, value.range)
            if date.isAge { throw ageAlone(value) }
            return .date(from: date.from, until: date.until)
        }
        let from = first.isEmpty ? nil : try instant(first, value.range)
        // notmuch: `date:A..!` is all of A.
        let until = last.isEmpty ? nil : last == "!" ? from : try instant(last, value.range)
        guard from != nil || until != nil else {
            throw QueryError(
                .badDate, "This range has neither beginning nor end", at: value.range, hint: "date:2024-03..2024-05")
        }
        if let from, let until, from.from >= until.until, !(from.isAge && from.from == until.until) {
            throw QueryError(
                .badDate, "This range ends before it begins", at: value.range, hint: "date:\(last)..\(first)")
        }
        return .date(from: from?.from, until: until.map { $0.isAge ? $0.until + 1 : $0.until })
    }

    private static func halves(_ text: String) -> (String, String)? {
        guard let dots = text.range(ofDots: ()) else { return nil }
        return (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
    }

    // MARK: Sizes

    private func octets(_ value: QueryValue) throws(QueryError) -> Int64 {
        guard let octets = SizeExpression.octets(value.text) else { throw badSize(value) }
        return octets
    }

    private func badSize(_ value: QueryValue) -> QueryError {
        QueryError(.badValue, "\(value.text) is no size", at: value.range, hint: "500k, 2M or 1G")
    }

    private func size(_ value: QueryValue) throws(QueryError) -> QueryNode.Kind {
        guard let (first, last) = Self.halves(value.text), !(first.isEmpty && last.isEmpty) else {
            throw QueryError(
                .badValue, "size: wants a range", at: value.range,
                hint: "size:100k..2M, larger:\(value.text) or smaller:\(value.text)")
        }
        let least = first.isEmpty ? nil : SizeExpression.octets(first)
        let most = last.isEmpty ? nil : SizeExpression.octets(last)
        if (least == nil && !first.isEmpty) || (most == nil && !last.isEmpty) { throw badSize(value) }
        if let least, let most, least > most {
            throw QueryError(
                .badValue, "This range ends before it begins", at: value.range, hint: "size:\(last)..\(first)")
        }
        return .size(least: least, most: most)
    }
}

extension String {
    /// Where the first `..` stands.
    fileprivate func range(ofDots: Void) -> Range<String.Index>? {
        let dot = UInt8(ascii: ".")
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let next = utf8.index(after: index)
            if utf8[index] == dot, next < utf8.endIndex, utf8[next] == dot { return index..<utf8.index(after: next) }
            index = next
        }
        return nil
    }
}
