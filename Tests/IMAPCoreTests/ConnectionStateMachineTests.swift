import IMAPCore
import NIOCore
import Testing

@Suite struct ConnectionStateMachineTests {
    // MARK: Greeting

    @Test func greetingsOpenRefuseOrPreauthenticate() {
        var ok = Dialogue()
        #expect(ok.server("* OK [CAPABILITY IMAP4rev1] hi") == ["greeted OK hi"])
        #expect(ok.machine.state == .notAuthenticated)
        #expect(ok.machine.capabilities?.contains(.imap4rev1) == true)
        var bare = Dialogue()
        #expect(bare.server("* OK hi") == ["greeted OK hi"])
        #expect(bare.machine.capabilities == nil)
        var preauth = Dialogue()
        #expect(preauth.server("* PREAUTH hi") == ["greeted PREAUTH hi"])
        #expect(preauth.machine.state == .authenticated)
        var bye = Dialogue()
        #expect(bye.server("* BYE [ALERT] go away") == ["event alert(\"go away\")", "close bye go away"])
        var http = Dialogue()
        #expect(http.server("HTTP/1.1 400 Bad Request").last == "close notIMAP")
        var data = Dialogue()
        #expect(data.server("* 3 EXISTS") == ["close notIMAP"])
    }

    @Test func aMissingGreetingTimesOut() {
        var dialogue = Dialogue()
        #expect(dialogue.wait(29) == [])
        #expect(dialogue.wait(1) == ["close greetingTimeout"])
        #expect(dialogue.machine.nextDeadline == nil)
    }

    @Test func commandsBeforeTheGreetingWaitForIt() {
        var dialogue = Dialogue()
        #expect(dialogue.submit(.capability) == [])
        #expect(dialogue.server("* OK hi") == ["greeted OK hi", "send T1 CAPABILITY⏎"])
    }

    // MARK: STARTTLS

    @Test func startTLSThrowsAwayTheOldCapabilities() {
        var dialogue = Dialogue.greeted("IMAP4rev1 STARTTLS AUTH=PLAIN", .startTLS)
        #expect(dialogue.submit(.startTLS) == ["send T1 STARTTLS⏎"])
        #expect(dialogue.submit(.capability) == [])
        #expect(dialogue.server("T1 OK begin") == ["start TLS"])
        dialogue.machine.tlsEstablished(now: dialogue.time)
        #expect(dialogue.actions() == ["1 ok ", "send T2 CAPABILITY⏎"])
        #expect(dialogue.machine.isSecure)
        #expect(dialogue.machine.capabilities == nil)
    }

