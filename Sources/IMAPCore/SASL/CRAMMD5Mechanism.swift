/// CRAM-MD5 (RFC 2195). It hides the password from a listener, but a recording can be guessed at.
public struct CRAMMD5Mechanism: SASLClient, CustomStringConvertible {
    private let user: String
    private let password: Secret
    private let crypto: any SASLCrypto
    private var isDone = false

    public init(user: String, password: Secret, crypto: any SASLCrypto) {
        self.user = user
        self.password = password
        self.crypto = crypto
    }

    public var description: String { mechanism }
    public var mechanism: String { "CRAM-MD5" }
    public var sendsSecretInTheClear: Bool { false }

    public mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]? { nil }

    public mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        guard !isDone else { throw IMAPCoreError(.malformedChallenge, "CRAM-MD5 has no second step") }
        guard !challenge.isEmpty else { throw IMAPCoreError(.malformedChallenge, "CRAM-MD5 needs a challenge") }
        isDone = true
        let digits = Array("0123456789abcdef".utf8)
        var response = Array(user.utf8) + [0x20]
        for byte in crypto.hmac(key: password.utf8, data: challenge, .md5) {
            response.append(digits[Int(byte >> 4)])
            response.append(digits[Int(byte & 15)])
        }
        return response
    }
}
