/// Cuts the endings of a language's words, so that `invoices` finds *invoice*.
///
/// Light stemmers: they take off what marks number, case, gender and the commonest verb forms, after the letters are
/// folded, and leave derivation alone. They err on the side of leaving a word whole. A stem is a key, not a word.
public struct Stemmer: Hashable, Sendable {
    /// The language's English name, as the configuration gives it.
    public let language: String
    private let passes: [[Rule]]

    /// Words of fewer letters, or more bytes, have no stem.
    static let shortestWord = 4
    static let longestWord = 48

    private struct Rule: Hashable {
        var suffix: [UInt8]
        var replacement: [UInt8]
        /// Bytes that must stand before the suffix.
        var least: Int
    }

    /// The languages that have a stemmer.
    public static var languages: [String] { tables.map(\.name) }

    /// By name or ISO 639-1 code, in any case; nil for a language that has none.
    public init?(language: String) {
        let asked = language.lowercased()
        guard let table = Self.tables.first(where: { $0.name == asked || $0.code == asked }) else { return nil }
        self.language = table.name
        passes = table.passes.map { pass in
            pass.rules.split(separator: " ").map { rule in
                let sides = rule.split(separator: ">", omittingEmptySubsequences: false)
                return Rule(
                    suffix: Array(sides[0].utf8), replacement: sides.count > 1 ? Array(sides[1].utf8) : [],
                    least: pass.least)
            }.sorted { $0.suffix.count > $1.suffix.count }
        }
    }

    /// Cuts the folded word in `bytes`, whose first `count` bytes it is; the stem's length. Never makes it longer.
    func stem(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        var count = count
        for pass in passes {
            for rule in pass where count >= rule.least + rule.suffix.count {
                let start = count - rule.suffix.count
                guard (0..<rule.suffix.count).allSatisfy({ bytes[start + $0] == rule.suffix[$0] }) else { continue }
                for (offset, byte) in rule.replacement.enumerated() { bytes[start + offset] = byte }
                count = start + rule.replacement.count
                break
            }
        }
        // running: runn: run. Falls and falling meet in `fal`.
        if count > 3, bytes[count - 1] == bytes[count - 2], bytes[count - 1] < 0x80, !Self.isVowel(bytes[count - 1]) {
            count -= 1
        }
        return count
    }

    /// The forms beside the word itself under which these languages' stems find a folded word in the index.
    static func forms(of word: String, _ stemmers: [Stemmer]) -> [String] {
        var forms: [String] = []
        for stemmer in stemmers {
            // A word too short to be cut can be what is left of another: run, of running.
            guard let stem = stemmer.stem(of: word) ?? (word.utf8.count < shortestWord ? word : nil) else { continue }
            // A word that is its own stem stands in the index as a word.
            for form in [String(Stemming.marker) + stem, stem] where form != word && !forms.contains(form) {
                forms.append(form)
            }
        }
        return forms
    }

    /// The stem of a folded word, or nil if it can have none.
    func stem(of word: String) -> String? {
        var bytes = Array(word.utf8)
        guard Self.isStemmable(bytes) else { return nil }
        let count = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { stem($0, buffer.count) } ?? 0
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Letters alone, neither short nor long.
    static func isStemmable(_ bytes: some Collection<UInt8>) -> Bool {
        guard bytes.count >= shortestWord, bytes.count <= longestWord else { return false }
        return bytes.allSatisfy { $0 >= 0x80 || ($0 >= 0x61 && $0 <= 0x7A) }
    }

    private static func isVowel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"): true
        default: false
        }
    }

    // MARK: Tables

    private struct Pass {
        /// `suffix` or `suffix>replacement`, parted by spaces; the longest that fits is taken.
        var rules: String
        /// Bytes that must stand before any of them.
        var least: Int
        init(_ rules: String, _ least: Int) {
            self.rules = rules
            self.least = least
        }
    }

    private struct Table {
        var name: String
        var code: String
        var passes: [Pass]
    }

    private static let tables: [Table] = [
        Table(
            name: "english", code: "en",
            passes: [
                Pass("sses>ss ches>ch shes>sh xes>x zes>z ies>y ss>ss us>us is>is s", 2), Pass("ing ed ly", 3),
                Pass("e y>i", 3),
            ]),
        Table(name: "german", code: "de", passes: [Pass("ern em en er es e n", 3), Pass("est st", 4)]),
        Table(
            name: "french", code: "fr",
            passes: [Pass("eaux>eau aux>al s x", 3), Pass("er ez ee e ant ent", 3)]),
        Table(name: "spanish", code: "es", passes: [Pass("ces>z", 2), Pass("es os as s", 3), Pass("a o e", 3)]),
        Table(name: "italian", code: "it", passes: [Pass("che>c chi>c ghe>g ghi>g ie io ia a e i o", 3)]),
        Table(
            name: "portuguese", code: "pt",
            passes: [Pass("oes>ao aes>ao ais>al eis>el ois>ol les>l res>r ns>m s", 3), Pass("a e o", 3)]),
        Table(name: "dutch", code: "nl", passes: [Pass("heden>heid en e s", 3)]),
        Table(
            name: "swedish", code: "sv",
            passes: [Pass("arnas ernas ornas arna erna orna aren ar er or en et ens ets as es a e s", 3)]),
        Table(
            name: "danish", code: "da",
            passes: [Pass("ernes erne eren ene er en et ens ets es e s", 3)]),
        Table(
            name: "norwegian", code: "no",
            passes: [Pass("ene ane er en et ens ets es a e s", 3)]),
        Table(
            name: "russian", code: "ru",
            passes: [
                Pass(
                    """
                    иями ями ами иеи ием иях ого его ому ему ыми ими ая яя ое ее ые ие ыи ии ов ев ом ем ам ям ах ях ою ею \
                    ои еи ия ии ию а е и о у ы ь ю я
                    """, 6)
            ]),
    ]
}
