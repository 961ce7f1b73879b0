import NIOCore

extension ResponseParser {
    /// The items of a FETCH. What is read stands, whatever comes after it.
    mutating func fetch(_ start: FetchResponse, _ cursor: inout WireCursor) -> UntaggedResponse? {
        var response = start
        cursor.skipSpaces()
        guard cursor.take(0x28) else { return nil }
        while true {
            cursor.skipSpaces()
            if cursor.take(0x29) { break }
            let word = cursor.word()
            guard !word.isEmpty else {
                note(.malformedValue, item: "FETCH", length: cursor.remaining)
                return .fetch(response)
            }
            let before = cursor.index
            do {
                try fetchItem(word, &cursor, &response)
            } catch {
                // The value is skipped as a whole where its end can be seen; else the rest of the line is lost.
                cursor.index = before
                let isSkipped = skipItemValue(&cursor)
                note(error.reason, item: cursor.name(word), length: (isSkipped ? cursor.index : cursor.end) - before)
                guard isSkipped else { return .fetch(response) }
            }
        }
        finish(&cursor, "FETCH")
        return .fetch(response)
    }

    /// Skips `[section]`, `<origin>` and a value.
    private mutating func skipItemValue(_ cursor: inout WireCursor) -> Bool {
        if cursor.byte == 0x5B {
            while cursor.byte != 0x5D {
                if cursor.byte < 0x20 { return false }
                cursor.index += 1
            }
            cursor.index += 1
            _ = cursor.atom()
        }
        cursor.skipSpaces()
        return (try? cursor.skipValue(nesting: limits.nesting)) != nil
    }

    private mutating func fetchItem(
        _ word: Range<Int>, _ cursor: inout WireCursor, _ response: inout FetchResponse
    ) throws(ParseFault) {
        if cursor.byte == 0x5B {
            return try bracketedItem(word, &cursor, &response)
        }
        cursor.skipSpaces()
        switch word.count {
        case 3 where cursor.matches(word, "UID"):
            guard let uid = try cursor.looseNumber().flatMap({ UInt32(exactly: $0) }).flatMap({ UID(rawValue: $0) })
            else { throw .malformed }
            response.uid = uid
        case 4 where cursor.matches(word, "BODY"):
            response.bodyStructure = try bodyStructure(&cursor) ?? response.bodyStructure
        case 5 where cursor.matches(word, "FLAGS"):
            response.flags = try flagList(&cursor)
        case 6 where cursor.matches(word, "MODSEQ"):
            let inList = cursor.take(0x28)
            cursor.skipSpaces()
            let number = try cursor.looseNumber()
            cursor.skipSpaces()
            if inList { try cursor.expect(0x29) }
            // 0 and negative numbers (Zoho) say nothing that could be used.
            if let number, number > 0 { response.modSeq = ModSequence(number) }
        case 6 where cursor.matches(word, "RFC822"):
            try section(.full, origin: nil, &cursor, &response)
        case 7 where cursor.matches(word, "EMAILID"):
            response.emailID = try objectID(&cursor)
        case 7 where cursor.matches(word, "PREVIEW"):
            response.preview = try cursor.nilString().map { cursor.text($0) }
        case 8 where cursor.matches(word, "ENVELOPE"):
            response.envelope = try envelope(&cursor) ?? response.envelope
        case 8 where cursor.matches(word, "THREADID"):
            response.threadID = try objectID(&cursor)
        case 8 where cursor.matches(word, "SAVEDATE"):
            response.saveDate = try cursor.nilString().flatMap { internalDate($0, cursor) }
        case 10 where cursor.matches(word, "X-GM-MSGID"):
            response.gmailMessageID = try cursor.looseNumber()
        case 10 where cursor.matches(word, "X-GM-THRID"):
            response.gmailThreadID = try cursor.looseNumber()
        case 11 where cursor.matches(word, "X-GM-LABELS"):
            response.gmailLabels = try labels(&cursor)
        case 11 where cursor.matches(word, "RFC822.SIZE"):
            // Exchange and others have said −1 or NIL.
            response.size = try cursor.looseNumber().map { Int(clamping: $0) }
        case 11 where cursor.matches(word, "RFC822.TEXT"):
            try section(.text, origin: nil, &cursor, &response)
        case 12 where cursor.matches(word, "INTERNALDATE"):
            if let string = try cursor.nilString() {
                guard let date = internalDate(string, cursor) else { throw .malformed }
                response.internalDate = date
            }
        case 13 where cursor.matches(word, "BODYSTRUCTURE"):
            response.bodyStructure = try bodyStructure(&cursor) ?? response.bodyStructure
        case 13 where cursor.matches(word, "RFC822.HEADER"):
            try section(.header, origin: nil, &cursor, &response)
        default:
            let start = cursor.index
            try cursor.skipValue(nesting: limits.nesting)
            note(.unknownItem, item: cursor.name(word), length: cursor.index - start)
        }
    }

    // MARK: BODY[…] and BINARY[…]

    private mutating func bracketedItem(
        _ word: Range<Int>, _ cursor: inout WireCursor, _ response: inout FetchResponse
    ) throws(ParseFault) {
        if cursor.matches(word, "BODY") || cursor.matches(word, "BODY.PEEK") || cursor.matches(word, "RFC822") {
            let section = try sectionSpecification(&cursor)
            let origin = try sectionOrigin(&cursor)
            cursor.skipSpaces()
            try self.section(section, origin: origin, &cursor, &response)
        } else if cursor.matches(word, "BINARY") || cursor.matches(word, "BINARY.PEEK") {
            let part = try sectionSpecification(&cursor).part
            let origin = try sectionOrigin(&cursor)
            cursor.skipSpaces()
            let content = try content(&cursor)
            response.binaries.append(FetchedBinary(part: part, origin: origin, content: content))
        } else if cursor.matches(word, "BINARY.SIZE") {
            let part = try sectionSpecification(&cursor).part
            cursor.skipSpaces()
            let size = try cursor.looseNumber().map { Int(clamping: $0) }
            response.binaries.append(FetchedBinary(part: part, size: size))
        } else {
            let start = cursor.index
            guard skipItemValue(&cursor) else { throw .malformed }
            note(.unknownItem, item: cursor.name(word), length: cursor.index - start)
        }
    }

