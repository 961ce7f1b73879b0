import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One certificate of a server's chain, as a person would want it read out.
public struct TLSCertificate: Hashable, Sendable {
    /// The distinguished names, in RFC 2253's order (`CN=…,O=…`).
    public var subject: String
    public var issuer: String
    /// Seconds since 1970.
    public var notBefore: Int64
    public var notAfter: Int64
    /// The host names and addresses it is for; the common name where it lists none.
    public var names: [String]
    /// The digest of its DER form: what `certificate-sha256` pins.
    public var sha256: [UInt8]

    /// `2024-03-05 to 2025-03-05`, in UTC.
    public var validity: String { "\(isoDay(notBefore)) to \(isoDay(notAfter))" }

    public var isSelfIssued: Bool { subject == issuer }

    /// The digest as people write it, for a configuration or a message.
    public var fingerprint: String { Digest.hex(sha256) }
}

extension TLSCertificate {
    /// At most this many names are read from one certificate.
    static let nameLimit = 1000

    init(reading certificate: OpaquePointer) {
        subject = Self.text(of: X509_get_subject_name(certificate))
        issuer = Self.text(of: X509_get_issuer_name(certificate))
        notBefore = Self.seconds(X509_get0_notBefore(certificate))
        notAfter = Self.seconds(X509_get0_notAfter(certificate))
        names = Self.names(of: certificate)
        sha256 = Self.digest(of: certificate, EVP_sha256())
    }

    static func chain(_ stack: OpaquePointer?) -> [TLSCertificate] {
        guard let stack else { return [] }
        return (0..<max(0, trawl_chain_count(stack))).compactMap { index in
            trawl_chain_value(stack, index).map(TLSCertificate.init(reading:))
        }
    }

    static func digest(of certificate: OpaquePointer, _ algorithm: OpaquePointer?) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: CUnsignedInt = 0
        guard let algorithm, X509_digest(certificate, algorithm, &bytes, &count) == 1 else { return [] }
        return Array(bytes.prefix(Int(count)))
    }

    /// RFC 5929, section 4.1: the certificate's digest by the hash of its own signature, SHA-256 in place of MD5 and
    /// SHA-1. Nil where the signature has no such hash (Ed25519): the RFC leaves that undefined.
    static func serverEndPoint(of certificate: OpaquePointer) -> [UInt8]? {
        var hash: CInt = 0
        guard X509_get_signature_info(certificate, &hash, nil, nil, nil) == 1, hash != NID_undef else { return nil }
        let algorithm = hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbyname(OBJ_nid2sn(hash))
        guard let algorithm else { return nil }
        let digest = digest(of: certificate, algorithm)
        return digest.isEmpty ? nil : digest
    }

    private static func text(of name: OpaquePointer?) -> String {
        guard let name, let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        X509_NAME_print_ex(bio, name, 0, trawl_name_flags())
        var bytes: UnsafeMutablePointer<CChar>?
        let count = trawl_bio_memory(bio, &bytes)
        guard let bytes, count > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return Int64(timegm(&parts))
    }

    private static func names(of certificate: OpaquePointer) -> [String] {
        var result: [String] = []
        if let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) {
            let names = OpaquePointer(raw)
            defer { GENERAL_NAMES_free(names) }
            for index in 0..<min(trawl_names_count(names), CInt(nameLimit)) {
                var type: CInt = 0
                var length: CInt = 0
                guard let bytes = trawl_name_bytes(names, index, &type, &length) else { continue }
                let buffer = UnsafeBufferPointer(start: bytes, count: Int(length))
                if type == GEN_DNS {
                    result.append(String(decoding: buffer, as: UTF8.self))
                } else if let address = address(buffer) {
                    result.append(address)
                }
            }
        }
        guard result.isEmpty, let subject = X509_get_subject_name(certificate) else { return result }
        let index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(subject, index), let value = X509_NAME_ENTRY_get_data(entry)
        else { return result }
        let buffer = UnsafeBufferPointer(start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value)))
        return [String(decoding: buffer, as: UTF8.self)]
    }

    private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family: CInt
        switch bytes.count {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return nil
        }
        guard inet_ntop(family, bytes.baseAddress, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
