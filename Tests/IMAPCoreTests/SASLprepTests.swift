import IMAPCore
import Testing

@Suite struct SASLprepTests {
    /// RFC 4013, 3, and what its rules say of others.
    @Test(arguments: [
        ("I\u{AD}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{AA}", "a"), ("\u{2168}", "IX"),
        ("e\u{301}", "é"), ("é", "é"), ("\u{212B}", "Å"), ("a\u{A0}b\u{3000}c", "a b c"), ("ﬁ", "fi"), ("１２", "12"),
        ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{1112}\u{1161}\u{11AB}", "한"), ("한", "한"),
        ("\u{5D0}1\u{5D1}", "\u{5D0}1\u{5D1}"), ("", ""), ("\u{200B}", ""), ("\u{1F511}", "\u{1F511}"),
    ])
    func preparesNamesAndPasswords(text: String, expected: String) throws {
        let prepared = try SASLprep.prepare(text)
        #expect(prepared.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test(arguments: ["\u{7}", "a\u{7F}b", "\u{627}1", "\u{5D0}a\u{5D1}", "\u{E000}", "\u{202E}x", "\u{FFFD}"])
    func refusesWhatNoPreparedTextHolds(text: String) {
        let error = #expect(throws: IMAPCoreError.self) { try SASLprep.prepare(text) }
        #expect(error?.code == .unusableCredentials)
        #expect(error?.message.contains(text) == false)
    }

    /// Every code point of Unicode 3.2 up to U+2FFFF, alone and among marks: FNV-1a over what Python's stringprep and
    /// unicodedata.ucd_3_2_0 make of them, `!` for what they refuse.
    ///
    /// Later code points are left out: Python orders their marks by its own Unicode. So are the five ideographs whose
    /// decompositions Unicode has corrected since (corrigendum 4).
    @Test func agreesWithPythonsStringprep() {
        let corrected: Set<UInt32> = [0x2F868, 0x2F874, 0x2F91F, 0x2F95F, 0x2F9BF]
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var count = 0
        for value in UInt32(0x20)..<0x30000 where !corrected.contains(value) {
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, (age.major, age.minor) <= (3, 2)
            else { continue }
            count += 1
            for text in ["\(scalar)", "\(scalar)\u{301}", "a\(scalar)\u{327}\u{301}"] {
                let prepared = (try? SASLprep.prepare(text)) ?? "!"
                for byte in prepared.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            }
        }
        #expect(count == 101_525)
        #expect(hash == 0x6B9A_0901_56DA_1C4D)
    }

    private func proof(_ user: String, _ password: String) throws -> [UInt8] {
        var scram = SCRAMMechanism(
            hash: .sha256, user: user, password: Secret(password), binding: .unsupported, crypto: PureDigests(),
            nonce: "abc")
        _ = try scram.initialResponse()
        return try scram.respond(to: Array("r=abcdef,s=W22Z,i=4096".utf8))
    }

    /// Typed on a Mac or elsewhere, the same password gives the same proof.
    @Test func scramProvesTheSamePasswordInEachForm() throws {
        let composed = try proof("jos\u{E9}", "\u{FB01}sch")
        let decomposed = try proof("jose\u{301}", "fisch")
        #expect(composed == decomposed)
        #expect(try proof("a", "e") != proof("a", "\u{E9}"))
    }

    @Test func whatSASLprepForbidsIsProvenAsItIs() throws {
        #expect(try proof("a", "bell\u{7}") != proof("a", "bell"))
        var plain = PlainMechanism(user: "a", password: Secret("bell\u{7} e\u{301}"))
        #expect(try plain.initialResponse() == [0, 0x61, 0] + Array("bell\u{7} e\u{301}".utf8))
    }
}
