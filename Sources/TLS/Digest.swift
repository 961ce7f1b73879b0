import COpenSSL

/// Hashes, HMAC, PBKDF2 and random bytes from OpenSSL, as SASL needs them.
public enum Digest {
    public enum Algorithm: Hashable, Sendable {
        /// For CRAM-MD5 (RFC 2195) alone.
        case md5
        case sha1
        case sha256
        case sha512

        var handle: OpaquePointer? {
            switch self {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha512: EVP_sha512()
            }
        }
    }

    /// Empty where OpenSSL refuses the algorithm (MD5 in a FIPS build).
    public static func hash(_ bytes: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        ERR_clear_error()
        var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: CUnsignedInt = 0
        guard EVP_Digest(bytes, bytes.count, &result, &count, algorithm.handle, nil) == 1 else { return [] }
        return Array(result.prefix(Int(count)))
    }

    /// RFC 2104. Empty where OpenSSL refuses the algorithm.
    public static func hmac(key: [UInt8], _ bytes: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        ERR_clear_error()
        guard let keyLength = CInt(exactly: key.count) else { return [] }
        var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: CUnsignedInt = 0
        // An empty array's pointer may be nil, which HMAC would take for "the key of the last call".
        let key = key.isEmpty ? [0] : key
        guard HMAC(algorithm.handle, key, keyLength, bytes, bytes.count, &result, &count) != nil else { return [] }
        return Array(result.prefix(Int(count)))
    }

    /// RFC 8018, section 5.2, with HMAC as its function. Empty where a number is out of OpenSSL's range.
    public static func pbkdf2(
        password: [UInt8], salt: [UInt8], iterations: Int, length: Int, _ algorithm: Algorithm
    ) -> [UInt8] {
        ERR_clear_error()
        guard iterations > 0, length > 0, let rounds = CInt(exactly: iterations), let wanted = CInt(exactly: length),
            let passwordLength = CInt(exactly: password.count), let saltLength = CInt(exactly: salt.count)
        else { return [] }
        var result = [UInt8](repeating: 0, count: length)
        let done = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.bindMemory(to: CChar.self).baseAddress, passwordLength, salt, saltLength, rounds,
                algorithm.handle, wanted, &result)
        }
        return done == 1 ? result : []
    }

    /// Bytes fit for nonces and keys.
    public static func randomBytes(_ count: Int) throws(TLSError) -> [UInt8] {
        ERR_clear_error()
        var result = [UInt8](repeating: 0, count: count)
        guard let wanted = CInt(exactly: count), RAND_bytes(&result, wanted) == 1 else {
            throw .fromQueue(.outOfMemory, "the system gave no random bytes")
        }
        return result
    }

    /// Lower-case hexadecimal.
    public static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[index * 2] = digits[Int(byte >> 4)]
                text[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }
}