    private mutating func section(
        _ section: BodySection, origin: Int?, _ cursor: inout WireCursor, _ response: inout FetchResponse
    ) throws(ParseFault) {
        guard response.sections.count < limits.flags else { throw .tooMany }
        response.sections.append(FetchedSection(section: section, origin: origin, content: try content(&cursor)))
    }

    private mutating func content(_ cursor: inout WireCursor) throws(ParseFault) -> FetchedContent {
        guard let string = try cursor.nilString() else { return .absent }
        switch string.form {
        case .omitted: return .omitted(size: cursor.omittedSize(string))
        case .atom: throw .malformed
        case .quoted, .escaped, .literal: return .bytes(buffer(string, cursor))
        }
    }

    private mutating func sectionOrigin(_ cursor: inout WireCursor) throws(ParseFault) -> Int? {
        guard cursor.take(0x3C) else { return nil }
        guard let number = cursor.number(), let origin = Int(exactly: number) else { throw .malformed }
        // `<0.1024>`: the request's form, which some echo.
        if cursor.take(0x2E) { _ = cursor.number() }
        try cursor.expect(0x3E)
        return origin
    }

    /// `[2.1.HEADER.FIELDS (A B)]`.
    private mutating func sectionSpecification(_ cursor: inout WireCursor) throws(ParseFault) -> BodySection {
        try cursor.expect(0x5B)
        if cursor.take(0x5D) { return .full }
        let start = cursor.index
        while cursor.byte &- 0x30 < 10 || cursor.byte == 0x2E { cursor.index += 1 }
        var partEnd = cursor.index
        if partEnd > start, cursor.byte(at: partEnd - 1) == 0x2E { partEnd -= 1 }
        let part = cursor.text(start..<partEnd)
        if cursor.take(0x5D) { return BodySection(part: part) }
        let word = cursor.word()
        let section: BodySection
        if cursor.matches(word, "HEADER") {
            section = BodySection(part: part, .header)
        } else if cursor.matches(word, "TEXT") {
            section = BodySection(part: part, .text)
        } else if cursor.matches(word, "MIME") {
            section = BodySection(part: part, .mime)
        } else if cursor.matches(word, "HEADER.FIELDS") {
            section = BodySection(part: part, .headerFields(try fieldNames(&cursor)))
        } else if cursor.matches(word, "HEADER.FIELDS.NOT") {
            section = BodySection(part: part, .headerFieldsNot(try fieldNames(&cursor)))
        } else {
            throw .malformed
        }
        cursor.skipSpaces()
        try cursor.expect(0x5D)
        return section
    }

    private mutating func fieldNames(_ cursor: inout WireCursor) throws(ParseFault) -> [String] {
        cursor.skipSpaces()
        try cursor.expect(0x28)
        var names: [String] = []
        while true {
            cursor.skipSpaces()
            if cursor.take(0x29) { return names }
            guard names.count < limits.flags else { throw .tooMany }
            names.append(cursor.text(try cursor.string()).asciiUppercase)
        }
    }

    // MARK: Labels and dates

    /// X-GM-LABELS: atoms, quoted strings and literals.
    private mutating func labels(_ cursor: inout WireCursor) throws(ParseFault) -> [String] {
        if cursor.takeNil() { return [] }
        try cursor.expect(0x28)
        var labels: [String] = []
        while true {
            cursor.skipSpaces()
            if cursor.take(0x29) { return labels }
            guard labels.count < limits.flags else { throw .tooMany }
            let string = try cursor.string()
            labels.append(MailboxName(wire: cursor.contents(string), encoding: mailboxEncoding).name)
        }
    }

    /// `17-Jul-1996 02:44:25 -0700` as seconds since 1970; nil where it is no date.
    func internalDate(_ string: WireString, _ cursor: WireCursor) -> Int64? {
        var date = cursor
        date.index = string.start
        date.skipSpaces()
        guard let day = date.number(), day >= 1, day <= 31, date.take(0x2D) else { return nil }
        let name = date.index
        var month = 0
        for (index, candidate) in monthNames.enumerated() {
            var matches = true
            for (offset, letter) in candidate.utf8.enumerated()
            where asciiLowercased(date.byte(at: name + offset)) != asciiLowercased(letter) {
                matches = false
                break
            }
            if matches { month = index + 1 }
        }
        date.index = name + 3
        guard month > 0, date.take(0x2D), let year = date.number(), year <= 9999 else { return nil }
        date.skipSpaces()
        guard let hour = date.number(), hour < 24, date.take(0x3A), let minute = date.number(), minute < 60,
            date.take(0x3A), let second = date.number(), second <= 60
        else { return nil }
        date.skipSpaces()
        var zone: Int64 = 0
        let sign = date.byte
        if sign == 0x2B || sign == 0x2D {
            date.index += 1
            guard let digits = date.number(), digits <= 9999 else { return nil }
            zone = Int64(digits / 100 * 60 + digits % 100) * 60
            if sign == 0x2D { zone = -zone }
        }
        guard date.index <= string.end else { return nil }
        let days = daysSince1970(year: Int(year), month: month, day: Int(day))
        return days * 86_400 + Int64(hour * 3600 + minute * 60 + second) - zone
    }
}
