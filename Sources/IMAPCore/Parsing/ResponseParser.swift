import NIOCore

/// What a frame was found to hold.
public struct ParsedResponse: Hashable, Sendable {
    /// Nil where nothing in the frame could be understood.
    public var response: Response?
    /// What was passed over; empty nearly always.
    public var skipped: [SkippedText]
}

/// Counts of what a parser has seen, for status and for tests.
public struct ParserStatistics: Hashable, Sendable {
    /// Responses understood, in whole or in part.
    public var understood = 0
    /// Responses of which nothing could be used.
    public var refused = 0
    /// Parts passed over, by reason.
    public var skipped: [SkippedText.Reason: Int] = [:]

    public init() {}
}

/// Reads frames as responses of RFC 3501, RFC 9051 and their extensions.
///
/// Tolerant by principle: what can be understood without guessing is used; the rest of the line is skipped, counted in
/// `statistics` and told in `ParsedResponse.skipped`. No response is an error. docs/quirks.md lists what is tolerated.
public struct ResponseParser: Sendable {
    public let limits: ParsingLimits
    /// How the server writes mailbox names: `.utf8` after ENABLED UTF8=ACCEPT or IMAP4rev2.
    public var mailboxEncoding: MailboxName.WireEncoding
    public private(set) var statistics = ParserStatistics()

    // Of the response being read.
    var source = ByteBuffer()
    var skipped: [SkippedText] = []
    var tree = WireTree()

    /// How many skipped parts of one response are told one by one.
    private static let mostNotes = 64

    public init(limits: ParsingLimits = .default, mailboxEncoding: MailboxName.WireEncoding = .modifiedUTF7) {
        self.limits = limits
        self.mailboxEncoding = mailboxEncoding
    }

    public mutating func parse(_ frame: ResponseFrame) -> ParsedResponse {
        source = frame.bytes
        let omitted = frame.omitted
        let response = frame.bytes.withUnsafeReadableBytes { bytes in
            var cursor = WireCursor(bytes, omitted: omitted)
            return self.response(&cursor)
        }
        source = ByteBuffer()
        if response == nil {
            statistics.refused += 1
            note(.malformedLine, item: "", length: frame.bytes.readableBytes)
        } else {
            statistics.understood += 1
        }
        guard !skipped.isEmpty else { return ParsedResponse(response: response, skipped: []) }
        let notes = skipped
        skipped = []
        for note in notes { statistics.skipped[note.reason, default: 0] += 1 }
        return ParsedResponse(response: response, skipped: notes)
    }

    mutating func note(_ reason: SkippedText.Reason, item: String, length: Int) {
        guard skipped.count < Self.mostNotes else { return }
        skipped.append(SkippedText(reason, item: item, length: length))
    }

    /// Notes what is left of the line, where anything but spaces is.
    mutating func finish(_ cursor: inout WireCursor, _ item: StaticString) {
        cursor.skipSpaces()
        guard !cursor.isAtEnd else { return }
        note(.trailingText, item: item.description, length: cursor.remaining)
        cursor.index = cursor.end
    }

    /// The octets of a string: a view of the frame where there is nothing to take out.
    func buffer(_ string: WireString, _ cursor: WireCursor) -> ByteBuffer {
        if string.form == .escaped { return ByteBuffer(bytes: cursor.contents(string)) }
        return source.getSlice(at: source.readerIndex + string.start, length: string.length) ?? ByteBuffer()
    }

    func rest(_ cursor: WireCursor) -> ByteBuffer {
        source.getSlice(at: source.readerIndex + cursor.index, length: cursor.remaining) ?? ByteBuffer()
    }

    // MARK: Lines

    private mutating func response(_ cursor: inout WireCursor) -> Response? {
        switch cursor.byte {
        case UInt8(ascii: "*"):
            cursor.index += 1
            guard cursor.skipSpaces() else { return nil }
            return untagged(&cursor).map(Response.untagged)
        case UInt8(ascii: "+"):
            cursor.index += 1
            _ = cursor.take(0x20)
            let raw = rest(cursor)
            return .continuation(responseText(&cursor), raw: raw)
        default:
            let tag = cursor.run()
            guard !tag.isEmpty, cursor.skipSpaces() else { return nil }
            let word = cursor.word()
            let status: CommandStatus
            if cursor.matches(word, "OK") {
                status = .ok
            } else if cursor.matches(word, "NO") {
                status = .no
            } else if cursor.matches(word, "BAD") {
                status = .bad
            } else {
                return nil
            }
            return .tagged(tag: cursor.text(tag), status, responseText(&cursor))
        }
    }

