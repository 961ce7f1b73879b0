import IMAPCore
import Testing

@Suite struct SASLTests {
    private let crypto = PureDigests()

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func testDigestsAreRight() {
        #expect(hex(crypto.hash(Array("abc".utf8), .sha1)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex(crypto.hash(Array("abc".utf8), .sha256))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hex(crypto.hash(Array("abc".utf8), .md5)) == "900150983cd24fb0d6963f7d28e17f72")
    }

    /// RFC 5802, 5 and RFC 7677, 3.
    @Test(arguments: [
        (
            SASLHash.sha1, "fyko+d2lbbFgONRv9qkxdawL",
            "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="
        ),
        (
            SASLHash.sha256, "rOprNGfwEbeRWgbNEkqO",
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        ),
    ])
    func scramAgreesWithItsRFCs(hash: SASLHash, nonce: String, first: String, proof: String, final: String) throws {
        var scram = SCRAMMechanism(
            hash: hash, user: "user", password: Secret("pencil"), binding: .unsupported, crypto: crypto, nonce: nonce)
        #expect(text(try scram.initialResponse()) == "n,,n=user,r=" + nonce)
        #expect(text(try scram.respond(to: Array(first.utf8))) == proof)
        #expect(throws: IMAPCoreError.self) { try scram.verifyOutcome() }
        #expect(text(try scram.respond(to: Array(final.utf8))) == "")
        try scram.verifyOutcome()
    }

    private func scram(_ binding: SCRAMMechanism.Binding = .unsupported, user: String = "user") -> SCRAMMechanism {
        SCRAMMechanism(
            hash: .sha256, user: user, password: Secret("pencil"), binding: binding, crypto: crypto,
            nonce: "rOprNGfwEbeRWgbNEkqO")
    }

    @Test func scramRefusesAServerThatCannotProveItself() throws {
        let first = Array("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".utf8)
        for (challenge, code) in [
            ("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", IMAPCoreError.Code.serverNotAuthentic),
            ("v=", .malformedChallenge), ("v=AAAA", .malformedChallenge), ("x", .malformedChallenge),
            ("", .malformedChallenge),
            ("e=invalid-proof", .authenticationRefused),
        ] {
            var client = scram()
            _ = try client.initialResponse()
            _ = try client.respond(to: first)
            let error = #expect(throws: IMAPCoreError.self) { try client.respond(to: Array(challenge.utf8)) }
            #expect(error?.code == code, "\(challenge)")
            #expect(throws: IMAPCoreError.self) { try client.verifyOutcome() }
        }
    }

