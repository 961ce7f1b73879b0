/// A mailbox as LIST, LSUB or XLIST tells of it (RFC 3501, 7.2.2; RFC 5258).
public struct MailboxInfo: Hashable, Sendable {
    public var name: MailboxName
    public var attributes: Set<MailboxAttribute>
    /// The hierarchy's delimiter; nil where there is none (NIL or `""` on the wire).
    public var delimiter: Character?
    /// From LIST … RETURN (STATUS …) (RFC 5819) where the client joined it; the parser leaves it nil.
    public var status: MailboxStatus?
    /// RFC 8474.
    public var mailboxID: String?
    /// The name before a rename, as IMAP4rev2 and NOTIFY tell it (RFC 9051, 7.3.1, OLDNAME).
    public var oldName: MailboxName?
    /// Which selection criteria a child matches, such as SUBSCRIBED (RFC 5258, CHILDINFO).
    public var childInfo: [String]

    public init(
        name: MailboxName, attributes: Set<MailboxAttribute> = [], delimiter: Character? = nil,
        status: MailboxStatus? = nil, mailboxID: String? = nil, oldName: MailboxName? = nil, childInfo: [String] = []
    ) {
        self.name = name
        self.attributes = attributes
        self.delimiter = delimiter
        self.status = status
        self.mailboxID = mailboxID
        self.oldName = oldName
        self.childInfo = childInfo
    }

    /// Whether EXAMINE can open it.
    public var isSelectable: Bool { !attributes.contains(.noSelect) && !attributes.contains(.nonExistent) }

    /// Its uses by RFC 6154's names, whatever the server calls them.
    public var specialUses: Set<MailboxAttribute> {
        Set(attributes.map(\.standardized)).intersection(MailboxAttribute.specialUses)
    }
}
