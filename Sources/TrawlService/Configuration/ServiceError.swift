/// Why something of Trawl's own work (configuration, credentials, import, service, socket) could not be done.
///
/// The message is one line for the user: what is wrong, where, and what to do. It holds no credential and none of
/// mail's content. Errors of other modules travel in ``underlying``, with their own codes.
public struct ServiceError: Error, Sendable {
    /// What went wrong, in kinds that callers act upon.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is no configuration file where one is needed.
        case configurationMissing
        /// The configuration can't be read as TOML, or says something that Trawl doesn't know. The user's to mend.
        case configurationInvalid
        /// An account that isn't in the configuration was asked for.
        case accountUnknown
        /// A password or token couldn't be had: its command failed, its file is open to others, its variable is unset.
        case credentialUnavailable
        /// A command (of credentials or extraction) failed, took too long or wrote too much.
        case commandFailed
        /// A file or folder can't be read or written.
        case fileUnusable
        /// What was given to import is no mail.
        case notMail
        /// Another `trawl serve` holds the socket or the data folder.
        case alreadyRunning
        /// The socket can't be made or reached.
        case socketUnusable
        /// A request that can't be understood.
        case requestInvalid
        /// The server, the network or the index failed; ``ServiceError/underlying`` tells.
        case operationFailed
    }

    public var code: Code
    public var message: String
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}

extension ServiceError: CustomStringConvertible {
    public var description: String { message }
}