    private mutating func untagged(_ cursor: inout WireCursor) -> UntaggedResponse? {
        let start = cursor.index
        if cursor.byte &- 0x30 < 10 {
            let number = cursor.number()
            guard cursor.skipSpaces() else { return nil }
            return numbered(number, &cursor)
        }
        let word = cursor.word()
        guard !word.isEmpty else { return nil }
        if let condition = condition(word, cursor) {
            return .condition(condition, responseText(&cursor))
        }
        cursor.skipSpaces()
        do {
            if let data = try data(word, &cursor) { return data }
        } catch {
            note(error.reason, item: cursor.name(word), length: cursor.end - start)
            return nil
        }
        cursor.index = start
        note(.unknownItem, item: cursor.name(word), length: cursor.remaining)
        return .unknown(name: cursor.name(word), line: rest(cursor))
    }

    private func condition(_ word: Range<Int>, _ cursor: WireCursor) -> StatusCondition? {
        if cursor.matches(word, "OK") { return .ok }
        if cursor.matches(word, "NO") { return .no }
        if cursor.matches(word, "BAD") { return .bad }
        if cursor.matches(word, "BYE") { return .bye }
        if cursor.matches(word, "PREAUTH") { return .preauth }
        return nil
    }

    private mutating func numbered(_ number: UInt64?, _ cursor: inout WireCursor) -> UntaggedResponse? {
        let word = cursor.word()
        guard let number else { return nil }
        if cursor.matches(word, "FETCH") {
            guard let sequenceNumber = UInt32(exactly: number) else { return nil }
            return fetch(FetchResponse(sequenceNumber: SequenceNumber(sequenceNumber)), &cursor)
        }
        if cursor.matches(word, "UIDFETCH") {
            guard let value = UInt32(exactly: number), let uid = UID(rawValue: value) else { return nil }
            return fetch(FetchResponse(uid: uid), &cursor)
        }
        let response: UntaggedResponse
        if cursor.matches(word, "EXISTS") {
            response = .exists(Int(clamping: number))
        } else if cursor.matches(word, "RECENT") {
            response = .recent(Int(clamping: number))
        } else if cursor.matches(word, "EXPUNGE") {
            guard let value = UInt32(exactly: number), value > 0 else { return nil }
            response = .expunge(SequenceNumber(value))
        } else {
            guard !word.isEmpty else { return nil }
            note(.unknownItem, item: cursor.name(word), length: cursor.remaining)
            cursor.index = word.lowerBound
            return .unknown(name: cursor.name(word), line: rest(cursor))
        }
        finish(&cursor, "EXISTS, RECENT or EXPUNGE")
        return response
    }

    /// Data that begins with a word. Nil: a word that is not known here.
    private mutating func data(
        _ word: Range<Int>, _ cursor: inout WireCursor
    ) throws(ParseFault) -> UntaggedResponse? {
        if cursor.matches(word, "SEARCH") { return .search(try search(&cursor)) }
        if cursor.matches(word, "ESEARCH") { return .extendedSearch(try extendedSearch(&cursor)) }
        if cursor.matches(word, "VANISHED") { return try vanished(&cursor) }
        if cursor.matches(word, "LIST") { return .list(.list, try list(&cursor)) }
        if cursor.matches(word, "LSUB") { return .list(.lsub, try list(&cursor)) }
        if cursor.matches(word, "XLIST") { return .list(.xlist, try list(&cursor)) }
        if cursor.matches(word, "STATUS") { return try status(&cursor) }
        if cursor.matches(word, "CAPABILITY") { return .capability(capabilities(&cursor)) }
        if cursor.matches(word, "ENABLED") { return .enabled(capabilities(&cursor).all) }
        if cursor.matches(word, "FLAGS") {
            let flags = try flagList(&cursor)
            finish(&cursor, "FLAGS")
            return .flags(flags)
        }
        if cursor.matches(word, "NAMESPACE") { return .namespace(try namespaces(&cursor)) }
        if cursor.matches(word, "ID") { return .id(try identification(&cursor)) }
        if cursor.matches(word, "SORT") { return .sort(try search(&cursor).numbers) }
        if cursor.matches(word, "THREAD") { return .thread(rest(cursor)) }
        if cursor.matches(word, "QUOTA") { return .quota(try quota(&cursor)) }
        if cursor.matches(word, "QUOTAROOT") { return try quotaRoot(&cursor) }
        for known: StaticString in [
            "ACL", "LISTRIGHTS", "MYRIGHTS", "METADATA", "ANNOTATION", "ANNOTATEMORE", "COMPARATOR", "CONVERTED",
            "GENURLAUTH", "URLFETCH", "LANGUAGE", "JMAPACCESS", "INPROGRESS",
        ] where cursor.matches(word, known) {
            return .known(name: known.description, rest: rest(cursor))
        }
        return nil
    }
}
