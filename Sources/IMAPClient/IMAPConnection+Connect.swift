import IMAPCore
import Logging

extension IMAPConnection {
    /// Connects, secures, logs in and switches on what the configuration asks for; calls `body`; says LOGOUT.
    ///
    /// The connection lives as long as `body` runs, and its task within this call. Where the connection breaks, what
    /// waits in `body` fails with the reason, and so does all that it asks for later.
    ///
    /// - Throws: `IMAPError`, or what `body` throws.
    public nonisolated(nonsending) static func withConnection<Result: Sendable>(
        to server: IMAPServer, credentials: IMAPCredentials, configuration: IMAPConfiguration = IMAPConfiguration(),
        logger: Logger, _ body: (IMAPConnection) async throws -> Result
    ) async throws -> Result {
        throw IMAPError(.unsupported, "connecting is not written yet")
    }
}
