import COpenSSL

/// What a finished handshake settled: for a person's eyes, and for SASL's channel binding.
public struct TLSPeer: Sendable, Hashable {
    /// As OpenSSL names them: `TLSv1.3`, `TLS_AES_256_GCM_SHA384`.
    public var version: String
    public var cipher: String
    /// A ticket of an earlier session was taken, so no certificate was sent or checked anew.
    public var isResumed: Bool
    /// The server's certificate first, then its issuers up to the trusted one.
    public var chain: [TLSCertificate]
    /// RFC 5929's tls-server-end-point.
    public var serverEndPoint: [UInt8]?
    /// RFC 9266's tls-exporter; nil before TLS 1.3, where it is only unique with an extension that not all have.
    public var exporter: [UInt8]?
}

extension TLSSession {
    /// Nil until the handshake is done.
    public var peer: TLSPeer? {
        guard isEstablished else { return nil }
        let leaf = SSL_get0_peer_certificate(ssl)
        var chain = seenChain
        if chain.isEmpty { chain = TLSCertificate.chain(SSL_get0_verified_chain(ssl)) }
        if chain.isEmpty { chain = TLSCertificate.chain(SSL_get_peer_cert_chain(ssl)) }
        if chain.isEmpty, let leaf { chain = [TLSCertificate(reading: leaf)] }
        return TLSPeer(
            version: String(cString: SSL_get_version(ssl)),
            cipher: SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_get_name($0) }.map { String(cString: $0) } ?? "",
            isResumed: SSL_session_reused(ssl) == 1, chain: chain,
            serverEndPoint: leaf.flatMap(TLSCertificate.serverEndPoint(of:)), exporter: exporterBinding)
    }

    /// The chain that the server sent, also where it was refused; empty before that.
    public var presentedChain: [TLSCertificate] { seenChain }

    private var exporterBinding: [UInt8]? {
        guard SSL_version(ssl) >= TLS1_3_VERSION else { return nil }
        let label = "EXPORTER-Channel-Binding"
        var bytes = [UInt8](repeating: 0, count: 32)
        ERR_clear_error()
        guard SSL_export_keying_material(ssl, &bytes, bytes.count, label, label.utf8.count, nil, 0, 0) == 1 else {
            ERR_clear_error()
            return nil
        }
        return bytes
    }
}

/// Takes the place of OpenSSL's own check, to see the chain also where it is refused, to know which certificate was at
/// fault, and to let a pin decide.
func verifyServer(_ store: OpaquePointer?, _: UnsafeMutableRawPointer?) -> CInt {
    guard let store, let raw = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
        let session = TLSSession.owner(of: OpaquePointer(raw)), let leaf = X509_STORE_CTX_get0_cert(store)
    else { return 0 }
    let certificate = TLSCertificate(reading: leaf)
    if let pin = session.context.pinnedSHA256 {
        session.seenChain = [certificate]
        if certificate.sha256 == pin {
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return 1
        }
        session.rejection = TLSError(
            .pinMismatch,
            "the server's certificate is not the one that certificate-sha256 names; its SHA-256 is \(certificate.fingerprint)"
        )
        session.rejection?.chain = [certificate]
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
        return 0
    }
    let accepted = X509_verify_cert(store)
    session.seenChain = TLSCertificate.chain(X509_STORE_CTX_get0_chain(store))
    if session.seenChain.isEmpty { session.seenChain = [certificate] }
    if accepted == 1 { return 1 }
    let faulty = X509_STORE_CTX_get_current_cert(store).map(TLSCertificate.init(reading:)) ?? certificate
    session.rejection = rejection(
        X509_STORE_CTX_get_error(store), of: certificate, faulty: faulty, host: session.host ?? "")
    session.rejection?.chain = session.seenChain
    return 0
}

private func rejection(
    _ code: CInt, of leaf: TLSCertificate, faulty: TLSCertificate, host: String
) -> TLSError {
    let words = X509_verify_cert_error_string(CLong(code)).map { String(cString: $0) }
    let pinHint = "or pin this one with certificate-sha256 = \"\(leaf.fingerprint)\" if you know it is right"
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return TLSError(
            .certificateExpired,
            "the certificate of \(faulty.subject) expired on \(isoDay(faulty.notAfter)): its owner must renew it",
            underlying: words)
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLSError(
            .certificateNotYetValid,
            "the certificate of \(faulty.subject) is valid only from \(isoDay(faulty.notBefore)): is this machine's clock right?",
            underlying: words)
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return TLSError(
            .certificateSelfSigned,
            "the server's certificate is self-signed: name it in ca-file, \(pinHint)", underlying: words)
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
        return TLSError(
            .unknownAuthority,
            "nothing trusted vouches for the server's certificate (issuer: \(faulty.issuer)): name its authority in ca-file, \(pinHint)",
            underlying: words)
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
        let names = leaf.names.prefix(8).joined(separator: ", ")
        return TLSError(
            .hostNameMismatch,
            "the server's certificate is not for \(host) but for \(names.isEmpty ? "no name at all" : names): use that name as host",
            underlying: words)
    default:
        return TLSError(
            .certificateRejected, "the server's certificate was refused (\(faulty.subject))", underlying: words)
    }
}

/// `2024-03-05`, from seconds since 1970 (days to civil, Howard Hinnant's way).
func isoDay(_ seconds: Int64) -> String {
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month))-\(two(day))"
}