    @Test func bytesBeforeTheHandshakeEndTheConnection() {
        var dialogue = Dialogue.greeted("IMAP4rev1 STARTTLS", .startTLS)
        _ = dialogue.submit(.startTLS)
        #expect(
            dialogue.server("T1 OK begin", "* CAPABILITY IMAP4rev1 AUTH=EVIL") == [
                "start TLS", "1 closed", "close injectionBeforeTLS",
            ])
        var partial = Dialogue.greeted("IMAP4rev1 STARTTLS", .startTLS)
        _ = partial.submit(.startTLS)
        _ = partial.server("T1 OK begin")
        partial.machine.plaintextAfterStartTLS()
        #expect(partial.actions() == ["1 closed", "close injectionBeforeTLS"])
    }

    @Test func preauthWhereTLSIsRequiredIsRefused() {
        var dialogue = Dialogue(.startTLS)
        #expect(dialogue.server("* PREAUTH hi") == ["close preauthenticatedWithoutTLS"])
    }

    @Test func nothingThatMattersGoesBeforeStartTLS() {
        var dialogue = Dialogue.greeted("IMAP4rev1 STARTTLS AUTH=PLAIN", .startTLS)
        #expect(dialogue.submit(.login(user: "u", password: Secret("p"))) == ["1 refused tlsRequired"])
        #expect(dialogue.submit(.authenticate(ExternalMechanism())) == ["2 refused tlsRequired"])
        #expect(dialogue.submit(.list(ListRequest())) == ["3 refused tlsRequired"])
        #expect(dialogue.submit(.startTLS) == ["send T1 STARTTLS⏎"])
        #expect(dialogue.server("T1 NO not now") == ["4 no not now"])
        #expect(dialogue.submit(.login(user: "u", password: Secret("p"))) == ["5 refused tlsRequired"])
    }

    // MARK: Login

    @Test func passwordsNeedTLSOrLeave() {
        var plain = Dialogue.greeted("IMAP4rev1 AUTH=PLAIN", .none)
        #expect(plain.submit(.login(user: "u", password: Secret("p"))) == ["1 refused passwordInTheClear"])
        #expect(
            plain.submit(.authenticate(PlainMechanism(user: "u", password: Secret("p")))) == [
                "2 refused passwordInTheClear"
            ])
        var allowed = Dialogue.greeted("IMAP4rev1", .none) { $0.allowsPlaintextPasswords = true }
        #expect(allowed.submit(.login(user: "u", password: Secret("p"))) == ["send T1 LOGIN \"u\" \"p\"⏎"])
        var disabled = Dialogue.greeted("IMAP4rev1 LOGINDISABLED")
        #expect(disabled.submit(.login(user: "u", password: Secret("p"))) == ["1 refused loginDisabled"])
    }

    @Test func loginForgetsOrRenewsCapabilities() {
        var dialogue = Dialogue.greeted("IMAP4rev1")
        _ = dialogue.submit(.login(user: "u", password: Secret("p")))
        #expect(dialogue.server("T1 OK in") == ["1 ok in"])
        #expect(dialogue.machine.capabilities == nil)
        var code = Dialogue.greeted("IMAP4rev1")
        _ = code.submit(.login(user: "u", password: Secret("p")))
        _ = code.server("T1 OK [CAPABILITY IMAP4rev1 IDLE] in")
        #expect(code.machine.capabilities?.contains(.idle) == true)
        var untagged = Dialogue.greeted("IMAP4rev1")
        _ = untagged.submit(.login(user: "u", password: Secret("p")))
        #expect(untagged.server("* CAPABILITY IMAP4rev1 IDLE", "T1 OK in") == ["event capabilities", "1 ok in"])
        #expect(untagged.machine.capabilities?.contains(.idle) == true)
        #expect(untagged.machine.state == .authenticated)
    }

    @Test func authenticatesWithAndWithoutInitialResponse() {
        var ir = Dialogue.greeted("IMAP4rev1 SASL-IR AUTH=PLAIN")
        #expect(
            ir.submit(.authenticate(PlainMechanism(user: "u", password: Secret("p")))) == [
                "send T1 AUTHENTICATE PLAIN AHUAcA==⏎"
            ])
        #expect(ir.server("T1 OK in") == ["1 ok in"])
        var asked = Dialogue.greeted("IMAP4rev1 AUTH=PLAIN")
        #expect(
            asked.submit(.authenticate(PlainMechanism(user: "u", password: Secret("p")))) == [
                "send T1 AUTHENTICATE PLAIN⏎"
            ])
        #expect(asked.server("+") == ["send AHUAcA==⏎"])
        #expect(asked.server("T1 NO [AUTHENTICATIONFAILED] no") == ["1 no no"])
        #expect(asked.machine.state == .notAuthenticated)
        var login = Dialogue.greeted("IMAP4rev1 AUTH=LOGIN SASL-IR")
        #expect(
            login.submit(.authenticate(LoginMechanism(user: "u", password: Secret("p")))) == [
                "send T1 AUTHENTICATE LOGIN⏎"
            ])
        #expect(login.server("+ VXNlcm5hbWU6", "+ UGFzc3dvcmQ6") == ["send dQ==⏎", "send cA==⏎"])
    }

    @Test func answersATokensRefusal() {
        var dialogue = Dialogue.greeted("IMAP4rev1 SASL-IR AUTH=XOAUTH2")
        _ = dialogue.submit(.authenticate(XOAuth2Mechanism(user: "u", token: Secret("t"))))
        #expect(dialogue.server("+ eyJzdGF0dXMiOiI0MDEifQ==") == ["send ⏎"])
        #expect(dialogue.server("T1 NO refused") == ["1 no refused"])
    }

    @Test func cancelsABrokenExchange() {
        var dialogue = Dialogue.greeted("IMAP4rev1 AUTH=PLAIN SASL-IR")
        _ = dialogue.submit(.authenticate(PlainMechanism(user: "u", password: Secret("p"))))
        #expect(dialogue.server("+ !!!") == ["send *⏎"])
        #expect(dialogue.server("T1 BAD cancelled") == ["1 failed malformedChallenge"])
    }

    @Test func closesOnAServerThatSkipsItsProof() {
        var dialogue = Dialogue.greeted("IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256")
        _ = dialogue.submit(
            .authenticate(
                SCRAMMechanism(
                    hash: .sha256, user: "u", password: Secret("p"), binding: .unsupported, crypto: PureDigests())))
        #expect(dialogue.server("T1 OK trust me") == ["1 failed serverNotAuthentic", "close serverNotAuthentic"])
        #expect(!dialogue.machine.state.isAuthenticated)
    }

    // MARK: Pipelining and routing

    @Test func pipelinesFetchesAndTellsTheirAnswersApart() {
        var dialogue = Dialogue.authenticated()
        #expect(
            dialogue.submit(.uidFetch([1, 2], [.uid, .body(.full)])) == ["send T1 UID FETCH 1:2 (UID BODY.PEEK[])⏎"])
        #expect(
            dialogue.submit(.uidFetch([3, 4], [.uid, .body(.full)])) == ["send T2 UID FETCH 3:4 (UID BODY.PEEK[])⏎"])
        #expect(
            dialogue.server(
                "* 3 FETCH (UID 3 BODY[] {1}\r\nx)", "* 1 FETCH (UID 1 BODY[] \"y\")",
                "* 2 FETCH (FLAGS (\\Seen) UID 2)",
                "* 9 FETCH (UID 9 BODY[] \"z\")", "T1 OK", "* 4 FETCH (UID 4 BODY[] \"y\")", "T2 OK")
                == [
                    "data 2 fetch 3", "data 1 fetch 1", "event fetch 2", "event fetch 9", "1 ok ", "data 2 fetch 4",
                    "2 ok ",
                ])
    }

    @Test func keepsWhatCannotBeToldApart() {
        var dialogue = Dialogue.authenticated()
        #expect(dialogue.submit(.uidSearch([.all])).count == 1)
        #expect(dialogue.submit(.uidSearch([.seen])) == [])
        #expect(dialogue.submit(.uidFetch([1], [.flags])) == [])
        #expect(
            dialogue.server("* SEARCH 1 2", "T1 OK") == [
                "data 1 search [1, 2]", "1 ok ", "send T2 UID SEARCH SEEN⏎", "send T3 UID FETCH 1 (FLAGS)⏎",
            ])
        #expect(dialogue.submit(.examine("x")) == [])
        #expect(dialogue.server("* SEARCH", "T2 OK") == ["data 2 search []", "2 ok "])
        #expect(dialogue.server("T3 OK") == ["3 ok ", "send T4 EXAMINE \"x\"⏎"])
        #expect(dialogue.submit(.noop) == [])
        #expect(dialogue.server("T4 OK") == ["4 ok ", "send T5 NOOP⏎"])
    }

    @Test func boundsThePipeline() {
        var dialogue = Dialogue.authenticated { $0.pipelineDepth = 2 }
        #expect(dialogue.submit(.uidFetch([1], [.size])).count == 1)
        #expect(dialogue.submit(.uidFetch([2], [.size])).count == 1)
        #expect(dialogue.submit(.uidFetch([3], [.size])).isEmpty)
        #expect(dialogue.server("T1 OK") == ["1 ok ", "send T3 UID FETCH 3 (RFC822.SIZE)⏎"])
    }

    @Test func routesDataByWhatWasAsked() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 ESEARCH QRESYNC")
        _ = dialogue.submit(.list(ListRequest(status: [.messages])))
        #expect(
            dialogue.server("* LIST () \"/\" a", "* STATUS a (MESSAGES 1)", "* 5 EXISTS", "T1 OK") == [
                "data 1 list a", "data 1 status a", "event exists(5)", "1 ok ",
            ])
        _ = dialogue.submit(.status("b", [.messages]))
        #expect(
            dialogue.server("* STATUS c (MESSAGES 1)", "* STATUS b (MESSAGES 1)", "T2 OK") == [
                "event status c", "data 2 status b", "2 ok ",
            ])
        _ = dialogue.submit(.uidSearch([.all], returning: [.all]))
        #expect(dialogue.server("* ESEARCH (TAG \"T3\") UID ALL 1", "T3 OK") == ["data 3 esearch T3", "3 ok "])
        _ = dialogue.submit(.enable([.qResync]))
        #expect(dialogue.server("* ENABLED QRESYNC", "T4 OK") == ["data 4 enabled QRESYNC", "4 ok "])
        _ = dialogue.submit(.uidFetch([1], [.flags], FetchModifiers(changedSince: 5, vanished: true)))
        #expect(
            dialogue.server("* VANISHED (EARLIER) 7", "* VANISHED 8", "T5 OK") == [
                "data 5 vanished 7", "event vanished(8)", "5 ok ",
            ])
    }

    @Test func unsolicitedDataAreLegalInEveryState() {
        let lines = [
            "* 3 EXISTS", "* 1 EXPUNGE", "* FLAGS (a)", "* LIST () \"/\" x", "* STATUS x (MESSAGES 1)", "* VANISHED 3",
            "* 1 FETCH (FLAGS ())", "* ESEARCH UID", "* X-FOO 1", "* SEARCH 1", "* OK [UIDNEXT 3] x", "* NO y",
            "+ what", "T99 OK stray",
        ]
        for line in lines {
            for submitted in [nil, Command.noop, .idle, .examine("x"), .uidFetch([1], [.size]), .logout] {
                var dialogue = Dialogue.authenticated("IMAP4rev1 IDLE")
                if let submitted { _ = dialogue.submit(submitted) }
                let actions = dialogue.server(line)
                #expect(!actions.contains { $0.hasPrefix("close") }, "\(line)")
                #expect(dialogue.server("T1 OK done").isEmpty == (submitted == nil) || submitted == nil, "\(line)")
            }
        }
    }

    @Test func selectsAndCollectsWhatItIsTold() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 CONDSTORE")
        let id = dialogue.machine.submit(.examine("x"), now: dialogue.time)
        var mailbox = SelectedMailbox(name: "x")
        for line in [
            "* 172 EXISTS", "* 1 RECENT", "* FLAGS (\\Seen a)", "* OK [PERMANENTFLAGS ()] p",
            "* OK [UIDVALIDITY 385] v", "* OK [UIDNEXT 4392] n", "* OK [HIGHESTMODSEQ 715] h", "T1 OK [READ-ONLY] done",
        ] {
            dialogue.machine.receive(outcomes(of: line + "\r\n")[0], now: dialogue.time)
        }
        while let action = dialogue.machine.nextAction() {
            switch action {
            case .data(id, let response): mailbox.apply(response)
            case .complete(id, .ok(let text)): mailbox.apply(text.code)
            default: break
            }
        }
        #expect(mailbox.exists == 172 && mailbox.recent == 1)
        #expect(mailbox.uidValidity == 385 && mailbox.uidNext == 4392 && mailbox.highestModSeq == 715)
        #expect(mailbox.isReadOnly)
        #expect(dialogue.machine.state == .selected("x", readOnly: true))
        #expect(dialogue.submit(.select("y")) == ["send T2 SELECT \"y\"⏎"])
        #expect(dialogue.server("T2 NO gone") == ["2 no gone"])
        #expect(dialogue.machine.state == .authenticated)
    }

    @Test func theOldMailboxSpeaksUntilClosed() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 QRESYNC")
        _ = dialogue.submit(.enable([.qResync]))
        _ = dialogue.server("* ENABLED QRESYNC", "T1 OK")
        _ = dialogue.submit(.examine("x"))
        #expect(dialogue.server("* 1 EXISTS", "T2 OK") == ["data 2 exists 1", "2 ok "])
        _ = dialogue.submit(.examine("y", SelectParameters(resync: .init(uidValidity: 1, modSeq: 2))))
        #expect(
            dialogue.server(
                "* 9 EXISTS", "* OK [CLOSED] x", "* 2 EXISTS", "* VANISHED (EARLIER) 4",
                "* 1 FETCH (UID 5 FLAGS () MODSEQ (9))", "T3 OK")
                == ["event exists(9)", "data 3 exists 2", "data 3 vanished 4", "data 3 fetch 5", "3 ok "])
    }

    // MARK: Literals

    @Test func literalsWaitForTheServer() {
        var dialogue = Dialogue.authenticated()
        #expect(
            dialogue.submit(.append("x", AppendMessage(bytes: ByteBuffer(string: "hello")))) == [
                "send T1 APPEND \"x\" {5}⏎"
            ])
        #expect(dialogue.submit(.noop) == [])
        #expect(dialogue.server("* 3 EXISTS", "+ go") == ["event exists(3)", "send hello⏎"])
        #expect(dialogue.server("T1 OK [APPENDUID 1 2] done") == ["1 ok done", "send T2 NOOP⏎"])
        var refused = Dialogue.authenticated()
        _ = refused.submit(.append("x", AppendMessage(bytes: ByteBuffer(string: "hello"))))
        #expect(refused.server("T1 NO [TRYCREATE] no such") == ["1 no no such"])
        var plus = Dialogue.authenticated("IMAP4rev1 LITERAL+")
        #expect(
            plus.submit(.append("x", AppendMessage(bytes: ByteBuffer(string: "hello")))) == [
                "send T1 APPEND \"x\" {5+}⏎hello⏎"
            ])
    }

    @Test func namesGoInUTF8OnceEnabled() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 UTF8=ACCEPT")
        _ = dialogue.submit(.enable([.utf8Accept]))
        _ = dialogue.server("* ENABLED UTF8=ACCEPT", "T1 OK")
        #expect(dialogue.submit(.examine("é&")) == ["send T2 EXAMINE \"é&\"⏎"])
        #expect(dialogue.server("* LIST () \"/\" \"ü&\"") == ["data 2 list ü&"])
    }

    @Test func whatCannotBeSentFailsAlone() {
        var dialogue = Dialogue.authenticated()
        #expect(dialogue.submit(.uidFetch([], [.uid])) == ["1 failed unencodable"])
        #expect(dialogue.submit(.noop) == ["send T2 NOOP⏎"])
    }

    // MARK: IDLE

    @Test func idlesUntilAnotherCommandComes() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 IDLE")
        #expect(dialogue.submit(.idle) == ["send T1 IDLE⏎"])
        // Before the `+`, as RFC 3501 allows and some clients choke on.
        #expect(dialogue.server("* 4 EXISTS", "+ idling") == ["event exists(4)", "idling 1"])
        #expect(dialogue.server("* 1 EXPUNGE") == ["event expunged(1)"])
        #expect(dialogue.submit(.noop) == ["send DONE⏎"])
        #expect(dialogue.server("* 5 EXISTS", "T1 OK idled") == ["event exists(5)", "1 ok idled", "send T2 NOOP⏎"])
    }

    @Test func doneWaitsForThePlus() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 IDLE")
        _ = dialogue.submit(.idle)
        dialogue.machine.stopIdle(now: dialogue.time)
        #expect(dialogue.actions() == [])
        #expect(dialogue.server("+") == ["idling 1", "send DONE⏎"])
        #expect(dialogue.server("T1 OK") == ["1 ok "])
        var refused = Dialogue.authenticated()
        _ = refused.submit(.idle)
        #expect(refused.server("T1 BAD what?") == ["1 bad what?"])
    }

    @Test func idleIsReissuedInTime() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 IDLE") { $0.idleReissue = .seconds(540) }
        _ = dialogue.submit(.idle)
        dialogue.now = 10
        _ = dialogue.server("+")
        #expect(dialogue.machine.nextDeadline == MonotonicTime(nanoseconds: 550_000_000_000))
        #expect(dialogue.wait(539) == [])
        #expect(dialogue.wait(1) == ["send DONE⏎"])
        #expect(dialogue.server("T1 OK") == ["send T2 IDLE⏎"])
        #expect(dialogue.server("+") == ["idling 1"])
        #expect(dialogue.wait(540) == ["send DONE⏎"])
        // The server is silent: the connection is dead.
        #expect(dialogue.wait(120) == ["1 closed", "close timeout IDLE"])
    }

    // MARK: Time and the end

    @Test func aSilentServerTimesOut() {
        var dialogue = Dialogue.authenticated()
        #expect(dialogue.machine.nextDeadline == nil)
        dialogue.now = 1000
        _ = dialogue.submit(.noop)
        #expect(dialogue.wait(119) == [])
        #expect(dialogue.server("* 1 EXISTS") == ["event exists(1)"])
        #expect(dialogue.wait(60) == [])
        dialogue.machine.noteActivity(now: dialogue.time)
        #expect(dialogue.wait(119) == [])
        #expect(dialogue.wait(1) == ["1 closed", "close timeout NOOP"])
        #expect(dialogue.submit(.noop) == ["2 refused closed"])
    }

    @Test func byeEndsAllCommands() {
        var dialogue = Dialogue.authenticated()
        _ = dialogue.submit(.uidFetch([1], [.size]))
        _ = dialogue.submit(.examine("x"))
        #expect(
            dialogue.server("* BYE [UNAVAILABLE] later") == [
                "event bye later", "1 closed", "2 closed", "close bye later",
            ])
        #expect(dialogue.server("* 3 EXISTS") == [])
    }

    @Test func logoutEndsInPeace() {
        var dialogue = Dialogue.authenticated()
        #expect(dialogue.submit(.logout) == ["send T1 LOGOUT⏎"])
        #expect(dialogue.server("* BYE bye", "T1 OK done") == ["data 1 condition bye", "1 ok done", "close loggedOut"])
        var rude = Dialogue.authenticated()
        _ = rude.submit(.logout)
        _ = rude.server("* BYE bye")
        rude.machine.receiveEnd()
        #expect(rude.actions() == ["1 ok ", "close peerClosed"])
        var cut = Dialogue.authenticated()
        _ = cut.submit(.noop)
        cut.machine.receiveEnd()
        #expect(cut.actions() == ["1 closed", "close peerClosed"])
    }

    @Test func alertsAreShown() {
        var dialogue = Dialogue.authenticated()
        _ = dialogue.submit(.noop)
        #expect(
            dialogue.server("* OK [ALERT] disk full", "T1 OK [ALERT] really") == [
                "event alert(\"disk full\")", "event alert(\"really\")", "1 ok really",
            ])
    }

    @Test func badLinesAreTolerated() {
        var dialogue = Dialogue.authenticated()
        _ = dialogue.submit(.noop)
        #expect(dialogue.server("garbage here", "* 3 FETCH (UID", "T1 OK fine").last == "1 ok fine")
    }

    @Test func compressionStartsAfterItsOK() {
        var dialogue = Dialogue.authenticated("IMAP4rev1 COMPRESS=DEFLATE")
        #expect(dialogue.submit(.compressDeflate) == ["send T1 COMPRESS DEFLATE⏎"])
        #expect(dialogue.submit(.noop) == [])
        #expect(dialogue.server("T1 OK go") == ["start compression", "1 ok go", "send T2 NOOP⏎"])
    }

    @Test func anUnsentCommandCanBeTakenBack() {
        var dialogue = Dialogue.authenticated()
        let first = dialogue.machine.submit(.examine("x"), now: dialogue.time)
        let second = dialogue.machine.submit(.noop, now: dialogue.time)
        let tookFirst = dialogue.machine.cancelUnsent(first)
        let tookSecond = dialogue.machine.cancelUnsent(second)
        #expect(!tookFirst && tookSecond)
        #expect(dialogue.machine.isQuiet == false)
        #expect(dialogue.server("T1 OK").last == "1 ok ")
        #expect(dialogue.machine.isQuiet)
    }
}
