/// ENVELOPE and BODYSTRUCTURE, which servers get wrong most: read as a tree first, then looked at as a whole.
extension ResponseParser {
    // MARK: ENVELOPE

    /// Nil for NIL.
    mutating func envelope(_ cursor: inout WireCursor) throws(ParseFault) -> Envelope? {
        try tree.read(&cursor, limits: limits)
        return envelope(at: 0, cursor)
    }

    private func envelope(at index: Int32, _ cursor: WireCursor) -> Envelope? {
        guard tree.isList(index) else { return nil }
        var envelope = Envelope()
        var field = tree.child(index)
        func text() -> String? {
            defer { field = tree.next(field) }
            return tree.text(field, cursor)
        }
        func addresses() -> [Envelope.Address] {
            defer { field = tree.next(field) }
            return addressList(at: field, cursor)
        }
        envelope.date = text()
        envelope.subject = text()
        envelope.from = addresses()
        envelope.sender = addresses()
        envelope.replyTo = addresses()
        envelope.to = addresses()
        envelope.cc = addresses()
        envelope.bcc = addresses()
        envelope.inReplyTo = text()
        envelope.messageID = text()
        return envelope
    }

    /// A list of lists of four; also one such four by itself.
    private func addressList(at index: Int32, _ cursor: WireCursor) -> [Envelope.Address] {
        guard tree.isList(index) else { return [] }
        let first = tree.child(index)
        if !tree.isList(first), tree.count(index) == 4 {
            var element = first
            var lists = false
            while element >= 0 {
                lists = lists || tree.isList(element)
                element = tree.next(element)
            }
            if !lists { return [address(at: index, cursor)] }
        }
        var addresses: [Envelope.Address] = []
        var element = first
        while element >= 0 {
            if tree.isList(element), tree.count(element) >= 4 { addresses.append(address(at: element, cursor)) }
            element = tree.next(element)
        }
        return addresses
    }

    private func address(at index: Int32, _ cursor: WireCursor) -> Envelope.Address {
        let name = tree.child(index)
        let route = tree.next(name)
        let mailbox = tree.next(route)
        let host = tree.next(mailbox)
        return Envelope.Address(
            name: tree.text(name, cursor), route: tree.text(route, cursor), mailbox: tree.text(mailbox, cursor),
            host: tree.text(host, cursor))
    }

    // MARK: BODYSTRUCTURE

    /// Nil for NIL, `()` and what is no list.
    mutating func bodyStructure(_ cursor: inout WireCursor) throws(ParseFault) -> BodyStructure? {
        try tree.read(&cursor, limits: limits)
        guard tree.isList(0), tree.child(0) >= 0 else { return nil }
        return body(at: 0, part: "", isWhole: true, cursor)
    }

    private static let topLevelTypes: Set<String> = [
        "text", "image", "audio", "video", "application", "message", "model", "font", "multipart",
    ]

    /// - Parameters:
    ///   - part: The part's number; of a body within message/rfc822 (`isWhole`), that of the message.
    ///   - isWhole: Whether this is the body of a message, so that a single part is number 1 of it.
    private func body(at index: Int32, part: String, isWhole: Bool, _ cursor: WireCursor) -> BodyStructure {
        let first = tree.child(index)
        if isMultipart(index, first, cursor) {
            return multipart(at: index, part: part, cursor)
        }
        var body = BodyStructure()
        body.partNumber = isWhole ? numbered(part, 1) : part
        guard first >= 0 else { return body }
        singlePart(first, cursor, &body)
        return body
    }

    private func numbered(_ part: String, _ number: Int) -> String {
        part.isEmpty ? String(number) : part + "." + String(number)
    }

    /// Lists come first in a multipart; one without children starts with its subtype, and no second string follows.
    private func isMultipart(_ index: Int32, _ first: Int32, _ cursor: WireCursor) -> Bool {
        switch tree.kind(first) {
        case .list:
            return true
        case .string:
            if tree.isString(tree.next(first)) { return tree.lowercased(first, cursor) == "multipart" }
            guard first >= 0, tree.count(index) < 7, let word = tree.lowercased(first, cursor) else { return false }
            return !Self.topLevelTypes.contains(word)
        case .absent:
            // NIL in a child's place, or NIL for the type of a single part, which has seven fields or more.
            return first >= 0 && (tree.isList(tree.next(first)) || (tree.count(index) < 6 && tree.count(index) > 1))
        }
    }

    private func multipart(at index: Int32, part: String, _ cursor: WireCursor) -> BodyStructure {
        var body = BodyStructure()
        body.partNumber = part
        body.type = "multipart"
        body.subtype = "mixed"
        var element = tree.child(index)
        var number = 0
        while element >= 0, !tree.isString(element) {
            // A NIL counts as a part, so that those after it keep their numbers; an empty list that stands alone doesn't.
            let isEmptyList = tree.isList(element) && tree.child(element) < 0
            if isEmptyList, number == 0, !tree.isList(tree.next(element)) {
                element = tree.next(element)
                break
            }
            guard tree.isList(element) || hasListAfter(element) else { break }
            number += 1
            let name = numbered(part, number)
            if tree.isList(element) {
                body.parts.append(self.body(at: element, part: name, isWhole: false, cursor))
            } else {
                var missing = BodyStructure()
                missing.partNumber = name
                body.parts.append(missing)
            }
            element = tree.next(element)
        }
        if tree.lowercased(element, cursor) == "multipart", tree.isString(tree.next(element)) {
            element = tree.next(element)
        }
        if let subtype = tree.lowercased(element, cursor), !subtype.isEmpty { body.subtype = subtype }
        var field = tree.next(element)
        body.parameters = parameters(at: field, cursor)
        field = tree.next(field)
        extensions(field, cursor, &body)
        return body
    }

