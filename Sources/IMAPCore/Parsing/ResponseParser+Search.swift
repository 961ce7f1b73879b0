extension ResponseParser {
    /// Numbers up to the end or a parenthesis; then `(MODSEQ n)`.
    mutating func search(_ cursor: inout WireCursor) throws(ParseFault) -> SearchResult {
        var result = SearchResult()
        while true {
            cursor.skipSpaces()
            if cursor.isAtEnd { return result }
            let start = cursor.index
            if cursor.byte == 0x28 {
                try searchModifiers(&cursor, &result)
                continue
            }
            let number = cursor.number()
            if cursor.index > start, let number, let value = UInt32(exactly: number), isDelimiter(cursor) {
                guard result.numbers.count < limits.numbers else {
                    note(.tooMany, item: "SEARCH", length: cursor.remaining)
                    return result
                }
                if value > 0 { result.numbers.append(value) }
            } else {
                // A word that is no number, such as a stray 0x0 or text: the numbers around it still stand.
                let word = cursor.run()
                if word.isEmpty, cursor.index == start { cursor.index += 1 }
                note(.malformedValue, item: "SEARCH", length: Swift.max(1, cursor.index - start))
            }
        }
    }

    private func isDelimiter(_ cursor: WireCursor) -> Bool {
        cursor.isAtEnd || cursor.byte <= 0x20 || cursor.byte == 0x28
    }

    private mutating func searchModifiers(
        _ cursor: inout WireCursor, _ result: inout SearchResult
    ) throws(ParseFault) {
        let start = cursor.index
        cursor.index += 1
        cursor.skipSpaces()
        let word = cursor.atom()
        cursor.skipSpaces()
        if cursor.matches(word, "MODSEQ"), let number = cursor.number() {
            cursor.skipSpaces()
            if cursor.take(0x29) {
                result.modSeq = ModSequence(number)
                return
            }
        }
        cursor.index = start
        try cursor.skipValue(nesting: limits.nesting)
        note(.unknownItem, item: "SEARCH", length: cursor.index - start)
    }

    mutating func extendedSearch(_ cursor: inout WireCursor) throws(ParseFault) -> ExtendedSearchResult {
        var result = ExtendedSearchResult()
        if cursor.byte == 0x28 {
            let start = cursor.index
            cursor.index += 1
            cursor.skipSpaces()
            let word = cursor.atom()
            cursor.skipSpaces()
            if cursor.matches(word, "TAG"), let string = try? cursor.string() {
                result.tag = cursor.text(string)
                cursor.skipSpaces()
                try cursor.expect(0x29)
            } else {
                cursor.index = start
                try cursor.skipValue(nesting: limits.nesting)
                note(.unknownItem, item: "ESEARCH", length: cursor.index - start)
            }
        }
        while true {
            cursor.skipSpaces()
            if cursor.isAtEnd { return result }
            let word = cursor.atom()
            guard !word.isEmpty else {
                finish(&cursor, "ESEARCH")
                return result
            }
            if cursor.matches(word, "UID") {
                result.isUID = true
                continue
            }
            cursor.skipSpaces()
            let start = cursor.index
            do {
                try searchReturn(word, &cursor, &result)
            } catch {
                note(error.reason, item: cursor.name(word), length: cursor.end - start)
                cursor.index = start
                guard (try? cursor.skipValue(nesting: limits.nesting)) != nil else {
                    cursor.index = cursor.end
                    return result
                }
            }
        }
    }

    private mutating func searchReturn(
        _ word: Range<Int>, _ cursor: inout WireCursor, _ result: inout ExtendedSearchResult
    ) throws(ParseFault) {
        if cursor.matches(word, "ALL") {
            result.all = try set(&cursor)
        } else if cursor.matches(word, "COUNT") {
            result.count = try cursor.looseNumber().map { Int(clamping: $0) }
        } else if cursor.matches(word, "MIN") {
            result.min = try cursor.looseNumber().flatMap { UInt32(exactly: $0) }
        } else if cursor.matches(word, "MAX") {
            result.max = try cursor.looseNumber().flatMap { UInt32(exactly: $0) }
        } else if cursor.matches(word, "MODSEQ") {
            result.modSeq = try cursor.looseNumber().map { ModSequence($0) }
        } else if cursor.matches(word, "PARTIAL") {
            try cursor.expect(0x28)
            cursor.skipSpaces()
            let range = cursor.atom()
            cursor.skipSpaces()
            let members = cursor.takeNil() ? UIDSet() : try set(&cursor)
            cursor.skipSpaces()
            try cursor.expect(0x29)
            result.partialRange = cursor.text(range)
            result.partial = members
        } else {
            let start = cursor.index
            try cursor.skipValue(nesting: limits.nesting)
            note(.unknownItem, item: cursor.name(word), length: cursor.index - start)
        }
    }

    /// A sequence-set or uid-set.
    mutating func set(_ cursor: inout WireCursor) throws(ParseFault) -> UIDSet {
        let start = cursor.index
        var commas = 0
        while cursor.index < cursor.end {
            let byte = cursor.byte
            if byte == 0x2C {
                commas += 1
            } else if byte &- 0x30 >= 10, byte != 0x3A, byte != 0x2A {
                break
            }
            cursor.index += 1
        }
        guard commas < limits.numbers else { throw .tooMany }
        let bytes = UnsafeRawBufferPointer(rebasing: cursor.bytes[start..<cursor.index])
        guard let set = UIDSet(wireBytes: bytes) else { throw .malformed }
        return set
    }

    mutating func vanished(_ cursor: inout WireCursor) throws(ParseFault) -> UntaggedResponse {
        var earlier = false
        if cursor.take(0x28) {
            cursor.skipSpaces()
            let word = cursor.atom()
            cursor.skipSpaces()
            guard cursor.matches(word, "EARLIER"), cursor.take(0x29) else { throw .malformed }
            earlier = true
            cursor.skipSpaces()
        }
        let uids = try set(&cursor)
        finish(&cursor, "VANISHED")
        return .vanished(uids, earlier: earlier)
    }
}
