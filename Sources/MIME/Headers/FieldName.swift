/// The header fields that the parser reads by itself.
enum FieldName: UInt8 {
    case other
    case bcc, cc, contentDescription, contentDisposition, contentID, contentTransferEncoding, contentType, date, from
    case inReplyTo, listID, messageID, received, references, replyTo, resentDate, sender, subject, to

    /// Looks at the length and the first letter before it compares.
    static func of(_ name: UnsafeRawBufferPointer) -> FieldName {
        guard let first = name.first else { return .other }
        let candidate: (FieldName, StaticString)
        switch (name.count, first | 0x20) {
        case (2, 0x74): candidate = (.to, "to")
        case (2, 0x63): candidate = (.cc, "cc")
        case (3, 0x62): candidate = (.bcc, "bcc")
        case (4, 0x66): candidate = (.from, "from")
        case (4, 0x64): candidate = (.date, "date")
        case (6, 0x73): candidate = (.sender, "sender")
        case (7, 0x73): candidate = (.subject, "subject")
        case (7, 0x6C): candidate = (.listID, "list-id")
        case (8, 0x72):
            candidate = name[2] | 0x20 == 0x70 ? (.replyTo, "reply-to") : (.received, "received")
        case (10, 0x6D): candidate = (.messageID, "message-id")
        case (10, 0x72): candidate = (.references, "references")
        case (10, 0x63): candidate = (.contentID, "content-id")
        case (11, 0x69): candidate = (.inReplyTo, "in-reply-to")
        case (12, 0x63): candidate = (.contentType, "content-type")
        case (19, 0x63):
            candidate =
                name[8] | 0x20 == 0x64 && name[9] | 0x20 == 0x69
                ? (.contentDisposition, "content-disposition") : (.contentDescription, "content-description")
        case (25, 0x63): candidate = (.contentTransferEncoding, "content-transfer-encoding")
        default: return .other
        }
        return name.equalsIgnoringCase(candidate.1) ? candidate.0 : .other
    }
}
