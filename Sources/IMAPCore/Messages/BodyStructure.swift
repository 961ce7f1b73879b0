/// One part of a message's tree as BODY or BODYSTRUCTURE tells it (RFC 3501, 7.4.2).
///
/// What the server left out or sent as NIL is empty or nil; a `Content-Type` that is missing is text/plain.
public struct BodyStructure: Hashable, Sendable {
    public struct Parameter: Hashable, Sendable {
        /// Lower case.
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Its number in IMAP's counting, such as `2.1`, for BODY[2.1]; empty for a multipart that is the whole message.
    ///
    /// A multipart that is the body of a message/rfc822 part bears that part's number.
    public var partNumber: String = ""
    /// Lower case, such as `text`.
    public var type: String = "text"
    /// Lower case, such as `plain`.
    public var subtype: String = "plain"
    public var parameters: [Parameter] = []
    public var id: String?
    public var contentDescription: String?
    /// Lower case, such as `base64`; `7bit` where none is told.
    public var encoding: String = "7bit"
    /// Octets in its transfer encoding. 0 for multiparts.
    public var size: Int = 0
    /// For text and message/rfc822.
    public var lines: Int?
    public var md5: String?
    /// Lower case, such as `attachment`.
    public var disposition: String?
    public var dispositionParameters: [Parameter] = []
    public var languages: [String] = []
    public var location: String?
    /// Of a message/rfc822, where the server told it.
    public var envelope: Envelope? {
        get { boxedEnvelope?.value }
        set { boxedEnvelope = newValue.map(Box.value) }
    }
    private var boxedEnvelope: Box<Envelope>?
    /// A multipart's children, or the one body of a message/rfc822.
    public var parts: [BodyStructure] = []

    public init() {}

    /// Such as `text/plain`.
    public var mediaType: String { type + "/" + subtype }
    public var isMultipart: Bool { type == "multipart" }
    public var isMessage: Bool { type == "message" && (subtype == "rfc822" || subtype == "global") }

    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    public func dispositionParameter(_ name: String) -> String? {
        dispositionParameters.first { $0.name == name }?.value
    }

    /// Each part of the tree, this one first, in the message's order.
    public var allParts: [BodyStructure] {
        var all: [BodyStructure] = []
        var stack = [self]
        while let part = stack.popLast() {
            all.append(part)
            stack.append(contentsOf: part.parts.reversed())
        }
        return all
    }
}
