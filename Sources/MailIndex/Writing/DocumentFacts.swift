import MailSearch

/// What the index keeps beside a document's text, so that queries need not read it. Derived from the document's
/// columns alone: what was put in can be taken out again.
struct DocumentFacts: Sendable {
    struct Participant: Sendable {
        /// Lower case.
        var email: String
        /// As written; empty for none.
        var name: String
        var roles: Roles
    }

    struct Roles: OptionSet, Sendable {
        let rawValue: Int64
        static let from = Roles(rawValue: 1)
        static let to = Roles(rawValue: 2)
        static let cc = Roles(rawValue: 4)
        static let bcc = Roles(rawValue: 8)
        static let replyTo = Roles(rawValue: 16)
        static let sender = Roles(rawValue: 32)
        static let recipients: Roles = [.to, .cc, .bcc]
    }

    struct File: Sendable {
        var mediaType: String
        /// Folded.
        var name: String
    }

    struct Reference: Sendable {
        static let own: Int64 = 1
        static let named: Int64 = 2
        var token: Int64
        var kind: Int64
    }

    /// Attachments of one message that queries find by name and type.
    static let maximumFiles = 1_000

    var references: [Reference]
    var participants: [Participant]
    var files: [File]
    /// The first address in From, lower case; nil where that has none.
    var sender: String?
    /// Without inline parts.
    var attachmentCount: Int

    init(_ columns: borrowing DocumentColumns) {
        references = DocumentFacts.references(
            messageIDs: columns.messageIDs, references: columns.references, inReplyTo: columns.inReplyTo)
        participants = DocumentFacts.participants(columns)
        sender = AddressColumn.decode(columns.from).first.flatMap { $0.email.isEmpty ? nil : $0.email.lowercased() }
        let attachments = AttachmentColumn.decode(columns.attachments)
        attachmentCount = attachments.count { !$0.isInline }
        files = attachments.prefix(DocumentFacts.maximumFiles).map {
            File(mediaType: $0.mediaType, name: $0.name.map(TextFolding.folded) ?? "")
        }
    }

    /// Sorted, each token once.
    static func references(messageIDs: String, references named: String, inReplyTo: String) -> [Reference] {
        var references: [Reference] = []
        func add(_ column: String, _ kind: Int64) {
            guard !column.isEmpty else { return }
            for line in column.utf8.split(separator: UInt8(ascii: "\n")) {
                references.append(Reference(token: MessageIDToken.token(of: Substring(line)), kind: kind))
            }
        }
        add(messageIDs, Reference.own)
        add(named, Reference.named)
        add(inReplyTo, Reference.named)
        guard references.count > 1 else { return references }
        references.sort { $0.token < $1.token }
        var merged: [Reference] = []
        merged.reserveCapacity(references.count)
        for reference in references {
            if let last = merged.last, last.token == reference.token {
                merged[merged.count - 1].kind |= reference.kind
            } else {
                merged.append(reference)
            }
        }
        return merged
    }

    private static func participants(_ columns: borrowing DocumentColumns) -> [Participant] {
        var participants: [Participant] = []
        var positions: [String: Int] = [:]
        func add(_ column: String, _ role: Roles) {
            for address in AddressColumn.decode(column) where !address.email.isEmpty {
                let email = address.email.lowercased()
                if let position = positions[email] {
                    participants[position].roles.insert(role)
                    if participants[position].name.isEmpty { participants[position].name = address.name ?? "" }
                } else {
                    positions[email] = participants.count
                    participants.append(Participant(email: email, name: address.name ?? "", roles: role))
                }
            }
        }
        add(columns.from, .from)
        add(columns.to, .to)
        add(columns.cc, .cc)
        add(columns.bcc, .bcc)
        add(columns.replyTo, .replyTo)
        add(columns.sender, .sender)
        return participants
    }
}
