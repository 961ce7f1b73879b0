import COpenSSL
import NIOCore

/// One TLS session that knows no socket: ciphertext goes in and comes out as bytes, and so does plaintext.
///
/// Not thread-safe. The order of use is: `handshake()` once, `drainCiphertext` to the peer, then for whatever the peer
/// sends `receive` and, as the state says, `handshake()` or `read`; after each of them `drainCiphertext` again.
/// An error is final: what is left to do is to send what `drainCiphertext` still has (the alert) and to hang up.
public final class TLSSession {
    /// What a read came to. Incomplete, ended well and broken off are told apart; what is invalid is thrown.
    public enum ReadOutcome: Hashable, Sendable {
        /// Plaintext was written to the buffer.
        case bytes(Int)
        /// The peer must send more first.
        case incomplete
        /// The peer has said that nothing follows (close_notify).
        case closed
    }

    /// Plaintext of one record (RFC 8446, section 5.1): the least room worth offering to a read.
    public static let recordLimit = 16_384

    /// The first bytes of an answer that is not TLS, kept for the message.
    static let excerptLimit = 80

    public let context: TLSContext
    /// The name or address that the certificate must be for.
    public let host: String?
    public private(set) var isEstablished = false
    /// The peer has sent close_notify.
    public private(set) var isClosedByPeer = false

    let ssl: OpaquePointer
    let ticketKey: String?
    private let received: OpaquePointer
    private let outgoing: OpaquePointer
    private var inputEnded = false
    private var sawFirstByte = false
    var rejection: TLSError?
    var seenChain: [TLSCertificate] = []

    /// A client's session. `host` is what the user wrote, a name or an address; `port` tells servers on one host apart
    /// when tickets are kept.
    public convenience init(context: TLSContext, host: String, port: Int = 993) throws(TLSError) {
        try self.init(context, host: context.serverName ?? host, ticketKey: "\(host):\(port)")
        SSL_set_connect_state(ssl)
        try setHost(self.host ?? host)
        if let ticketKey, let ticket = context.takeTicket(for: ticketKey) { SSL_set_session(ssl, ticket.pointer) }
    }

    /// A server's session.
    public convenience init(serverContext context: TLSContext) throws(TLSError) {
        try self.init(context, host: nil, ticketKey: nil)
        SSL_set_accept_state(ssl)
    }

