/// The end of a status response: `[CODE …] words` (RFC 3501, 7.1).
public struct ResponseText: Hashable, Sendable {
    public var code: ResponseCode?
    /// For people; what follows the code. UTF-8, or Latin-1 where it isn't that.
    public var text: String

    public init(code: ResponseCode? = nil, text: String = "") {
        self.code = code
        self.text = text
    }
}
