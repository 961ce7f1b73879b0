extension ResponseParser {
    // MARK: LIST

    mutating func list(_ cursor: inout WireCursor) throws(ParseFault) -> MailboxInfo {
        let attributes = try flagList(&cursor)
        cursor.skipSpaces()
        let delimiter = try delimiter(&cursor)
        cursor.skipSpaces()
        let name = try mailbox(&cursor, upTo: nil)
        var info = MailboxInfo(name: name, delimiter: delimiter)
        for attribute in attributes { info.attributes.insert(MailboxAttribute(attribute.rawValue)) }
        cursor.skipSpaces()
        if cursor.byte == 0x28 { listExtensions(&cursor, &info) }
        finish(&cursor, "LIST")
        return info
    }

    /// A quoted character; NIL, `""` or nothing quoted where there is none.
    private mutating func delimiter(_ cursor: inout WireCursor) throws(ParseFault) -> Character? {
        if cursor.takeNil() { return nil }
        // `"\"`: a backslash that nobody escaped.
        if cursor.byte == 0x22, cursor.byte(at: cursor.index + 1) == 0x5C, cursor.byte(at: cursor.index + 2) == 0x22,
            cursor.byte(at: cursor.index + 3) == 0x20
        {
            cursor.index += 3
            return "\\"
        }
        return cursor.text(try cursor.string()).first
    }

    private mutating func listExtensions(_ cursor: inout WireCursor, _ info: inout MailboxInfo) {
        let start = cursor.index
        do {
            try tree.read(&cursor, limits: limits)
        } catch {
            note(error.reason, item: "LIST", length: cursor.end - start)
            cursor.index = cursor.end
            return
        }
        var index = tree.child(0)
        while tree.isString(index) {
            let tag = tree.text(index, cursor)?.asciiUppercase ?? ""
            let value = tree.next(index)
            let first = tree.isList(value) ? tree.child(value) : value
            switch tag {
            case "OLDNAME":
                if let node = tree.node(first), node.kind == .string {
                    info.oldName = MailboxName(wire: cursor.contents(node.string), encoding: mailboxEncoding)
                }
            case "CHILDINFO":
                var child = first
                while let text = tree.text(child, cursor) {
                    info.childInfo.append(text.asciiUppercase)
                    child = tree.isList(value) ? tree.next(child) : -1
                }
            case "MAILBOXID":
                info.mailboxID = tree.text(first, cursor).flatMap(Self.validObjectID)
            default:
                note(.unknownItem, item: tag, length: 0)
            }
            index = tree.next(value)
        }
    }

    /// A mailbox's name. One that nobody quoted may hold spaces: then it ends at `stop` or at the line's end.
    private mutating func mailbox(
        _ cursor: inout WireCursor, upTo stop: UInt8?
    ) throws(ParseFault) -> MailboxName {
        let start = cursor.index
        if cursor.byte == 0x22 || cursor.byte == 0x7B || cursor.byte == 0x7E {
            if let string = try? cursor.string(), string.form != .atom {
                if string.form == .omitted { throw .malformed }
                return MailboxName(wire: cursor.contents(string), encoding: mailboxEncoding)
            }
            cursor.index = start
        }
        var end = cursor.run().upperBound
        if let stop {
            // `* STATUS Sent Items (MESSAGES 1)`.
            var position = end
            while position < cursor.end {
                if cursor.byte(at: position) == stop, cursor.byte(at: position - 1) == 0x20 {
                    end = position - 1
                    break
                }
                position += 1
            }
        } else {
            // `* LIST () "/" Sent Items`; extended data start with a parenthesis.
            var position = end
            while cursor.byte(at: position) == 0x20, cursor.byte(at: position + 1) > 0x20,
                cursor.byte(at: position + 1) != 0x28
            {
                position += 1
                while cursor.byte(at: position) > 0x20 { position += 1 }
                end = position
            }
        }
        guard end > start, end <= cursor.end else { throw .malformed }
        cursor.index = end
        while end > start, cursor.byte(at: end - 1) == 0x20 { end -= 1 }
        let bytes = UnsafeRawBufferPointer(rebasing: cursor.bytes[start..<end])
        return MailboxName(wire: bytes, encoding: mailboxEncoding)
    }

    // MARK: STATUS

    mutating func status(_ cursor: inout WireCursor) throws(ParseFault) -> UntaggedResponse {
        let name = try mailbox(&cursor, upTo: 0x28)
        cursor.skipSpaces()
        try cursor.expect(0x28)
        var status = MailboxStatus()
        while true {
            cursor.skipSpaces()
            if cursor.take(0x29) { break }
            let word = cursor.atom()
            guard !word.isEmpty else {
                note(.malformedValue, item: "STATUS", length: cursor.remaining)
                return .status(name, status)
            }
            cursor.skipSpaces()
            let start = cursor.index
            do {
                try statusItem(word, &cursor, &status)
            } catch {
                note(error.reason, item: cursor.name(word), length: cursor.end - start)
                cursor.index = start
                guard (try? cursor.skipValue(nesting: limits.nesting)) != nil else { return .status(name, status) }
            }
        }
        finish(&cursor, "STATUS")
        return .status(name, status)
    }

    private mutating func statusItem(
        _ word: Range<Int>, _ cursor: inout WireCursor, _ status: inout MailboxStatus
    ) throws(ParseFault) {
        func count(_ cursor: inout WireCursor) throws(ParseFault) -> Int? {
            try cursor.looseNumber().map { Int(clamping: $0) }
        }
        if cursor.matches(word, "MESSAGES") {
            status.messages = try count(&cursor)
        } else if cursor.matches(word, "RECENT") {
            status.recent = try count(&cursor)
        } else if cursor.matches(word, "UIDNEXT") {
            status.uidNext = try cursor.looseNumber().flatMap { UInt32(exactly: $0) }.flatMap { UID(rawValue: $0) }
        } else if cursor.matches(word, "UIDVALIDITY") {
            status.uidValidity = try cursor.looseNumber().flatMap { UInt32(exactly: $0) }.map { UIDValidity($0) }
        } else if cursor.matches(word, "UNSEEN") {
            status.unseen = try count(&cursor)
        } else if cursor.matches(word, "HIGHESTMODSEQ") {
            status.highestModSeq = try cursor.looseNumber().map { ModSequence($0) }
        } else if cursor.matches(word, "SIZE") {
            status.size = try count(&cursor)
        } else if cursor.matches(word, "DELETED") {
            status.deleted = try count(&cursor)
        } else if cursor.matches(word, "DELETED-STORAGE") {
            status.deletedStorage = try count(&cursor)
        } else if cursor.matches(word, "APPENDLIMIT") {
            status.appendLimit = try count(&cursor)
        } else if cursor.matches(word, "MAILBOXID") {
            status.mailboxID = try objectID(&cursor)
        } else {
            let start = cursor.index
            try cursor.skipValue(nesting: limits.nesting)
            note(.unknownItem, item: cursor.name(word), length: cursor.index - start)
        }
    }

    /// `(ID)`, or an ID alone; nil for NIL and for what RFC 8474 allows no ID to be.
    mutating func objectID(_ cursor: inout WireCursor) throws(ParseFault) -> String? {
        let inList = cursor.take(0x28)
        cursor.skipSpaces()
        let text = try cursor.nilString().map { cursor.text($0) }
        cursor.skipSpaces()
        if inList { try cursor.expect(0x29) }
        return text.flatMap(Self.validObjectID)
    }

    /// RFC 8474, section 4: letters, digits, `_` and `-`, 255 at most. Cyrus 3.6 sends what once was in its memory.
    private static func validObjectID(_ text: String) -> String? {
        let isValid = text.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x2D
        }
        return isValid && 1...255 ~= text.utf8.count ? text : nil
    }

    // MARK: Flags

    /// Flags or attributes in parentheses; NIL for none. Any octet but a space and parentheses may be in a flag, and
    /// those too, where they are balanced.
    mutating func flagList(_ cursor: inout WireCursor) throws(ParseFault) -> [Flag] {
        if cursor.takeNil() { return [] }
        try cursor.expect(0x28)
        var flags: [Flag] = []
        while true {
            cursor.skipSpaces()
            if cursor.take(0x29) { return flags }
            let start = cursor.index
            var depth = 0
            while cursor.index < cursor.end {
                let byte = cursor.byte
                if byte <= 0x20 { break }
                if byte == 0x28 {
                    depth += 1
                } else if byte == 0x29 {
                    if depth == 0 { break }
                    depth -= 1
                }
                cursor.index += 1
            }
            guard cursor.index > start else { throw .malformed }
            guard flags.count < limits.flags else { throw .tooMany }
            flags.append(Flag(cursor.text(start..<cursor.index)))
        }
    }

    // MARK: Capabilities

    mutating func capabilities(_ cursor: inout WireCursor, until stop: UInt8 = 0) -> CapabilitySet {
        var set = CapabilitySet()
        while true {
            cursor.skipSpaces()
            let start = cursor.index
            while cursor.byte > 0x20, cursor.byte != stop { cursor.index += 1 }
            guard cursor.index > start else { return set }
            guard set.all.count < limits.flags else { continue }
            set.insert(Capability(cursor.name(start..<cursor.index)))
        }
    }

    // MARK: The rest

    mutating func namespaces(_ cursor: inout WireCursor) throws(ParseFault) -> Namespaces {
        var result = Namespaces()
        result.personal = try namespaceList(&cursor)
        cursor.skipSpaces()
        result.otherUsers = cursor.isAtEnd ? [] : try namespaceList(&cursor)
        cursor.skipSpaces()
        result.shared = cursor.isAtEnd ? [] : try namespaceList(&cursor)
        finish(&cursor, "NAMESPACE")
        return result
    }

    private mutating func namespaceList(
        _ cursor: inout WireCursor
    ) throws(ParseFault) -> [Namespaces.Namespace] {
        try tree.read(&cursor, limits: limits)
        var result: [Namespaces.Namespace] = []
        var index = tree.child(0)
        while let node = tree.node(index) {
            if node.kind == .list, let prefix = tree.node(node.child), prefix.kind == .string {
                let name = MailboxName(wire: cursor.contents(prefix.string), encoding: mailboxEncoding)
                result.append(.init(prefix: name, delimiter: tree.text(prefix.next, cursor)?.first))
            }
            index = node.next
        }
        return result
    }

    mutating func identification(_ cursor: inout WireCursor) throws(ParseFault) -> [IDField] {
        try tree.read(&cursor, limits: limits)
        var fields: [IDField] = []
        var index = tree.child(0)
        while let name = tree.text(index, cursor) {
            index = tree.next(index)
            guard index >= 0 else { break }
            fields.append(IDField(name: name, value: tree.text(index, cursor)))
            index = tree.next(index)
        }
        finish(&cursor, "ID")
        return fields
    }

    mutating func quota(_ cursor: inout WireCursor) throws(ParseFault) -> Quota {
        // A server of 2010 left the root out: `* QUOTA (STORAGE 1 2)`.
        let root = cursor.byte == 0x28 ? "" : cursor.text(try cursor.string())
        cursor.skipSpaces()
        try tree.read(&cursor, limits: limits)
        var resources: [Quota.Resource] = []
        var index = tree.child(0)
        while let name = tree.text(index, cursor) {
            let usage = tree.next(index)
            let limit = tree.next(usage)
            guard let used = tree.number(usage, cursor), let most = tree.number(limit, cursor) else { break }
            resources.append(.init(name: name.asciiUppercase, usage: used, limit: most))
            index = tree.next(limit)
        }
        finish(&cursor, "QUOTA")
        return Quota(root: root, resources: resources)
    }

    mutating func quotaRoot(_ cursor: inout WireCursor) throws(ParseFault) -> UntaggedResponse {
        let string = try cursor.string()
        let name = MailboxName(wire: cursor.contents(string), encoding: mailboxEncoding)
        var roots: [String] = []
        while true {
            cursor.skipSpaces()
            guard !cursor.isAtEnd, roots.count < limits.flags, let root = try? cursor.string() else { break }
            roots.append(cursor.text(root))
        }
        finish(&cursor, "QUOTAROOT")
        return .quotaRoot(name, roots)
    }
}
