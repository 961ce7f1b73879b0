extension CommandEncoder {
    func search(
        _ keys: [SearchKey], _ returning: [SearchReturnOption]?, _ writer: inout CommandWriter
    ) throws(IMAPCoreError) {
        guard !keys.isEmpty else { throw IMAPCoreError(.unencodable, "SEARCH for nothing") }
        writer.word("UID SEARCH")
        if let returning {
            writer.word("RETURN (" + returning.map(Self.word).joined(separator: " ") + ")")
        }
        // RFC 6855, 3: no CHARSET once UTF-8 is enabled.
        if !options.utf8, keys.contains(where: Self.needsCharset) { writer.word("CHARSET UTF-8") }
        for key in keys { try write(key, &writer) }
    }

    private static func word(_ option: SearchReturnOption) -> String {
        switch option {
        case .min: "MIN"
        case .max: "MAX"
        case .all: "ALL"
        case .count: "COUNT"
        case .save: "SAVE"
        case .partialFromStart(let range): "PARTIAL \(range.lowerBound):\(range.upperBound)"
        case .partialFromEnd(let range): "PARTIAL -\(range.lowerBound):-\(range.upperBound)"
        }
    }

    private static func needsCharset(_ key: SearchKey) -> Bool {
        switch key {
        case .from(let text), .to(let text), .cc(let text), .bcc(let text), .subject(let text), .body(let text),
            .text(let text), .header(_, let text), .gmailRaw(let text):
            !text.utf8.allSatisfy { $0 < 0x80 }
        case .not(let key): needsCharset(key)
        case .or(let a, let b): needsCharset(a) || needsCharset(b)
        case .and(let keys): keys.contains(where: needsCharset)
        case .all, .answered, .deleted, .draft, .flagged, .new, .old, .recent, .seen, .unanswered, .undeleted,
            .undraft, .unflagged, .unseen, .keyword, .unkeyword, .before, .on, .since, .sentBefore, .sentOn,
            .sentSince, .older, .younger, .larger, .smaller, .uid, .modSeq, .savedResult, .emailID, .threadID,
            .gmailMessageID, .gmailThreadID:
            false
        }
    }

    private func write(_ key: SearchKey, _ writer: inout CommandWriter) throws(IMAPCoreError) {
        switch key {
        case .all: writer.word("ALL")
        case .answered: writer.word("ANSWERED")
        case .deleted: writer.word("DELETED")
        case .draft: writer.word("DRAFT")
        case .flagged: writer.word("FLAGGED")
        case .new: writer.word("NEW")
        case .old: writer.word("OLD")
        case .recent: writer.word("RECENT")
        case .seen: writer.word("SEEN")
        case .unanswered: writer.word("UNANSWERED")
        case .undeleted: writer.word("UNDELETED")
        case .undraft: writer.word("UNDRAFT")
        case .unflagged: writer.word("UNFLAGGED")
        case .unseen: writer.word("UNSEEN")
        case .keyword(let flag):
            writer.word("KEYWORD")
            try writer.atom(flag.rawValue)
        case .unkeyword(let flag):
            writer.word("UNKEYWORD")
            try writer.atom(flag.rawValue)
        case .before(let day): writer.word("BEFORE " + day.wireForm)
        case .on(let day): writer.word("ON " + day.wireForm)
        case .since(let day): writer.word("SINCE " + day.wireForm)
        case .sentBefore(let day): writer.word("SENTBEFORE " + day.wireForm)
        case .sentOn(let day): writer.word("SENTON " + day.wireForm)
        case .sentSince(let day): writer.word("SENTSINCE " + day.wireForm)
        case .older(let seconds): writer.word("OLDER \(max(1, seconds))")
        case .younger(let seconds): writer.word("YOUNGER \(max(1, seconds))")
        case .larger(let octets): writer.word("LARGER \(max(0, octets))")
        case .smaller(let octets): writer.word("SMALLER \(max(0, octets))")
        case .from(let text): try write("FROM", text, &writer)
        case .to(let text): try write("TO", text, &writer)
        case .cc(let text): try write("CC", text, &writer)
        case .bcc(let text): try write("BCC", text, &writer)
        case .subject(let text): try write("SUBJECT", text, &writer)
        case .body(let text): try write("BODY", text, &writer)
        case .text(let text): try write("TEXT", text, &writer)
        case .header(let name, let text):
            writer.word("HEADER")
            try writer.string(name)
            try writer.string(text)
        case .uid(let uids):
            writer.word("UID")
            try writer.set(uids)
        case .modSeq(let modSeq): writer.word("MODSEQ \(modSeq.rawValue)")
        case .savedResult: writer.word("$")
        case .emailID(let id):
            writer.word("EMAILID")
            try writer.atom(id)
        case .threadID(let id):
            writer.word("THREADID")
            try writer.atom(id)
        case .gmailMessageID(let id): writer.word("X-GM-MSGID \(id)")
        case .gmailThreadID(let id): writer.word("X-GM-THRID \(id)")
        case .gmailRaw(let text): try write("X-GM-RAW", text, &writer)
        case .not(let key):
            writer.word("NOT")
            try write(key, &writer)
        case .or(let a, let b):
            writer.word("OR")
            try write(a, &writer)
            try write(b, &writer)
        case .and(let keys):
            guard !keys.isEmpty else { throw IMAPCoreError(.unencodable, "SEARCH for nothing") }
            try writer.list(keys) { (writer: inout CommandWriter, key) throws(IMAPCoreError) in
                try write(key, &writer)
            }
        }
    }

    private func write(_ name: String, _ text: String, _ writer: inout CommandWriter) throws(IMAPCoreError) {
        writer.word(name)
        try writer.string(text)
    }
}