    /// Whether a list follows before the first string: then a NIL here stands for a child.
    private func hasListAfter(_ index: Int32) -> Bool {
        var element = tree.next(index)
        while element >= 0 {
            if tree.isList(element) { return true }
            if tree.isString(element) { return false }
            element = tree.next(element)
        }
        return false
    }

    private func singlePart(_ first: Int32, _ cursor: WireCursor, _ body: inout BodyStructure) {
        var field = first
        func text() -> String? {
            defer { field = tree.next(field) }
            return tree.text(field, cursor)
        }
        func word() -> String? {
            defer { field = tree.next(field) }
            return tree.lowercased(field, cursor).flatMap { $0.isEmpty ? nil : $0 }
        }
        if let type = word() {
            body.type = type
            body.subtype = type == "text" ? "plain" : type == "message" ? "rfc822" : "octet-stream"
        }
        // The subtype is left out where the parameters come second.
        if !tree.isList(field), let subtype = word() { body.subtype = subtype }
        body.parameters = parameters(at: field, cursor)
        field = tree.next(field)
        body.id = text()
        body.contentDescription = text()
        body.encoding = word() ?? "7bit"
        body.size = tree.number(field, cursor).map { Int(clamping: $0) } ?? 0
        field = tree.next(field)

        if body.type == "message", tree.isList(field) || body.isMessage {
            // The envelope and the body are both lists; a server that tells neither goes on with the extensions.
            if tree.isList(field), tree.count(field) >= 8 || !tree.isString(tree.child(field)) {
                body.envelope = envelope(at: field, cursor)
                field = tree.next(field)
                if tree.isList(field), tree.child(field) >= 0 {
                    body.parts = [self.body(at: field, part: body.partNumber, isWhole: true, cursor)]
                }
                field = tree.next(field)
            } else if tree.kind(field) == .absent, field >= 0, tree.kind(tree.next(field)) != .string {
                field = tree.next(field)
                if tree.isList(field), isBodyList(field) {
                    body.parts = [self.body(at: field, part: body.partNumber, isWhole: true, cursor)]
                    field = tree.next(field)
                } else if tree.kind(field) == .absent, tree.number(tree.next(field), cursor) != nil {
                    field = tree.next(field)
                }
            }
        }
        // Lines belong to text and message/rfc822 alone, but others have them too.
        if let lines = tree.number(field, cursor) {
            body.lines = Int(clamping: lines)
            field = tree.next(field)
        } else if body.type == "text", tree.kind(field) == .absent, tree.kind(tree.next(field)) == .absent {
            field = tree.next(field)
        }
        // The MD5 is left out where the disposition's list stands in its place.
        if !tree.isList(field) { body.md5 = text() }
        extensions(field, cursor, &body)
    }

    private func isBodyList(_ index: Int32) -> Bool {
        let first = tree.child(index)
        return tree.isList(first) || tree.count(index) >= 7
    }

    /// Disposition, languages and location, from `field` on.
    private func extensions(_ field: Int32, _ cursor: WireCursor, _ body: inout BodyStructure) {
        var field = field
        if tree.isList(field) {
            let name = tree.child(field)
            body.disposition = tree.lowercased(name, cursor)
            body.dispositionParameters = parameters(at: tree.next(name), cursor)
        } else {
            body.disposition = tree.lowercased(field, cursor)
        }
        if body.disposition?.isEmpty == true { body.disposition = nil }
        field = tree.next(field)
        if tree.isList(field) {
            var language = tree.child(field)
            while language >= 0 {
                if let text = tree.text(language, cursor) { body.languages.append(text) }
                language = tree.next(language)
            }
        } else if let language = tree.text(field, cursor), !language.isEmpty {
            body.languages = [language]
        }
        body.location = tree.text(tree.next(field), cursor)
    }

    /// Pairs of name and value; a value of NIL is empty, and a name without a value has none.
    private func parameters(at index: Int32, _ cursor: WireCursor) -> [BodyStructure.Parameter] {
        guard tree.isList(index) else { return [] }
        var parameters: [BodyStructure.Parameter] = []
        var element = tree.child(index)
        // `(("charset" "x") …)`: pairs in lists of their own.
        if tree.isList(element) {
            while tree.isList(element) {
                let name = tree.child(element)
                if let text = tree.lowercased(name, cursor) {
                    parameters.append(.init(name: text, value: tree.text(tree.next(name), cursor) ?? ""))
                }
                element = tree.next(element)
            }
            return parameters
        }
        while element >= 0 {
            let value = tree.next(element)
            if let name = tree.lowercased(element, cursor) {
                parameters.append(.init(name: name, value: tree.text(value, cursor) ?? ""))
            }
            element = tree.next(value)
        }
        return parameters
    }
}
