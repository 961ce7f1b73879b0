/// SCRAM-SHA-1 and SCRAM-SHA-256, with or without -PLUS (RFC 5802, RFC 7677): the password is never sent, and the server
/// proves that it knows it. Name and password are prepared by SASLprep.
public struct SCRAMMechanism: SASLClient {
    /// How the channel is bound, and what the client says of it.
    public enum Binding: Hashable, Sendable {
        /// `n`: the client can't.
        case unsupported
        /// `y`: the client could, and the server offered no -PLUS.
        case notOffered
        /// `p`: -PLUS.
        case bound(ChannelBinding)
    }

    private enum Step {
        case start
        case sentFirst
        case sentFinal
        case verified
    }

    /// Servers have asked for 4,096 to some 600,000; more would be a way to hold the client up.
    static let mostIterations = 5_000_000
    /// RFC 7677, 4 asks for 4,096 at least; a server with fewer would lay the password open to guessing.
    static let fewestIterations = 1_000

    public let hash: SASLHash
    private let user: String
    private let password: Secret
    private let binding: Binding
    private let crypto: any SASLCrypto
    private let nonce: String
    private var step = Step.start
    private var serverSignature: [UInt8] = []
    public private(set) var refusal: String?

    /// - Parameters:
    ///   - hash: `.sha1` or `.sha256`.
    ///   - nonce: For tests with known answers; nil: a random one.
    public init(
        hash: SASLHash, user: String, password: Secret, binding: Binding, crypto: any SASLCrypto, nonce: String? = nil
    ) {
        self.hash = hash
        self.user = SASLprep.prepareIfAllowed(user)
        self.password = password.withExposedText { Secret(SASLprep.prepareIfAllowed($0)) }
        self.binding = binding
        self.crypto = crypto
        self.nonce = nonce ?? String(decoding: Base64.encode(crypto.randomBytes(24)), as: UTF8.self)
    }

    public var mechanism: String {
        let name = hash == .sha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256"
        if case .bound = binding { return name + "-PLUS" }
        return name
    }

    public var sendsSecretInTheClear: Bool { false }

    private var gs2Header: String {
        switch binding {
        case .unsupported: "n,,"
        case .notOffered: "y,,"
        case .bound(let channel): "p=" + channel.type + ",,"
        }
    }

    private var firstBare: String {
        var name = ""
        for scalar in user.unicodeScalars {
            switch scalar {
            case "=": name += "=3D"
            case ",": name += "=2C"
            default: name.unicodeScalars.append(scalar)
            }
        }
        return "n=" + name + ",r=" + nonce
    }

    public mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]? {
        guard case .start = step else { return nil }
        guard !user.utf8.contains(0), !password.utf8.contains(0) else {
            throw IMAPCoreError(.unusableCredentials, "SCRAM cannot carry a name or password with a NUL")
        }
        step = .sentFirst
        return Array((gs2Header + firstBare).utf8)
    }

    public mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        switch step {
        case .start: return try initialResponse() ?? []
        case .sentFirst: return try proof(for: challenge)
        case .sentFinal: return try verify(challenge)
        case .verified: throw IMAPCoreError(.malformedChallenge, "SCRAM has no further step")
        }
    }

    public func verifyOutcome() throws(IMAPCoreError) {
        guard case .verified = step else {
            throw IMAPCoreError(.serverNotAuthentic, "the server said OK without a proof that it knows the password")
        }
    }

    private func attributes(_ message: [UInt8]) throws(IMAPCoreError) -> [(name: UInt8, value: [UInt8])] {
        var result: [(name: UInt8, value: [UInt8])] = []
        for field in message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let name = field.first, field.dropFirst().first == UInt8(ascii: "=") else {
                throw IMAPCoreError(.malformedChallenge, "the server's SCRAM message cannot be read")
            }
            result.append((name, Array(field.dropFirst(2))))
        }
        return result
    }

    private mutating func proof(for serverFirst: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        let fields = try attributes(serverFirst)
        guard fields.count >= 3, fields[0].name == UInt8(ascii: "r"), fields[1].name == UInt8(ascii: "s"),
            fields[2].name == UInt8(ascii: "i"), let salt = Base64.decode(fields[1].value), !salt.isEmpty,
            let iterations = Int(String(decoding: fields[2].value, as: UTF8.self))
        else { throw IMAPCoreError(.malformedChallenge, "the server's SCRAM message cannot be read") }
        let bothNonces = fields[0].value
        guard bothNonces.count > nonce.utf8.count, bothNonces.starts(with: nonce.utf8) else {
            throw IMAPCoreError(.serverNotAuthentic, "the server answered another exchange's nonce")
        }
        guard iterations >= Self.fewestIterations, iterations <= Self.mostIterations else {
            throw IMAPCoreError(.malformedChallenge, "the server asks for \(iterations) iterations of SCRAM's hash")
        }
        var channel = Array(gs2Header.utf8)
        if case .bound(let binding) = binding { channel += binding.data }
        let withoutProof = Array("c=".utf8) + Base64.encode(channel) + Array(",r=".utf8) + bothNonces

        // RFC 5802, 3.
        let comma = [UInt8(ascii: ",")]
        let message = Array(firstBare.utf8) + comma + serverFirst + comma + withoutProof
        let salted = crypto.pbkdf2(password: password.utf8, salt: salt, iterations: iterations, hash)
        let clientKey = crypto.hmac(key: salted, data: Array("Client Key".utf8), hash)
        let signature = crypto.hmac(key: crypto.hash(clientKey, hash), data: message, hash)
        let serverKey = crypto.hmac(key: salted, data: Array("Server Key".utf8), hash)
        serverSignature = crypto.hmac(key: serverKey, data: message, hash)
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        step = .sentFinal
        return withoutProof + Array(",p=".utf8) + Base64.encode(proof)
    }

    private mutating func verify(_ serverFinal: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        guard let first = try attributes(serverFinal).first else {
            throw IMAPCoreError(.malformedChallenge, "the server's SCRAM message cannot be read")
        }
        if first.name == UInt8(ascii: "e") {
            refusal = String(repairing: first.value)
            throw IMAPCoreError(.authenticationRefused, "the server refused the login")
        }
        guard first.name == UInt8(ascii: "v"), let signature = Base64.decode(first.value),
            signature.count == serverSignature.count, !signature.isEmpty
        else { throw IMAPCoreError(.malformedChallenge, "the server's SCRAM message cannot be read") }
        var difference: UInt8 = 0
        for (a, b) in zip(signature, serverSignature) { difference |= a ^ b }
        guard difference == 0 else {
            throw IMAPCoreError(.serverNotAuthentic, "the server does not know the password: its proof is wrong")
        }
        step = .verified
        return []
    }
}

extension SCRAMMechanism: CustomStringConvertible, CustomReflectable {
    public var description: String { mechanism }
    public var customMirror: Mirror { Mirror(self, children: ["mechanism": mechanism]) }
}