    private init(_ context: TLSContext, host: String?, ticketKey: String?) throws(TLSError) {
        ERR_clear_error()
        guard let ssl = SSL_new(context.handle.pointer) else {
            throw .fromQueue(.outOfMemory, "OpenSSL could not begin a session")
        }
        guard let received = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw .fromQueue(.outOfMemory, "OpenSSL could not begin a session")
        }
        guard let outgoing = BIO_new(BIO_s_mem()) else {
            BIO_free(received)
            SSL_free(ssl)
            throw .fromQueue(.outOfMemory, "OpenSSL could not begin a session")
        }
        SSL_set_bio(ssl, received, outgoing)
        self.context = context
        self.host = host
        self.ticketKey = ticketKey
        self.ssl = ssl
        self.received = received
        self.outgoing = outgoing
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        // Ends the callbacks' way here before the rest is freed.
        SSL_set_ex_data(ssl, 0, nil)
        // Freed without a shutdown, OpenSSL would declare the tickets of this session void. TLS since 1.1 lets a
        // connection that merely broke off be resumed; one that failed never gets as far as a ticket.
        SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(ssl)
    }

    /// The session that an `SSL` belongs to. OpenSSL calls back only while one of its functions runs on the `SSL`, so
    /// the owner lives.
    static func owner(of ssl: OpaquePointer) -> TLSSession? {
        SSL_get_ex_data(ssl, 0).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Ciphertext

    /// Takes bytes from the peer.
    public func receive(_ ciphertext: UnsafeRawBufferPointer) throws(TLSError) {
        guard let base = ciphertext.baseAddress, !ciphertext.isEmpty else { return }
        if !sawFirstByte {
            sawFirstByte = true
            try checkFirstByte(ciphertext)
        }
        ERR_clear_error()
        guard let count = CInt(exactly: ciphertext.count), BIO_write(received, base, count) == count else {
            throw .fromQueue(.outOfMemory, "no memory for what the server sent")
        }
    }

    /// The peer's stream has ended: what `read` and `handshake` still lack will not come.
    public func endOfInput() {
        inputEnded = true
    }

    /// How many bytes wait to be sent to the peer.
    public var pendingCiphertext: Int { BIO_ctrl_pending(outgoing) }

    /// Moves what must be sent to the peer to the end of `buffer`; gives how many bytes that were.
    @discardableResult
    public func drainCiphertext(into buffer: inout ByteBuffer) -> Int {
        let pending = pendingCiphertext
        guard pending > 0, let wanted = CInt(exactly: pending) else { return 0 }
        ERR_clear_error()
        return buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { space in
            max(0, Int(BIO_read(outgoing, space.baseAddress, wanted)))
        }
    }

    // MARK: Handshake

    /// Goes on with the handshake. True once it is done.
    public func handshake() throws(TLSError) -> Bool {
        if isEstablished { return true }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            return true
        }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            guard inputEnded else { return false }
            throw TLSError(.truncated, "the server hung up during the TLS handshake")
        default:
            if let rejection {
                ERR_clear_error()
                throw rejection
            }
            throw .fromQueue(.handshakeFailed, "the TLS handshake failed")
        }
    }

    // MARK: Plaintext

    /// Reads as much plaintext as there is, `limit` bytes at most, straight into the buffer's own space.
    public func read(into buffer: inout ByteBuffer, limit: Int) throws(TLSError) -> ReadOutcome {
        var total = 0
        while total < limit {
            // Room for a whole record keeps OpenSSL from splitting one over two calls, and costs nothing once the
            // buffer has it.
            let room = min(limit - total, max(Self.recordLimit, buffer.writableBytes))
            var count = 0
            var result: CInt = 0
            ERR_clear_error()
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
                result = SSL_read_ex(ssl, space.baseAddress, min(space.count, room), &count)
                return result == 1 ? count : 0
            }
            if result == 1 {
                total += count
                continue
            }
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                if total > 0 { return .bytes(total) }
                guard inputEnded else { return .incomplete }
                throw TLSError(.truncated, "the connection broke off: the server did not say good-bye (close_notify)")
            case SSL_ERROR_ZERO_RETURN:
                isClosedByPeer = true
                return total > 0 ? .bytes(total) : .closed
            default:
                // What came whole before the break is handed out first; the next read finds the error again.
                if total > 0 { return .bytes(total) }
                throw .fromQueue(.brokenRecord, "the TLS stream is broken")
            }
        }
        return .bytes(total)
    }

    /// Encrypts. The handshake must be done.
    public func write(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) {
        guard !plaintext.isEmpty else { return }
        ERR_clear_error()
        var count = 0
        guard SSL_write_ex(ssl, plaintext.baseAddress, plaintext.count, &count) == 1, count == plaintext.count else {
            throw .fromQueue(.closed, "nothing can be sent any more over this TLS session")
        }
    }

    /// Says that nothing follows from this side (close_notify).
    public func close() {
        guard isEstablished else { return }
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }

    // MARK: Setting up

    private func setHost(_ host: String) throws(TLSError) {
        let parameters = SSL_get0_param(ssl)
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 { return }
        ERR_clear_error()
        // "mail.example.com." is the same name; certificates and SNI have it without the dot.
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        X509_VERIFY_PARAM_set_hostflags(parameters, CUnsignedInt(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard !name.isEmpty, !name.utf8.contains(0), X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1,
            trawl_set_server_name(ssl, name) == 1
        else { throw .fromQueue(.hostNameMismatch, "\"\(host)\" is no host name") }
    }

    /// A TLS peer's first byte opens a handshake or an alert record. Anything else is another protocol, and saying
    /// which helps more than OpenSSL's "wrong version number".
    private func checkFirstByte(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
        guard !context.isServer, let first = bytes.first, first != 0x16, first != 0x15 else { return }
        let excerpt = bytes.prefix(Self.excerptLimit).prefix { $0 != 0x0D && $0 != 0x0A }
        let text = String(decoding: excerpt.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        throw TLSError(.notTLS, "the server does not speak TLS on this port: it began with \"\(text)\"")
    }
}
