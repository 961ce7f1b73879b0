/// Which bytes of a message BODY[…] means (RFC 3501, 6.4.5).
public struct BodySection: Hashable, Sendable {
    public enum Specifier: Hashable, Sendable {
        /// The part's body, or the whole message where the part is "".
        case content
        case header
        case headerFields([String])
        case headerFieldsNot([String])
        case mime
        case text
    }

    /// A part's number such as `2.1`; empty for the message itself.
    public var part: String
    public var specifier: Specifier

    public init(part: String = "", _ specifier: Specifier = .content) {
        self.part = part
        self.specifier = specifier
    }

    /// BODY[]: the whole message.
    public static let full = BodySection()
    /// BODY[HEADER].
    public static let header = BodySection(.header)
    /// BODY[TEXT].
    public static let text = BodySection(.text)

    /// What stands between the brackets, such as `2.1.MIME`.
    public var wireForm: String {
        let word: String
        switch specifier {
        case .content: return part
        case .header: word = "HEADER"
        case .headerFields(let names): word = "HEADER.FIELDS (" + names.joined(separator: " ") + ")"
        case .headerFieldsNot(let names): word = "HEADER.FIELDS.NOT (" + names.joined(separator: " ") + ")"
        case .mime: word = "MIME"
        case .text: word = "TEXT"
        }
        return part.isEmpty ? word : part + "." + word
    }
}
