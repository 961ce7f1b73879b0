/// One capability, such as `IDLE` or `AUTH=PLAIN`; kept in upper case, since case does not count.
public struct Capability: Hashable, Sendable {
    public let rawValue: String

    public init(_ rawValue: String) {
        self.rawValue = rawValue.utf8.contains { $0 &- 0x61 < 26 } ? rawValue.asciiUppercase : rawValue
    }

    public static let imap4rev1: Capability = "IMAP4REV1"
    public static let imap4rev2: Capability = "IMAP4REV2"
    public static let startTLS: Capability = "STARTTLS"
    public static let loginDisabled: Capability = "LOGINDISABLED"
    public static let idle: Capability = "IDLE"
    public static let notify: Capability = "NOTIFY"
    public static let condStore: Capability = "CONDSTORE"
    public static let qResync: Capability = "QRESYNC"
    public static let uidPlus: Capability = "UIDPLUS"
    public static let literalPlus: Capability = "LITERAL+"
    public static let literalMinus: Capability = "LITERAL-"
    public static let saslIR: Capability = "SASL-IR"
    public static let id: Capability = "ID"
    public static let namespace: Capability = "NAMESPACE"
    public static let enable: Capability = "ENABLE"
    public static let listExtended: Capability = "LIST-EXTENDED"
    public static let listStatus: Capability = "LIST-STATUS"
    public static let specialUse: Capability = "SPECIAL-USE"
    public static let xlist: Capability = "XLIST"
    public static let eSearch: Capability = "ESEARCH"
    public static let searchRes: Capability = "SEARCHRES"
    public static let partial: Capability = "PARTIAL"
    public static let uidOnly: Capability = "UIDONLY"
    public static let objectID: Capability = "OBJECTID"
    public static let binary: Capability = "BINARY"
    public static let compressDeflate: Capability = "COMPRESS=DEFLATE"
    public static let utf8Accept: Capability = "UTF8=ACCEPT"
    public static let utf8Only: Capability = "UTF8=ONLY"
    public static let unselect: Capability = "UNSELECT"
    public static let move: Capability = "MOVE"
    public static let statusSize: Capability = "STATUS=SIZE"
    public static let preview: Capability = "PREVIEW"
    public static let saveDate: Capability = "SAVEDATE"
    public static let gmailExtensions: Capability = "X-GM-EXT-1"
}

extension Capability: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) {
        self.init(value)
    }

    public var description: String { rawValue }
}
