/// A member of a message's JSON, by its name on the wire.
public enum EmailProperty: String, Sendable, Hashable, CaseIterable {
    case id, threadId, messageId, inReplyTo, references, from, to, cc, bcc, replyTo, sender, subject, sentAt
    case receivedAt, size, keywords, hasAttachment, attachments, preview, mailboxes
}

/// Which members of a message are written.
public struct EmailProperties: Sendable, Hashable {
    private var bits: UInt32

    public static let all = EmailProperties(EmailProperty.allCases)

    public init(_ properties: some Sequence<EmailProperty>) {
        bits = properties.reduce(0) { $0 | Self.bit($1) }
    }

    public func contains(_ property: EmailProperty) -> Bool { bits & Self.bit(property) != 0 }

    private static func bit(_ property: EmailProperty) -> UInt32 {
        switch property {
        case .id: 1 << 0
        case .threadId: 1 << 1
        case .messageId: 1 << 2
        case .inReplyTo: 1 << 3
        case .references: 1 << 4
        case .from: 1 << 5
        case .to: 1 << 6
        case .cc: 1 << 7
        case .bcc: 1 << 8
        case .replyTo: 1 << 9
        case .sender: 1 << 10
        case .subject: 1 << 11
        case .sentAt: 1 << 12
        case .receivedAt: 1 << 13
        case .size: 1 << 14
        case .keywords: 1 << 15
        case .hasAttachment: 1 << 16
        case .attachments: 1 << 17
        case .preview: 1 << 18
        case .mailboxes: 1 << 19
        }
    }
}
