/// Where a connection stands (RFC 9051, 3).
public enum ConnectionState: Hashable, Sendable {
    case awaitingGreeting
    case notAuthenticated
    case authenticated
    case selected(MailboxName, readOnly: Bool)
    case closed(CloseReason)

    public var isAuthenticated: Bool {
        switch self {
        case .authenticated, .selected: true
        case .awaitingGreeting, .notAuthenticated, .closed: false
        }
    }
}
