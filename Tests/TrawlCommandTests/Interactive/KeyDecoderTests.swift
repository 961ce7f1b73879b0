import Testing

@testable import TrawlCommands

@Suite struct KeyDecoderTests {
    private func keys(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return decoder.feed(Array(text.utf8)) + decoder.timeOut()
    }

    @Test(arguments: [
        ("a", [Key.scalar("a")]), ("é", [.scalar("é")]), ("日", [.scalar("日")]), ("🦑", [.scalar("🦑")]),
        ("\r", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]), ("\u{8}", [.backspace]), ("\u{1B}", [.escape]),
        ("\u{1}", [.control("a")]), ("\u{17}", [.control("w")]), ("\u{0}", []), ("\u{1F}", []),
        ("\u{1B}[A", [.up]), ("\u{1B}OA", [.up]), ("\u{1B}[B", [.down]), ("\u{1B}[C", [.right]), ("\u{1B}[D", [.left]),
        ("\u{1B}[1;5C", [.wordRight]), ("\u{1B}[1;3D", [.wordLeft]), ("\u{1B}[1;3A", [.previousQuery]),
        ("\u{1B}[H", [.home]), ("\u{1B}OF", [.end]), ("\u{1B}[1~", [.home]), ("\u{1B}[4~", [.end]),
        ("\u{1B}[3~", [.delete]), ("\u{1B}[5~", [.pageUp]), ("\u{1B}[6~", [.pageDown]), ("\u{1B}[Z", [.backTab]),
        ("\u{1B}OP", [.function(1)]), ("\u{1B}[11~", [.function(1)]), ("\u{1B}[[A", [.function(1)]),
        ("\u{1B}[24~", [.function(12)]), ("\u{1B}m", [.alt("m")]), ("\u{1B}ü", [.alt("ü")]),
        ("\u{1B}\u{7F}", [.deleteWord]), ("\u{1B}b", [.wordLeft]), ("\u{1B}\u{1B}", [.escape, .escape]),
        ("\u{1B}[", [.alt("[")]), ("\u{1B}[97;5u", [.control("a")]), ("\u{1B}[13u", [.enter]),
        ("\u{1B}[200~two\nlines\u{1B}[201~x", [.paste("two\nlines"), .scalar("x")]),
        ("\u{1B}[200~\u{1B}[A\u{1B}[201~", [.paste("\u{1B}[A")]),
    ])
    func whatTerminalsSend(_ bytes: String, _ expected: [Key]) {
        #expect(keys(bytes) == expected)
        // Split anywhere, the same.
        for place in 0...bytes.utf8.count {
            var decoder = KeyDecoder()
            var found = decoder.feed(bytes.utf8.prefix(place))
            found += decoder.feed(bytes.utf8.dropFirst(place))
            found += decoder.timeOut()
            #expect(found == expected, "split at \(place)")
        }
    }

    @Test func unknownSequencesAreSwallowedWhole() {
        #expect(keys("\u{1B}[99;99;99yx") == [.scalar("x")])
        #expect(keys("\u{1B}[?1;2cx") == [.scalar("x")])
        #expect(keys("\u{1B}[Ix\u{1B}[O") == [.scalar("x")])
        #expect(keys("\u{1B}[12\u{1B}[A") == [.up])
        #expect(keys("\u{1B}[999999999999999999999999~x") == [.scalar("x")])
    }

    @Test func aSequenceThatNeverEndsIsGivenUp() {
        let long = "\u{1B}[" + String(repeating: "1;", count: KeyDecoder.longestSequence)
        var decoder = KeyDecoder()
        #expect(decoder.feed(long.utf8).count < KeyDecoder.longestSequence * 2)
        let after = decoder.timeOut() + decoder.feed("\u{1B}[A".utf8)
        #expect(after.last == .up)
        #expect(!decoder.isWaiting)
    }

    @Test func aLoneEscapeWaitsForItsTime() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1B]).isEmpty)
        #expect(decoder.isWaiting)
        #expect(decoder.timeOut() == [.escape])
        #expect(!decoder.isWaiting)
    }

    @Test func whatIsNoUTF8IsReplaced() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0xFF, 0x61]) == [.scalar("\u{FFFD}"), .scalar("a")])
        #expect(decoder.feed([0xE6, 0x97]) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.feed([0x61]) == [.scalar("\u{FFFD}"), .scalar("a")])
        // A surrogate, an overlong form, a C1 control.
        #expect(decoder.feed([0xED, 0xA0, 0x80]) == [.scalar("\u{FFFD}")])
        #expect(decoder.feed([0xC0, 0x80]) == [.scalar("\u{FFFD}"), .scalar("\u{FFFD}")])
        #expect(decoder.feed([0xC2, 0x9B]).isEmpty)
    }

    @Test func aPasteIsKeptUpToItsLimit() {
        var decoder = KeyDecoder()
        let text = String(repeating: "x", count: KeyDecoder.longestPaste + 10)
        let found = decoder.feed(Array("\u{1B}[200~\(text)\u{1B}[201~y".utf8))
        #expect(found == [.paste(String(repeating: "x", count: KeyDecoder.longestPaste)), .scalar("y")])
    }
}
