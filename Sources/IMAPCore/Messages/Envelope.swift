/// The ENVELOPE of a message (RFC 3501, 7.4.2). Texts are as in the header: encoded words are not decoded.
///
/// 8-bit text is read as UTF-8, or as Latin-1 where it isn't that.
public struct Envelope: Hashable, Sendable {
    /// One address; a group's start has a mailbox and no host, its end neither.
    public struct Address: Hashable, Sendable {
        public var name: String?
        /// The source route, which nobody uses.
        public var route: String?
        public var mailbox: String?
        public var host: String?

        public init(name: String? = nil, route: String? = nil, mailbox: String? = nil, host: String? = nil) {
            self.name = name
            self.route = route
            self.mailbox = mailbox
            self.host = host
        }
    }

    public var date: String?
    public var subject: String?
    public var from: [Address] = []
    public var sender: [Address] = []
    public var replyTo: [Address] = []
    public var to: [Address] = []
    public var cc: [Address] = []
    public var bcc: [Address] = []
    public var inReplyTo: String?
    public var messageID: String?

    public init() {}
}
