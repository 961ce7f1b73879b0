/// What a server's BODYSTRUCTURE told of a part, with the bodies that were fetched, for `MessageParser.assemble`.
public struct PartOutline: Sendable {
    /// `type/subtype`, in any case.
    public var mediaType: String
    /// Of Content-Type, as the server gave them: attributes may still carry RFC 2231's `*`.
    public var parameters: [(String, String)]
    public var disposition: String?
    public var dispositionParameters: [(String, String)]
    public var transferEncoding: String
    public var contentID: String?
    /// Octets as transferred.
    public var size: Int
    /// Of a multipart its parts; of a message/rfc822 the body of its message, as the only child.
    public var children: [PartOutline]
    /// Of a message/rfc822: the nested message's header, from a fetch or written anew from its ENVELOPE.
    public var nestedHeader: [UInt8]?
    /// Nil: not fetched.
    public var body: [UInt8]?
    /// Whether `body` came decoded (BINARY, RFC 3516).
    public var isDecoded: Bool

    public init(
        mediaType: String, parameters: [(String, String)] = [], disposition: String? = nil,
        dispositionParameters: [(String, String)] = [], transferEncoding: String = "7bit", contentID: String? = nil,
        size: Int = 0, children: [PartOutline] = [], nestedHeader: [UInt8]? = nil, body: [UInt8]? = nil,
        isDecoded: Bool = false
    ) {
        self.mediaType = mediaType
        self.parameters = parameters
        self.disposition = disposition
        self.dispositionParameters = dispositionParameters
        self.transferEncoding = transferEncoding
        self.contentID = contentID
        self.size = size
        self.children = children
        self.nestedHeader = nestedHeader
        self.body = body
        self.isDecoded = isDecoded
    }
}
