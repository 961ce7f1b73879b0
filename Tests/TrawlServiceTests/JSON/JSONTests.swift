import TestSupport
import Testing

@testable import TrawlService
@testable import Presentation

@Suite struct JSONTests {
    private func written(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("plain", "\"plain\""),
        ("", "\"\""),
        ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ("\u{8}\t\n\u{C}\r", "\"\\b\\t\\n\\f\\r\""),
        ("\u{1B}[31m\u{0}", "\"\\u001b[31m\\u0000\""),
        ("\u{7F}\u{9B}31m\u{A0}", "\"\\u007f\\u009b31m\u{A0}\""),
        ("abc\u{202E}def\u{2066}\u{2069}\u{200F}\u{61C}", "\"abc\\u202edef\\u2066\\u2069\\u200f\\u061c\""),
        ("\u{2028}\u{2029}\u{202A}", "\"\\u2028\\u2029\\u202a\""),
        ("Zoë 邮件 ‘x’ … 🙂 ؠ", "\"Zoë 邮件 ‘x’ … 🙂 ؠ\""),
        ("/", "\"/\""),
    ])
    func stringsAreEscapedExactly(text: String, json: String) throws {
        #expect(written(text) == json)
        #expect(try JSONReader.read(Array(json.utf8)) == .string(text))
    }

    /// Most characters are passed over many at a time; each must be seen wherever it stands.
    @Test func whatIsEscapedIsEscapedAnywhere() throws {
        var random = SeededRandom.announced("whatIsEscapedIsEscapedAnywhere")
        let characters: [Unicode.Scalar] = [
            "a", "Z", " ", "!", "~", "#", "[", "]", "é", "邮", "🙂", "ؠ", "\u{A0}", "\"", "\\", "\n", "\u{0}", "\u{1F}",
            "\u{7F}", "\u{80}", "\u{9F}", "\u{61C}", "\u{200D}", "\u{200E}", "\u{2027}", "\u{2028}", "\u{202E}",
            "\u{202F}", "\u{2065}", "\u{2066}", "\u{2069}", "\u{206A}", "\u{FFFD}", "\u{10FFFF}",
        ]
        var all: [String] = []
        for _ in 0..<5_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                let isPlain = random.chance(percent: 80)
                text.append(isPlain ? "x" : characters.randomElement(using: &random) ?? "x")
            }
            // One character alone is escaped as it is among others.
            let expected = text.flatMap { written(String($0)).unicodeScalars.dropFirst().dropLast() }
            #expect(written(String(text)).unicodeScalars.dropFirst().dropLast().elementsEqual(expected))
            all.append(String(text))
        }
        // One behind the other, while the writer needs more room again and again.
        var writer = JSONWriter(reserving: 1)
        writer.strings(all)
        #expect(writer.bytes == Array("[\(all.map(written).joined(separator: ","))]".utf8))
    }

    @Test func aValueIsHandedOverWithoutWhatStandsAroundIt() {
        var writer = JSONWriter(reserving: 1)
        writer.beginArray()
        let first = writer.value { $0.integer(7) }
        let second = writer.value { json in
            json.beginObject()
            json.key("a")
            json.null()
            json.endObject()
        }
        writer.bool(false)
        writer.endArray()
        #expect(String(decoding: first, as: UTF8.self) == "7")
        #expect(String(decoding: second, as: UTF8.self) == #"{"a":null}"#)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[7,{"a":null},false]"#)
    }

    @Test func numbersHaveAllTheirDigits() {
        var numbers: [Int64] = [0, .min, .max, .min + 1]
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            numbers += [power - 1, power, power + 1, -power, 1 - power]
        }
        var writer = JSONWriter(reserving: 1)
        writer.beginArray()
        for number in numbers { writer.integer(number) }
        writer.endArray()
        let expected = "[\(numbers.map(\.description).joined(separator: ","))]"
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func structureAndNumbersAreWrittenAsTheyAreRead() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(Int64.min)
        writer.integer(0)
        writer.double(-1.5)
        writer.double(.nan)
        writer.bool(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.key("b\n")
        writer.strings(["x", "y"])
        writer.endObject()
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text == #"{"a":[-9223372036854775808,0,-1.5,null,true,null,{}],"b\n":["x","y"]}"#)
        let value = try JSONReader.read(writer.bytes)
        var again = JSONWriter()
        value.write(to: &again)
        #expect(again.bytes == writer.bytes)
    }

    @Test(
        arguments: [
            (0, nil, "1970-01-01T00:00:00Z"),
            (1_709_642_096, nil, "2024-03-05T12:34:56Z"),
            (1_709_642_096, 60, "2024-03-05T13:34:56+01:00"),
            (1_709_642_096, -210, "2024-03-05T09:04:56-03:30"),
            (1_709_164_800, nil, "2024-02-29T00:00:00Z"),
            (951_827_696, nil, "2000-02-29T12:34:56Z"),
            (-1, nil, "1969-12-31T23:59:59Z"),
            (-62_167_219_200, nil, "0000-01-01T00:00:00Z"),
            (Int64.min, nil, "0000-01-01T00:00:00Z"),
            (Int64.max, 60, "9999-12-31T23:59:59+01:00"),
            (0, 100_000, "1970-01-01T00:00:00Z"),
        ] as [(Int64, Int?, String)])
    func datesFollowRFC3339(seconds: Int64, offset: Int?, expected: String) {
        #expect(RFC3339.string(seconds, offsetMinutes: offset) == expected)
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("{a:1}", 1), ("01", 1), ("1.", 2), ("-", 1), ("1e", 2),
        ("\"\u{1}\"", 1), ("\"\\x\"", 3), ("\"\\ud800\"", 7), ("\"\\udc00\"", 7), ("\"\\ud800\\u0041\"", 13),
        ("\"abc", 4), ("nul", 0), ("true false", 5), ("NaN", 0), ("1e999", 0), ("'a'", 0), ("[1 2]", 3),
        ("{\"a\" 1}", 5),
    ])
    func faultsAreRefusedWithTheirPlace(text: String, offset: Int) {
        do {
            let value = try JSONReader.read(Array(text.utf8))
            Issue.record("read as \(value)")
        } catch {
            #expect(error.offset == offset, "\(error)")
        }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]] {
            #expect(throws: JSONError.self) { try JSONReader.read(bytes) }
        }
    }

    @Test func depthEndsAtItsLimit() throws {
        let deepest = JSONReader.deepest
        let allowed = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
        _ = try JSONReader.read(Array(allowed.utf8))
        let tooDeep = "[" + allowed + "]"
        #expect(throws: JSONError.self) { try JSONReader.read(Array(tooDeep.utf8)) }
        let bomb = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(throws: JSONError.self) { try JSONReader.read(bomb) }
    }

    @Test func numbersKeepTheirKind() throws {
        #expect(try JSONReader.read(Array(" 12 ".utf8)) == .integer(12))
        #expect(try JSONReader.read(Array("-0".utf8)) == .integer(0))
        #expect(try JSONReader.read(Array("1.0".utf8)).integerValue == 1)
        #expect(try JSONReader.read(Array("1e2".utf8)).integerValue == 100)
        #expect(try JSONReader.read(Array("99999999999999999999".utf8)) == .double(1e20))
        #expect(try JSONReader.read(Array("\"\\ud83d\\ude42\"".utf8)) == .string("🙂"))
    }
}
