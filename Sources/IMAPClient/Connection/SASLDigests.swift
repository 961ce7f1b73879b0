import IMAPCore
import TLS

/// SASL's cryptography by OpenSSL.
struct SASLDigests: SASLCrypto {
    private func algorithm(_ hash: SASLHash) -> Digest.Algorithm {
        switch hash {
        case .md5: .md5
        case .sha1: .sha1
        case .sha256: .sha256
        }
    }

    func hash(_ data: [UInt8], _ hash: SASLHash) -> [UInt8] { Digest.hash(data, algorithm(hash)) }

    func hmac(key: [UInt8], data: [UInt8], _ hash: SASLHash) -> [UInt8] {
        Digest.hmac(key: key, data, algorithm(hash))
    }

    func pbkdf2(password: [UInt8], salt: [UInt8], iterations: Int, _ hash: SASLHash) -> [UInt8] {
        Digest.pbkdf2(
            password: password, salt: salt, iterations: iterations, length: hash.digestSize, algorithm(hash))
    }

    func randomBytes(_ count: Int) -> [UInt8] {
        if let bytes = try? Digest.randomBytes(count) { return bytes }
        // The system's own generator, which cannot fail, where OpenSSL's does.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension TLSPeer {
    /// What SCRAM's -PLUS binds to: the exporter of TLS 1.3, else the server's certificate.
    var channelBinding: ChannelBinding? {
        if let exporter { return ChannelBinding(type: "tls-exporter", data: exporter) }
        return serverEndPoint.map { ChannelBinding(type: "tls-server-end-point", data: $0) }
    }
}
