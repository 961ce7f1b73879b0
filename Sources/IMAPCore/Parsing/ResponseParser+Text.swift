extension ResponseParser {
    /// `[CODE …] text`, from the cursor to the end.
    mutating func responseText(_ cursor: inout WireCursor) -> ResponseText {
        cursor.skipSpaces()
        guard cursor.byte == 0x5B else {
            return ResponseText(text: cursor.text(cursor.index..<cursor.end))
        }
        let start = cursor.index
        guard let code = responseCode(&cursor) else {
            // No end to the code (a server's exception dump): all of it is text.
            note(.malformedValue, item: "response code", length: cursor.end - start)
            return ResponseText(text: cursor.text(start..<cursor.end))
        }
        cursor.skipSpaces()
        return ResponseText(code: code, text: cursor.text(cursor.index..<cursor.end))
    }

    /// With the cursor after the `]`; nil where there is none.
    private mutating func responseCode(_ cursor: inout WireCursor) -> ResponseCode? {
        cursor.index += 1
        let nameStart = cursor.index
        while cursor.byte > 0x20, cursor.byte != 0x5D, cursor.byte != 0x28 { cursor.index += 1 }
        let word = nameStart..<cursor.index
        let afterName = cursor.index
        if cursor.take(0x5D) { return plainCode(word, cursor) }
        cursor.skipSpaces()
        do {
            if let code = try codeWithValue(word, &cursor) {
                cursor.skipSpaces()
                if cursor.take(0x5D) { return code }
            }
        } catch {
            note(error.reason, item: cursor.name(word), length: 0)
        }
        cursor.index = afterName
        guard let end = codeEnd(cursor) else { return nil }
        let name = cursor.name(word)
        let text = cursor.text(afterName..<end)
        cursor.index = end + 1
        let trimmed = text.utf8.first == 0x20 ? String(text.dropFirst()) : text
        // A code whose value is empty or unreadable still says its name.
        if trimmed.utf8.allSatisfy({ $0 == 0x20 }) { return plainCode(word, cursor) }
        return .other(name: name, text: trimmed)
    }

    /// The `]` that ends the code: the first that stands outside quotation marks, else the first.
    private func codeEnd(_ cursor: WireCursor) -> Int? {
        var first: Int?
        var quoted = false
        for position in cursor.index..<cursor.end {
            switch cursor.byte(at: position) {
            case 0x22: quoted.toggle()
            case 0x5D:
                if !quoted { return position }
                if first == nil { first = position }
            default: break
            }
        }
        return first
    }

    private func plainCode(_ word: Range<Int>, _ cursor: WireCursor) -> ResponseCode {
        switch cursor.name(word) {
        case "ALERT": .alert
        case "BADCHARSET": .badCharset([])
        case "PARSE": .parse
        case "READ-ONLY": .readOnly
        case "READ-WRITE": .readWrite
        case "TRYCREATE": .tryCreate
        case "UIDNOTSTICKY": .uidNotSticky
        case "NOMODSEQ": .noModSeq
        case "CLOSED": .closed
        case "UNAVAILABLE": .unavailable
        case "AUTHENTICATIONFAILED": .authenticationFailed
        case "AUTHORIZATIONFAILED": .authorizationFailed
        case "EXPIRED": .expired
        case "PRIVACYREQUIRED": .privacyRequired
        case "CONTACTADMIN": .contactAdmin
        case "NOPERM": .noPerm
        case "INUSE": .inUse
        case "EXPUNGEISSUED": .expungeIssued
        case "CORRUPTION": .corruption
        case "SERVERBUG": .serverBug
        case "CLIENTBUG": .clientBug
        case "CANNOT": .cannot
        case "LIMIT": .limit
        case "OVERQUOTA": .overQuota
        case "ALREADYEXISTS": .alreadyExists
        case "NONEXISTENT": .nonExistent
        case "NOTSAVED": .notSaved
        case "HASCHILDREN": .hasChildren
        case "UNKNOWN-CTE": .unknownCTE
        case "TOOBIG": .tooBig
        case "USEATTR": .useAttribute
        case "COMPRESSIONACTIVE": .compressionActive
        case "NOTIFICATIONOVERFLOW": .notificationOverflow
        case "BADEVENT": .badEvent([])
        case "BADCOMPARATOR": .badComparator
        case "BADURL": .badURL(nil)
        case "UIDREQUIRED": .uidRequired
        case let name: .other(name: name, text: nil)
        }
    }

    /// Nil: a code that takes no value, or that is not known here.
    private mutating func codeWithValue(
        _ word: Range<Int>, _ cursor: inout WireCursor
    ) throws(ParseFault) -> ResponseCode? {
        switch cursor.name(word) {
        case "CAPABILITY":
            return .capability(capabilities(&cursor, until: 0x5D))
        case "PERMANENTFLAGS":
            return .permanentFlags(try flagList(&cursor))
        case "UIDNEXT":
            return try cursor.looseCodeNumber().map { .uidNext(UInt32(exactly: $0).flatMap { UID(rawValue: $0) }) }
        case "UIDVALIDITY":
            return try cursor.looseCodeNumber().flatMap { UInt32(exactly: $0) }.map { .uidValidity(UIDValidity($0)) }
        case "UNSEEN":
            return try cursor.looseCodeNumber().flatMap { UInt32(exactly: $0) }.map { .unseen(SequenceNumber($0)) }
        case "HIGHESTMODSEQ":
            return try cursor.looseCodeNumber().map { .highestModSeq(ModSequence($0)) }
        case "APPENDUID":
            guard let validity = try uidValidity(&cursor) else { return nil }
            cursor.skipSpaces()
            return .appendUID(validity, try? set(&cursor))
        case "COPYUID":
            guard let validity = try uidValidity(&cursor) else { return nil }
            cursor.skipSpaces()
            let source = try? set(&cursor)
            cursor.skipSpaces()
            let destination = try? set(&cursor)
            return .copyUID(validity, source: source, destination: destination)
        case "MODIFIED":
            return .modified(try set(&cursor))
        case "MAILBOXID":
            return try objectID(&cursor).map { .mailboxID($0) }
        case "BADCHARSET":
            return .badCharset(try cursor.byte == 0x28 ? names(&cursor) : bareNames(&cursor))
        case "BADEVENT":
            return .badEvent(try names(&cursor))
        case "BADURL":
            return .badURL(try argument(&cursor))
        case "REFERRAL":
            return .referral(try argument(&cursor))
        case "METADATA":
            return .metadata(try argument(&cursor))
        case "MESSAGELIMIT":
            guard let limit = try cursor.looseCodeNumber() else { return nil }
            cursor.skipSpaces()
            let uid = cursor.number().flatMap { UInt32(exactly: $0) }.flatMap { UID(rawValue: $0) }
            return .messageLimit(Int(clamping: limit), lowestUID: uid)
        default:
            return nil
        }
    }

    private func uidValidity(_ cursor: inout WireCursor) throws(ParseFault) -> UIDValidity? {
        try cursor.looseCodeNumber().flatMap { UInt32(exactly: $0) }.map { UIDValidity($0) }
    }

    /// All up to the code's end.
    private func argument(_ cursor: inout WireCursor) throws(ParseFault) -> String {
        guard let end = codeEnd(cursor) else { throw .malformed }
        let text = cursor.text(cursor.index..<end)
        cursor.index = end
        return text
    }

    /// `[BADCHARSET UTF-8]`, as an example of RFC 9051 itself has it.
    private func bareNames(_ cursor: inout WireCursor) throws(ParseFault) -> [String] {
        try argument(&cursor).split(separator: " ").prefix(limits.flags).map(String.init)
    }

    private mutating func names(_ cursor: inout WireCursor) throws(ParseFault) -> [String] {
        try cursor.expect(0x28)
        var names: [String] = []
        while true {
            cursor.skipSpaces()
            if cursor.take(0x29) { return names }
            guard names.count < limits.flags else { throw .tooMany }
            names.append(cursor.text(try cursor.string()))
        }
    }
}

extension WireCursor {
    /// A code's number; nil where none stands here.
    fileprivate mutating func looseCodeNumber() throws(ParseFault) -> UInt64? {
        let start = index
        let value = number()
        if value == nil, index > start { throw .malformed }
        return value
    }
}
