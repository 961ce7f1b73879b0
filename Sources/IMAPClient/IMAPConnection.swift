import IMAPCore
import Logging
import TLS

/// A logged-in session with an IMAP server.
///
/// A handle that may be shared: requests of several tasks are sent in the order in which they come, and a running `idle`
/// makes way for them. One task inside `withConnection` owns the socket and the protocol's state.
///
/// It reads alone unless told otherwise: mailboxes are opened with EXAMINE and bodies are fetched with PEEK.
public final class IMAPConnection: Sendable {
    let core: ConnectionCore
    let configuration: IMAPConfiguration

    init(core: ConnectionCore, configuration: IMAPConfiguration) {
        self.core = core
        self.configuration = configuration
    }

    /// What the server offers now; it may say anew at any time.
    public var capabilities: CapabilitySet { core.snapshot.capabilities }

    /// What ENABLE switched on.
    public var enabled: Set<Capability> { core.snapshot.enabled }

    /// The certificates and version of the TLS session; nil without TLS.
    public var tlsPeer: TLSPeer? { core.snapshot.peer }

    /// What the server said of itself (ID).
    public var serverIdentification: [IDField] { core.snapshot.serverID }

    /// The words of the server's greeting.
    public var greeting: String { core.snapshot.greeting }

    /// The mechanism that logged us in, such as `SCRAM-SHA-256`; empty after PREAUTH.
    public var loginMethod: String { core.snapshot.loginMethod }

    /// Whether COMPRESS=DEFLATE is on.
    public var isCompressed: Bool { core.snapshot.isCompressed }

    /// Untagged data that came while nobody was listening, oldest first: what `idle` would hand out first. Empty
    /// afterwards.
    public func takeEvents() -> [MailboxEvent] { core.takeEvents() }

    /// Waits for the connection's end and returns why it ended: at once where it has ended already. For those who have
    /// nothing to ask of the server for a while, and whom no failing command would tell.
    ///
    /// Several tasks may wait.
    ///
    /// - Throws: `CancellationError` when the task is cancelled; the connection goes on.
    public func closed() async throws(CancellationError) -> IMAPError { try await core.end() }
}
