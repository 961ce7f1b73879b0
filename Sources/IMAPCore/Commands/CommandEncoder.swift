import NIOCore

/// Makes bytes of commands (RFC 3501 and 9051, 6).
public struct CommandEncoder: Sendable {
    public var options: EncodingOptions

    public init(options: EncodingOptions = EncodingOptions()) {
        self.options = options
    }

    /// - Parameter initialResponse: For AUTHENTICATE with SASL-IR: what the mechanism says first.
    /// - Throws: `.unencodable` for what no IMAP command can hold; nothing is to be sent then.
    public func encode(
        _ command: Command, tag: String, initialResponse: [UInt8]? = nil
    ) throws(IMAPCoreError) -> EncodedCommand {
        var writer = CommandWriter(tag: tag, options: options)
        try write(command, initialResponse, &writer)
        return writer.finish()
    }

    private func write(
        _ command: Command, _ initialResponse: [UInt8]?, _ writer: inout CommandWriter
    ) throws(IMAPCoreError) {
        switch command {
        case .capability, .noop, .logout, .startTLS, .namespace, .idle, .check, .close, .unselect, .expunge:
            writer.word(command.name)
        case .compressDeflate:
            writer.word("COMPRESS DEFLATE")
        case .id(let fields):
            writer.word("ID")
            if fields.isEmpty {
                writer.word("NIL")
            } else {
                try writer.list(fields) { (writer: inout CommandWriter, field) throws(IMAPCoreError) in
                    try writer.string(field.name)
                    if let value = field.value { try writer.string(value) } else { writer.word("NIL") }
                }
            }
        case .login(let user, let password):
            writer.word("LOGIN")
            try writer.string(user)
            try writer.string(password.utf8)
        case .authenticate(let mechanism):
            writer.word("AUTHENTICATE")
            try writer.atom(mechanism.mechanism)
            if let initialResponse {
                writer.word(
                    initialResponse.isEmpty ? "=" : String(decoding: Base64.encode(initialResponse), as: UTF8.self))
            }
        case .enable(let capabilities):
            guard !capabilities.isEmpty else { throw IMAPCoreError(.unencodable, "ENABLE of nothing") }
            writer.word("ENABLE")
            for capability in capabilities { try writer.atom(capability.rawValue) }
        case .select(let name, let parameters), .examine(let name, let parameters):
            writer.word(command.name)
            try writer.mailbox(name)
            write(parameters, &writer)
        case .create(let name, let use):
            writer.word("CREATE")
            try writer.mailbox(name)
            if let use {
                writer.raw(" (USE (")
                var inner = CommandWriter(tag: "", options: options)
                try inner.flag(use.rawValue)
                writer.raw(use.rawValue + "))")
            }
        case .delete(let name), .subscribe(let name), .unsubscribe(let name):
            writer.word(command.name)
            try writer.mailbox(name)
        case .rename(let name, let newName):
            writer.word("RENAME")
            try writer.mailbox(name)
            try writer.mailbox(newName)
        case .list(let request):
            try write(request, &writer)
        case .lsub(let reference, let pattern):
            writer.word("LSUB")
            try writer.string(MailboxName(reference).bytes(in: writer.mailboxEncoding))
            try writer.string(MailboxName(pattern).bytes(in: writer.mailboxEncoding))
        case .status(let name, let items):
            guard !items.isEmpty else { throw IMAPCoreError(.unencodable, "STATUS of nothing") }
            writer.word("STATUS")
            try writer.mailbox(name)
            writer.word("(" + items.map(\.rawValue).joined(separator: " ") + ")")
        case .append(let name, let message):
            writer.word("APPEND")
            try writer.mailbox(name)
            if !message.flags.isEmpty { try flags(message.flags, &writer) }
            if let date = message.internalDate { try writer.string(wireDateTime(secondsSince1970: date)) }
            if options.utf8, Self.hasEightBitHeader(message.bytes) {
                // RFC 6855, 4: the only form in which 8-bit headers may come. Courier knows no other use of it, and
                // understands it not at all.
                writer.raw(" UTF8 (~")
                var inner = CommandWriter(tag: "", options: options)
                inner.literal(message.bytes)
                writer.append(inner, dropsSpace: true)
                writer.raw(")")
            } else {
                writer.literal(message.bytes)
            }
        case .notify(let request):
            try write(request, &writer)
        case .uidExpunge(let uids):
            writer.word("UID EXPUNGE")
            try writer.set(uids)
        case .uidFetch(let uids, let items, let modifiers):
            writer.word("UID FETCH")
            if modifiers.usesSavedResult { writer.word("$") } else { try writer.set(uids) }
            try fetchItems(items, &writer)
            write(modifiers, &writer)
        case .fetch(let numbers, let items, let modifiers):
            writer.word("FETCH")
            writer.word("\(numbers.lowerBound.rawValue):\(numbers.upperBound.rawValue)")
            try fetchItems(items, &writer)
            write(modifiers, &writer)
        case .uidSearch(let keys, let returning):
            try search(keys, returning, &writer)
        case .uidStore(let uids, let action, let flags, let unchangedSince):
            writer.word("UID STORE")
            try writer.set(uids)
            if let unchangedSince { writer.word("(UNCHANGEDSINCE \(unchangedSince.rawValue))") }
            switch action {
            case .add: writer.word("+FLAGS")
            case .remove: writer.word("-FLAGS")
            case .replace: writer.word("FLAGS")
            case .addSilently: writer.word("+FLAGS.SILENT")
            case .removeSilently: writer.word("-FLAGS.SILENT")
            }
            try self.flags(flags, &writer)
        case .uidCopy(let uids, let name), .uidMove(let uids, let name):
            writer.word(command.name)
            try writer.set(uids)
            try writer.mailbox(name)
        case .raw(let line):
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw IMAPCoreError(.unencodable, "a raw command is one line")
            }
            writer.word(line)
        }
    }

    private static func hasEightBitHeader(_ message: ByteBuffer) -> Bool {
        var isAtLineStart = true
        for byte in message.readableBytesView {
            if byte >= 0x80 { return true }
            if byte == 0x0A {
                if isAtLineStart { return false }
                isAtLineStart = true
            } else if byte != 0x0D {
                isAtLineStart = false
            }
        }
        return false
    }

    private func flags(_ flags: [Flag], _ writer: inout CommandWriter) throws(IMAPCoreError) {
        try writer.list(flags) { (writer: inout CommandWriter, flag) throws(IMAPCoreError) in
            try writer.flag(flag.rawValue)
        }
    }

    private func write(_ parameters: SelectParameters, _ writer: inout CommandWriter) {
        if let resync = parameters.resync {
            var text = "(QRESYNC (\(resync.uidValidity.rawValue) \(resync.modSeq.rawValue)"
            if let known = resync.knownUIDs, !known.isEmpty { text += " " + known.wireForm }
            writer.word(text + "))")
        } else if parameters.condStore {
            writer.word("(CONDSTORE)")
        }
    }

    private func write(_ request: ListRequest, _ writer: inout CommandWriter) throws(IMAPCoreError) {
        guard !request.patterns.isEmpty else { throw IMAPCoreError(.unencodable, "LIST of nothing") }
        writer.word("LIST")
        if !request.selection.isEmpty {
            try writer.list(request.selection) { (writer: inout CommandWriter, option) throws(IMAPCoreError) in
                try writer.atom(option)
            }
        }
        try writer.string(MailboxName(request.reference).bytes(in: writer.mailboxEncoding))
        let encoding = writer.mailboxEncoding
        if request.patterns.count == 1 {
            try writer.string(MailboxName(request.patterns[0]).bytes(in: encoding))
        } else {
            try writer.list(request.patterns) { (writer: inout CommandWriter, pattern) throws(IMAPCoreError) in
                try writer.string(MailboxName(pattern).bytes(in: encoding))
            }
        }
        guard !request.returning.isEmpty || !request.status.isEmpty else { return }
        writer.word("RETURN")
        var options = request.returning
        if !request.status.isEmpty {
            options.append("STATUS (" + request.status.map(\.rawValue).joined(separator: " ") + ")")
        }
        for option in request.returning {
            var check = CommandWriter(tag: "", options: self.options)
            try check.atom(option)
        }
        writer.word("(" + options.joined(separator: " ") + ")")
    }

    // MARK: FETCH

    private func write(_ modifiers: FetchModifiers, _ writer: inout CommandWriter) {
        var words: [String] = []
        if let modSeq = modifiers.changedSince { words.append("CHANGEDSINCE \(modSeq.rawValue)") }
        if modifiers.vanished, modifiers.changedSince != nil { words.append("VANISHED") }
        if let partial = modifiers.partialFromEnd {
            words.append("PARTIAL -\(partial.lowerBound):-\(partial.upperBound)")
        }
        if !words.isEmpty { writer.word("(" + words.joined(separator: " ") + ")") }
    }

    private func fetchItems(_ items: [FetchItem], _ writer: inout CommandWriter) throws(IMAPCoreError) {
        guard !items.isEmpty else { throw IMAPCoreError(.unencodable, "FETCH of nothing") }
        try writer.list(items) { (writer: inout CommandWriter, item) throws(IMAPCoreError) in
            try fetchItem(item, &writer)
        }
    }

    private func fetchItem(_ item: FetchItem, _ writer: inout CommandWriter) throws(IMAPCoreError) {
        switch item {
        case .uid: writer.word("UID")
        case .flags: writer.word("FLAGS")
        case .modSeq: writer.word("MODSEQ")
        case .internalDate: writer.word("INTERNALDATE")
        case .size: writer.word("RFC822.SIZE")
        case .envelope: writer.word("ENVELOPE")
        case .bodyStructure: writer.word("BODYSTRUCTURE")
        case .body(let section, let range):
            try checkPart(section.part)
            writer.word("BODY.PEEK[")
            switch section.specifier {
            case .headerFields(let names), .headerFieldsNot(let names):
                guard !names.isEmpty else { throw IMAPCoreError(.unencodable, "no header fields are named") }
                var dots = section
                dots.specifier = .header
                let isNot = if case .headerFieldsNot = section.specifier { true } else { false }
                writer.raw(dots.wireForm + (isNot ? ".FIELDS.NOT" : ".FIELDS"))
                try writer.list(names) { (writer: inout CommandWriter, name) throws(IMAPCoreError) in
                    try writer.atom(name)
                }
            case .content, .header, .mime, .text:
                writer.raw(section.wireForm)
            }
            writer.raw("]" + partial(range))
        case .binary(let part, let range):
            try checkPart(part)
            writer.word("BINARY.PEEK[" + part + "]" + partial(range))
        case .binarySize(let part):
            try checkPart(part)
            writer.word("BINARY.SIZE[" + part + "]")
        case .gmailMessageID: writer.word("X-GM-MSGID")
        case .gmailThreadID: writer.word("X-GM-THRID")
        case .gmailLabels: writer.word("X-GM-LABELS")
        case .emailID: writer.word("EMAILID")
        case .threadID: writer.word("THREADID")
        case .preview(let lazy): writer.word(lazy ? "PREVIEW (LAZY)" : "PREVIEW")
        case .saveDate: writer.word("SAVEDATE")
        }
    }

    private func partial(_ range: Range<Int>?) -> String {
        guard let range, range.lowerBound >= 0, !range.isEmpty else { return "" }
        return "<\(range.lowerBound).\(range.count)>"
    }

    private func checkPart(_ part: String) throws(IMAPCoreError) {
        if part.isEmpty { return }
        for number in part.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard !number.isEmpty, number.first != 0x30, number.allSatisfy({ $0 &- 0x30 < 10 }) else {
                throw IMAPCoreError(.unencodable, "not a part's number")
            }
        }
    }

    // MARK: NOTIFY

    private func write(_ request: NotifyRequest, _ writer: inout CommandWriter) throws(IMAPCoreError) {
        writer.word("NOTIFY")
        guard !request.groups.isEmpty else { return writer.word("NONE") }
        writer.word(request.status ? "SET STATUS" : "SET")
        for group in request.groups {
            writer.raw(" (")
            switch group.filter {
            case .selected: writer.raw("SELECTED")
            case .selectedDelayed: writer.raw("SELECTED-DELAYED")
            case .inboxes: writer.raw("INBOXES")
            case .personal: writer.raw("PERSONAL")
            case .subscribed: writer.raw("SUBSCRIBED")
            case .subtree(let names):
                writer.raw("SUBTREE")
                try mailboxes(names, &writer)
            case .mailboxes(let names):
                writer.raw("MAILBOXES")
                try mailboxes(names, &writer)
            }
            if group.events.isEmpty {
                writer.word("NONE")
            } else {
                try writer.list(group.events) { (writer: inout CommandWriter, event) throws(IMAPCoreError) in
                    switch event {
                    case .messageNew(let items):
                        writer.word("MessageNew")
                        if !items.isEmpty { try fetchItems(items, &writer) }
                    case .messageExpunge: writer.word("MessageExpunge")
                    case .flagChange: writer.word("FlagChange")
                    case .annotationChange: writer.word("AnnotationChange")
                    case .mailboxName: writer.word("MailboxName")
                    case .subscriptionChange: writer.word("SubscriptionChange")
                    }
                }
            }
            writer.raw(")")
        }
    }

    private func mailboxes(_ names: [MailboxName], _ writer: inout CommandWriter) throws(IMAPCoreError) {
        guard !names.isEmpty else { throw IMAPCoreError(.unencodable, "NOTIFY for no mailbox") }
        try writer.list(names) { (writer: inout CommandWriter, name) throws(IMAPCoreError) in
            try writer.mailbox(name)
        }
    }
}
