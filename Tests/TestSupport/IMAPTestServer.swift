/// A private IMAP server with at least one user.
public protocol IMAPTestServer: Sendable {
    var user: DovecotServer.User { get }
    var plainPort: Int { get }
    var tlsPort: Int { get }
    var certificates: TestCertificates { get }
}

extension DovecotServer: IMAPTestServer {}
extension UnpackedServer: IMAPTestServer {}