    @Test(arguments: [
        ("r=other,s=W22Z,i=4096", IMAPCoreError.Code.serverNotAuthentic),
        ("r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096", .serverNotAuthentic),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=1", .malformedChallenge),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=2000000000", .malformedChallenge),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096", .malformedChallenge),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z", .malformedChallenge),
        ("m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4096", .malformedChallenge),
        ("", .malformedChallenge),
    ])
    func scramRefusesMalformedChallenges(challenge: String, code: IMAPCoreError.Code) throws {
        var client = scram()
        _ = try client.initialResponse()
        let error = #expect(throws: IMAPCoreError.self) { try client.respond(to: Array(challenge.utf8)) }
        #expect(error?.code == code)
    }

    @Test func scramBindsToTheChannel() throws {
        var bound = scram(.bound(ChannelBinding(type: "tls-exporter", data: [1, 2, 3])), user: "a=b,c")
        #expect(bound.mechanism == "SCRAM-SHA-256-PLUS")
        #expect(text(try bound.initialResponse()) == "p=tls-exporter,,n=a=3Db=2Cc,r=rOprNGfwEbeRWgbNEkqO")
        let proof = text(try bound.respond(to: Array("r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4096".utf8)))
        // "p=tls-exporter,," and the three octets.
        #expect(proof?.hasPrefix("c=cD10bHMtZXhwb3J0ZXIsLAECAw==,r=rOprNGfwEbeRWgbNEkqOx,p=") == true)
        var notOffered = scram(.notOffered)
        #expect(text(try notOffered.initialResponse())?.hasPrefix("y,,") == true)
    }

    /// RFC 2195, 2.
    @Test func cramMD5AgreesWithItsRFC() throws {
        var client = CRAMMD5Mechanism(user: "tim", password: Secret("tanstaaftanstaaf"), crypto: crypto)
        #expect(try client.initialResponse() == nil)
        let answer = try client.respond(to: Array("<1896.697170952@postoffice.reston.mci.net>".utf8))
        #expect(text(answer) == "tim b913a602c7eda7a495b4e6e7334d3890")
        #expect(throws: IMAPCoreError.self) { try client.respond(to: [1]) }
    }

    @Test func plainAndLoginSendThePassword() throws {
        var plain = PlainMechanism(user: "tim", password: Secret("tanstaaf"))
        #expect(text(try plain.initialResponse()) == "\0tim\0tanstaaf")
        var broken = PlainMechanism(user: "t\0m", password: Secret("x"))
        #expect(throws: IMAPCoreError.self) { try broken.initialResponse() }
        var login = LoginMechanism(user: "tim", password: Secret("tanstaaf"))
        #expect(try login.initialResponse() == nil)
        #expect(text(try login.respond(to: Array("User Name\0".utf8))) == "tim")
        #expect(text(try login.respond(to: [])) == "tanstaaf")
        #expect(throws: IMAPCoreError.self) { try login.respond(to: []) }
    }

    @Test func tokensAndTheirRefusals() throws {
        var xoauth2 = XOAuth2Mechanism(
            user: "someuser@example.com", token: Secret("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"))
        #expect(
            text(try xoauth2.initialResponse())
                == "user=someuser@example.com\u{1}auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\u{1}\u{1}")
        #expect(try xoauth2.respond(to: Array("{\"status\":\"401\"}".utf8)) == [])
        #expect(xoauth2.refusal == "{\"status\":\"401\"}")
        var bearer = OAuthBearerMechanism(
            user: "user@example.com", token: Secret("vF9dft4qmT"), host: "server.example.com", port: 143)
        #expect(
            text(try bearer.initialResponse())
                == "n,a=user@example.com,\u{1}host=server.example.com\u{1}port=143\u{1}auth=Bearer vF9dft4qmT\u{1}\u{1}"
        )
        #expect(try bearer.respond(to: Array("{}".utf8)) == [1])
        var external = ExternalMechanism()
        #expect(try external.initialResponse() == [])
    }

    // MARK: The choice

    private func chooser(_ capabilities: CapabilitySet, secure: Bool = true, binding: Bool = false) -> MechanismChooser
    {
        MechanismChooser(
            capabilities: capabilities, isSecure: secure,
            channelBinding: binding ? ChannelBinding(type: "tls-exporter", data: [1]) : nil, host: "h", port: 993,
            crypto: crypto)
    }

    private let password = SASLCredentials.password(user: "u", password: Secret("p"))

    @Test(
        arguments: [
            (
                [
                    "AUTH=PLAIN", "AUTH=LOGIN", "AUTH=CRAM-MD5", "AUTH=SCRAM-SHA-1", "AUTH=SCRAM-SHA-256",
                    "AUTH=SCRAM-SHA-256-PLUS",
                ], true, "SCRAM-SHA-256-PLUS"
            ),
            (["AUTH=PLAIN", "AUTH=SCRAM-SHA-256", "AUTH=SCRAM-SHA-256-PLUS"], false, "SCRAM-SHA-256"),
            (["AUTH=SCRAM-SHA-1", "AUTH=SCRAM-SHA-1-PLUS", "AUTH=CRAM-MD5"], true, "SCRAM-SHA-1-PLUS"),
            (["AUTH=PLAIN", "AUTH=CRAM-MD5"], false, "CRAM-MD5"), (["AUTH=LOGIN", "AUTH=PLAIN"], false, "PLAIN"),
            (["AUTH=LOGIN"], false, "LOGIN"), (["IMAP4REV1"], false, "LOGIN (command)"),
            (["AUTH=GSSAPI"], false, "LOGIN (command)"),
        ] as [([Capability], Bool, String)])
    func autoTakesTheStrongest(offered: [Capability], binding: Bool, expected: String) throws {
        #expect(try chooser(CapabilitySet(offered), binding: binding).choose(password).name == expected)
    }

    @Test func neverAPasswordInTheClear() throws {
        for offered in [["AUTH=PLAIN"], ["AUTH=LOGIN"], ["IMAP4REV1"], ["AUTH=PLAIN", "LOGINDISABLED"]]
            as [[Capability]]
        {
            let error = #expect(throws: IMAPCoreError.self) {
                try chooser(CapabilitySet(offered), secure: false).choose(password)
            }
            #expect(error?.code == .noUsableMechanism)
        }
        let token = SASLCredentials.token(user: "u", token: Secret("t"))
        #expect(throws: IMAPCoreError.self) { try chooser(["AUTH=XOAUTH2"], secure: false).choose(token) }
        #expect(throws: IMAPCoreError.self) {
            try chooser(["AUTH=PLAIN"], secure: false).choose(password, named: "plain")
        }
        #expect(try chooser(["AUTH=CRAM-MD5", "AUTH=PLAIN"], secure: false).choose(password).name == "CRAM-MD5")
        #expect(try chooser(["AUTH=SCRAM-SHA-256"], secure: false).choose(password).name == "SCRAM-SHA-256")
        #expect(throws: IMAPCoreError.self) { try chooser(["LOGINDISABLED"]).choose(password) }
        #expect(try chooser(["AUTH=XOAUTH2", "AUTH=OAUTHBEARER"]).choose(token).name == "OAUTHBEARER")
        #expect(try chooser(["AUTH=PLAIN"]).choose(password, named: "Login").name == "LOGIN (command)")
        #expect(throws: IMAPCoreError.self) { try chooser(["AUTH=XOAUTH2"]).choose(password, named: "xoauth2") }
        #expect(try chooser(["AUTH=EXTERNAL"]).choose(.external(user: nil)).name == "EXTERNAL")
    }

    @Test func noDescriptionShowsASecret() throws {
        let secret = Secret("hunter2-swordfish")
        var scram = SCRAMMechanism(hash: .sha1, user: "u", password: secret, binding: .unsupported, crypto: crypto)
        _ = try scram.initialResponse()
        let values: [Any] = [
            secret, Command.login(user: "u", password: secret), PlainMechanism(user: "u", password: secret),
            LoginMechanism(user: "u", password: secret), scram,
            CRAMMD5Mechanism(user: "u", password: secret, crypto: crypto),
            XOAuth2Mechanism(user: "u", token: secret),
            OAuthBearerMechanism(user: "u", token: secret, host: "h", port: 1),
            SASLCredentials.password(user: "u", password: secret),
            LoginMethod.loginCommand(user: "u", password: secret),
            CommandRefusal.passwordInTheClear,
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for shown in ["\(value)", String(reflecting: value), dumped] {
                #expect(!shown.contains("hunter2"), "\(type(of: value))")
            }
        }
    }
}
