/// One mailbox of an address list (RFC 5322 §3.4), decoded.
public struct EmailAddress: Hashable, Sendable {
    /// The display name, or the comment that old mailers wrote in its place; nil where there is none.
    public var name: String?
    /// The addr-spec, without angle brackets, comments or a source route. Empty where only a name could be read.
    public var email: String

    public init(name: String? = nil, email: String) {
        self.name = name
        self.email = email
    }
}
