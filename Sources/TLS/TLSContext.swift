import COpenSSL
import Synchronization

/// What many sessions share: the trust store and the client's key, read once, and the tickets that let the next
/// handshake with the same server be a short one.
public final class TLSContext: Sendable {
    /// At most this many tickets are kept for one server; the oldest goes first.
    public static let ticketLimit = 8

    /// OpenSSL counts the references to an `SSL_CTX` with atomics and locks what sessions share in it; this program
    /// changes nothing in it once `init` is done. That is why the pointer may cross threads.
    struct Handle: @unchecked Sendable { let pointer: OpaquePointer }

    /// An `SSL_SESSION` never changes once its handshake gave it out, and its reference count is atomic.
    final class Ticket: @unchecked Sendable {
        let pointer: OpaquePointer
        init(taking pointer: OpaquePointer) { self.pointer = pointer }
        deinit { SSL_SESSION_free(pointer) }
    }

    let handle: Handle
    let isServer: Bool
    let pinnedSHA256: [UInt8]?
    let serverName: String?
    private let tickets = Mutex<[String: [Ticket]]>([:])

    /// A client's context. Reads the trust store and the identity's files.
    public init(_ configuration: TLSConfiguration) throws(TLSError) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw .fromQueue(.outOfMemory, "OpenSSL could not be set up")
        }
        handle = Handle(pointer: context)
        isServer = false
        pinnedSHA256 = configuration.pinnedSHA256
        serverName = configuration.serverName
        trawl_set_defaults(context)
        Self.setVersions(context, configuration)
        try Self.setTrust(context, configuration)
        if let identity = configuration.identity { try Self.setIdentity(context, identity) }
        trawl_set_client_session_cache(context)
        SSL_CTX_sess_set_new_cb(context, keepTicket)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        SSL_CTX_set_cert_verify_callback(context, verifyServer, nil)
    }

    /// A server's context, for tests and for what talks to itself. `clientTrust` makes client certificates compulsory.
    public init(
        serving identity: TLSConfiguration.Identity, clientTrust: String? = nil,
        maximumVersion: TLSConfiguration.Version? = nil
    ) throws(TLSError) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw .fromQueue(.outOfMemory, "OpenSSL could not be set up")
        }
        handle = Handle(pointer: context)
        isServer = true
        pinnedSHA256 = nil
        serverName = nil
        trawl_set_defaults(context)
        Self.setVersions(context, TLSConfiguration(maximumVersion: maximumVersion))
        try Self.setIdentity(context, identity)
        let id: [UInt8] = Array("trawl".utf8)
        SSL_CTX_set_session_id_context(context, id, CUnsignedInt(id.count))
        if let clientTrust {
            try Self.setTrust(context, TLSConfiguration(trust: .file(clientTrust)))
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
    }

    deinit { SSL_CTX_free(handle.pointer) }

    // MARK: Tickets

    func keep(_ ticket: Ticket, for key: String) {
        tickets.withLock { tickets in
            tickets[key, default: []].append(ticket)
            if let count = tickets[key]?.count, count > Self.ticketLimit { tickets[key]?.removeFirst() }
        }
    }

    /// Takes the newest ticket out: RFC 8446, appendix C.4, wants each used once.
    func takeTicket(for key: String) -> Ticket? {
        tickets.withLock { $0[key]?.popLast() }
    }

    // MARK: Setting up

    private static func setVersions(_ context: OpaquePointer, _ configuration: TLSConfiguration) {
        func number(_ version: TLSConfiguration.Version) -> CInt {
            switch version {
            case .tls12: TLS1_2_VERSION
            case .tls13: TLS1_3_VERSION
            }
        }
        _ = trawl_set_minimum_version(context, number(configuration.minimumVersion))
        if let maximum = configuration.maximumVersion { _ = trawl_set_maximum_version(context, number(maximum)) }
    }

    private static func setTrust(_ context: OpaquePointer, _ configuration: TLSConfiguration) throws(TLSError) {
        switch configuration.trust {
        case .system:
            guard SSL_CTX_set_default_verify_paths(context) == 1 else {
                throw .fromQueue(.unusableTrust, "the system's certificate store cannot be read")
            }
        case .file(let path):
            guard SSL_CTX_load_verify_file(context, path) == 1 else {
                throw .fromQueue(.unusableTrust, "ca-file \(path) cannot be read as PEM certificates")
            }
            // Who names one file means its certificates, be they a root, an intermediate one or the server's own.
            let parameters = SSL_CTX_get0_param(context)
            X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        }
    }

    private static func setIdentity(
        _ context: OpaquePointer, _ identity: TLSConfiguration.Identity
    ) throws(TLSError) {
        guard SSL_CTX_use_certificate_chain_file(context, identity.certificateFile) == 1 else {
            throw .fromQueue(
                .unusableIdentity, "the certificate \(identity.certificateFile) cannot be read as PEM")
        }
        guard SSL_CTX_use_PrivateKey_file(context, identity.keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw .fromQueue(
                .unusableIdentity,
                "the key \(identity.keyFile) cannot be read as PEM, or does not belong to \(identity.certificateFile)")
        }
    }
}

/// OpenSSL gives each new session here: two tickets after a TLS 1.3 handshake, one after 1.2.
private func keepTicket(_ ssl: OpaquePointer?, _ session: OpaquePointer?) -> CInt {
    guard let ssl, let session, let owner = TLSSession.owner(of: ssl), let key = owner.ticketKey,
        SSL_SESSION_is_resumable(session) == 1
    else { return 0 }
    owner.context.keep(TLSContext.Ticket(taking: session), for: key)
    return 1
}
