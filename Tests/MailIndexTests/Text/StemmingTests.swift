import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

private let context = QueryContext(now: 1_715_767_200)

@Suite("Stemming")
struct StemmingTests {
    @Test(
        "forms of a word meet in one stem",
        arguments: [
            ("english", ["invoice", "invoices", "invoiced", "invoicing"]), ("en", ["party", "parties"]),
            ("english", ["running", "runs", "run"]), ("english", ["falls", "falling"]), ("english", ["boxes", "box"]),
            ("english", ["classes", "class"]), ("english", ["quick", "quickly"]),
            ("german", ["rechnung", "rechnungen"]), ("german", ["haus", "hauser", "hauses"]),
            ("de", ["kind", "kinder", "kindern"]),
            ("french", ["journal", "journaux"]), ("french", ["facture", "factures"]),
            ("french", ["manger", "mange", "mangee", "mangent"]),
            ("spanish", ["factura", "facturas"]), ("spanish", ["luz", "luces"]), ("spanish", ["cancion", "canciones"]),
            ("italian", ["fattura", "fatture"]), ("italian", ["banca", "banche"]),
            ("portuguese", ["cancao", "cancoes"]), ("portuguese", ["fatura", "faturas"]),
            ("dutch", ["factuur", "factuurs"]), ("swedish", ["faktura", "fakturor", "fakturorna"]),
            ("danish", ["bog", "boger"]),
            ("norwegian", ["bok", "boken"]),
            ("russian", ["договор", "договора", "договоры", "договоров", "договорами"]),
        ])
    func stems(language: String, words: [String]) throws {
        let stemmer = try #require(Stemmer(language: language))
        let stems = Set(words.map { stemmer.stem(of: $0) ?? $0 })
        #expect(stems.count == 1, "\(stems.sorted())")
    }

    @Test("short words, numbers and unknown languages are left alone")
    func leftAlone() throws {
        let english = try #require(Stemmer(language: "English"))
        for word in ["is", "gas", "bus", "r2d2s", "2024", "会議"] { #expect((english.stem(of: word) ?? word) == word) }
        #expect(english.stem(of: "class") == "clas" || english.stem(of: "class") == "class")
        #expect(Stemmer(language: "klingon") == nil)
        #expect(Stemmer.languages.contains("german"))
    }

    @Test("any letters are stemmed within their bounds, and never grow")
    func anyLetters() throws {
        var random = SeededRandom(seed: 5)
        let stemmers = Stemmer.languages.compactMap { Stemmer(language: $0) }
        for _ in 0..<3_000 {
            let letters = Array("aeioustnrmxдиямиу".unicodeScalars)
            var word = ""
            for _ in 0..<Int(random.next() % 14) {
                word.unicodeScalars.append(letters[Int(random.next() % UInt64(letters.count))])
            }
            for stemmer in stemmers {
                guard let stem = stemmer.stem(of: word) else { continue }
                #expect(
                    !stem.isEmpty && stem.utf8.count <= word.utf8.count && !stem.unicodeScalars.contains("\u{FFFD}"),
                    "\(word) \(stemmer.language)")
            }
        }
    }

    @Test("a stem's hit is marked")
    func marks() throws {
        func marked(_ query: String) throws -> String? {
            let terms = TermMatcher(try QueryParser.parse(query, context: context), languages: ["english"])
            return Snippet.fragment(of: "Two invoices; running late", column: .body, terms: terms)?
                .marked(open: "[", close: "]")
        }
        #expect(try marked("invoicing run") == "Two [invoices]; [running] late")
        #expect(try marked("\"invoice\"") == nil)
    }

    @Test("stems stand beside words; quotes, prefixes and phrases keep to the words")
    func inTheIndex() throws {
        let index = try SampleIndex([
            SampleMessage(name: "one", date: 1, subject: "The invoice", body: "running late"),
            SampleMessage(name: "two", date: 2_000, subject: "Two invoices", body: "he runs"),
            SampleMessage(name: "three", date: 4_000, subject: "Rechnungen", body: "Run, run\u{E000}away"),
        ])
        #expect(try index.hits("invoices", context) == "two")
        #expect(try index.write { try Stemming.change(to: ["english", "de", "nonsense"], in: $0) })
        #expect(try index.read { try Stemming.languages(in: $0) } == ["english", "german"])
        #expect(try index.hits("invoices", context) == "two one")
        #expect(try index.hits("invoice", context) == "two one")
        #expect(try index.hits("subject:invoicing", context) == "two one")
        #expect(try index.hits("body:invoices", context) == "")
        #expect(try index.hits("\"invoices\"", context) == "two")
        #expect(try index.hits("invoices*", context) == "two")
        #expect(try index.hits("\"the invoices\"", context) == "")
        #expect(try index.hits("rechnung", context) == "three")
        #expect(try index.hits("runs", context) == "three two one")
        #expect(try index.hits("-runs", context) == "")
        #expect(try index.hits("invoices -runs", context) == "")
        #expect(try index.hits("away", context) == "three")
        // What is not a new choice costs nothing; none takes the stems away again, and the index is sound.
        #expect(try !index.write { try Stemming.change(to: ["en", "german"], in: $0) })
        try index.write {
            try $0.execute("INSERT INTO message_text (message_text) VALUES ('integrity-check')")
        }
        #expect(try index.write { try Stemming.change(to: [], in: $0) })
        #expect(try index.hits("invoices", context) == "two")
        try index.write {
            try $0.execute("INSERT INTO message_text (message_text) VALUES ('integrity-check')")
        }
    }

    @Test("who writes goes by the languages that another process has set meanwhile")
    func setByAnother() async throws {
        let index = try IndexFixture()
        try await index.add(.sample("first", body: "one invoice"), index.place(1))
        let other = try IndexStore.open(index.folder.path("data"), access: .readWrite)
        #expect(try other.setLanguages(["english"]))
        #expect(try !other.setLanguages(["en"]))
        try await index.add(.sample("second", body: "no invoice"), index.place(2))
        #expect(try index.subjects("invoices").count == 2)
        #expect(try other.setLanguages([]))
        try await index.add(.sample("third", body: "an invoice"), index.place(3))
        #expect(try index.subjects("invoices").isEmpty)
        #expect(try index.problems() == [])
        try other.close()
    }
}
