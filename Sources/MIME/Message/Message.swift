/// A message as a person sees it: its header fields decoded, its text, its attachments, its structure.
///
/// Nothing in here is trusted: names and texts may hold any character, control characters included.
public struct Message: Sendable {
    /// In their order, the doubled and the unknown ones too.
    public var headers: [HeaderField]
    public var subject: String
    public var from: [EmailAddress]
    public var sender: [EmailAddress]
    public var replyTo: [EmailAddress]
    public var to: [EmailAddress]
    public var cc: [EmailAddress]
    public var bcc: [EmailAddress]
    /// Message-ID without angle brackets; more than one where the field was doubled.
    public var messageIDs: [String]
    public var inReplyTo: [String]
    /// Oldest first, as written.
    public var references: [String]
    /// The Date field; nil where it is missing or cannot be read.
    public var date: InternetDate?
    /// Of the newest Received field that has a date.
    public var receivedDate: InternetDate?
    /// The identifier of List-Id inside the angle brackets, or the whole value where there are none.
    public var listID: String?
    public var root: Part
    /// The body as a person reads it, with `\n` line ends: of alternatives one alone, plain text unless the HTML says
    /// more.
    public var text: String
    /// At most 256 characters of what the sender wrote anew, without quotes and signature, white space folded.
    public var newTextPreview: String
    public var attachments: [Attachment]
    /// Whether text was left out because of `MIMELimits.textBytes`.
    public var isTruncated: Bool
    /// Of a message put together from parts: whether an HTML alternative that was not fetched may say more than the
    /// plain text beside it.
    public var needsAlternative = false
    public var defects: [MIMEDefect]

    public init(
        headers: [HeaderField] = [], subject: String = "", from: [EmailAddress] = [], sender: [EmailAddress] = [],
        replyTo: [EmailAddress] = [], to: [EmailAddress] = [], cc: [EmailAddress] = [], bcc: [EmailAddress] = [],
        messageIDs: [String] = [], inReplyTo: [String] = [], references: [String] = [], date: InternetDate? = nil,
        receivedDate: InternetDate? = nil, listID: String? = nil,
        root: Part = Part(partID: "1", mediaType: "text/plain"), text: String = "", newTextPreview: String = "",
        attachments: [Attachment] = [], isTruncated: Bool = false, defects: [MIMEDefect] = []
    ) {
        self.headers = headers
        self.subject = subject
        self.from = from
        self.sender = sender
        self.replyTo = replyTo
        self.to = to
        self.cc = cc
        self.bcc = bcc
        self.messageIDs = messageIDs
        self.inReplyTo = inReplyTo
        self.references = references
        self.date = date
        self.receivedDate = receivedDate
        self.listID = listID
        self.root = root
        self.text = text
        self.newTextPreview = newTextPreview
        self.attachments = attachments
        self.isTruncated = isTruncated
        self.defects = defects
    }

    /// Whether a person would say that something is attached.
    public var hasAttachment: Bool { attachments.contains { !$0.isInline } }
}
