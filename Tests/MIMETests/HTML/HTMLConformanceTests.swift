import Foundation
import MIME
import Testing

/// Other programs' HTML and what they make of it, compared by words.
struct HTMLConformanceTests {
    /// Where Trawl differs from html2text, and why.
    private static let html2textReasons: [String: String] = [
        "GoogleDocMassDownload":
            "lists numbered by <ol>, whose style sheet asks for bullets; style sheets are not read",
        "GoogleDocSaved":
            "lists numbered by <ol>, whose style sheet asks for bullets; style sheets are not read",
        "bold_inside_link":
            "a link's address, /nothing/, is no text",
        "default_image_alt":
            "html2text's option invents alt text where there is none",
        "doc_with_table":
            "html2text shows text of display:none and, with its option for images, no alt text",
        "doc_with_table_bypass":
            "html2text shows text of display:none, and its option keeps table tags as text",
        "emphasis_preserved_whitespace":
            "inline tags cut no words: <em>em1</em><em>em2</em> is one word here, two in Markdown",
        "html_entities_out_of_text":
            "html2text writes á as a by its option; the letters stay here",
        "images_as_html":
            "html2text's option keeps <img> tags as text",
        "lrm_inside_i":
            "a mark of direction cuts no word",
        "no_inline_links_nested":
            "inline tags cut no words; Markdown's brackets do",
        "no_p_in_table":
            "html2text shows text of display:none and, with its option for images, no alt text",
        "pad_table":
            "html2text shows text of display:none and, with its option for images, no alt text",
        "rlm_inside_strong":
            "a mark of direction cuts no word",
        "sub_tag":
            "<sub> cuts no word, and its tag is no text",
        "table_ignore":
            "html2text shows text of display:none and, with its option for images, no alt text",
        "wrap_tables":
            "html2text shows text of display:none and, with its option for images, no alt text",
    ]

    /// Markdown's own words: addresses, titles of links, references.
    private func withoutMarkdown(_ text: String) -> String {
        var text = text
        for pattern in [
            "(?m)^ *\\[[0-9]+\\]: .*$", "\\[[0-9]+\\]", "\\(<?[a-z]*:?//[^)]*\\)", "\\(<[^)]*\\)",
            "\\([^() ]*\\.[a-z]+\\)",
        ] {
            text = text.replacingOccurrences(of: pattern, with: " ", options: .regularExpression)
        }
        return text.replacingOccurrences(of: "(?<=\\w)(\\*\\*|~~|`)+(?=\\w)", with: "", options: .regularExpression)
    }

    @Test func html2text() throws {
        guard let folder = TextCorpus.folder("html2text") else { return }
        var stale = Set(Self.html2textReasons.keys)
        var agreed = 0
        var differing: [String] = []
        for page in TextCorpus.files(folder, ".html") {
            let name = page.deletingPathExtension().lastPathComponent
            let own = TextCorpus.words(HTMLText.extract(TextCorpus.bytes(page), limit: 4 << 20).text)
            let markdown = TextCorpus.text(page.deletingPathExtension().appendingPathExtension("md"))
            let theirs = TextCorpus.words(withoutMarkdown(markdown))
            let missing = TextCorpus.difference(theirs, own)
            let added = TextCorpus.difference(own, theirs)
            if missing.isEmpty, added.isEmpty {
                agreed += 1
            } else if let reason = Self.html2textReasons[name] {
                stale.remove(name)
                differing.append("  \(name): \(reason)")
            } else {
                Issue.record("\(name): missing \(missing.prefix(12)), added \(added.prefix(12))")
            }
        }
        print("html2text: \(agreed) agreed, \(differing.count) differ with a reason")
        for line in differing { print(line) }
        #expect(stale.isEmpty, "reasons that no case needs")
        #expect(agreed > 0)
    }

    @Test func htmlToText() throws {
        guard let folder = TextCorpus.folder("html-to-text") else { return }
        let own = TextCorpus.words(
            HTMLText.extract(TextCorpus.bytes(folder.appendingPathComponent("test.html")), limit: 4 << 20).text)
        // It writes a link's address in brackets behind it.
        let whole = TextCorpus.text(folder.appendingPathComponent("test.txt"))
            .replacingOccurrences(of: "\\[[^\\]]*\\]", with: " ", options: .regularExpression)
        let missing = TextCorpus.difference(TextCorpus.words(whole), own)
        let added = TextCorpus.difference(own, TextCorpus.words(whole))
        print("html-to-text: missing \(missing), added \(added)")
        #expect(missing.isEmpty && added.isEmpty)
    }

    /// MimeKit's tokens: their data, without that of styles and scripts, is the text, letter by letter.
    @Test func mimeKitTokens() throws {
        guard let folder = TextCorpus.folder("mimekit/html") else { return }
        var agreed = 0
        var differing: [String] = []
        for list in TextCorpus.files(folder, ".tokens") {
            let name = list.deletingPathExtension().lastPathComponent
            var page = list.deletingPathExtension().appendingPathExtension("html")
            if !FileManager.default.fileExists(atPath: page.path) {
                page = list.deletingPathExtension().appendingPathExtension("utf-8.html")
            }
            var theirs = ""
            var isUnseen = false
            for line in TextCorpus.text(list).split(separator: "\n") {
                if line.hasPrefix("Tag: ") {
                    let tag = line.dropFirst(5).lowercased()
                    for name in ["style", "script", "title"] {
                        if tag.hasPrefix("<\(name)") { isUnseen = true }
                        if tag.hasPrefix("</\(name)") { isUnseen = false }
                    }
                    // Trawl reads alternative texts, too.
                    if tag.hasPrefix("<img"), let range = line.range(of: " alt=\"[^\"]*\"", options: .regularExpression)
                    {
                        theirs += " \(line[range].dropFirst(6)) "
                    }
                } else if line.hasPrefix("Data: "), !isUnseen {
                    theirs += line.dropFirst(6).replacingOccurrences(of: "\\n", with: "\n")
                        .replacingOccurrences(of: "\\t", with: "\t").replacingOccurrences(of: "\\r", with: "\r")
                }
            }
            let own = TextCorpus.words(HTMLText.extract(TextCorpus.bytes(page), limit: 4 << 20).text).joined()
            let expected = TextCorpus.words(theirs).joined()
            if own == expected {
                agreed += 1
            } else if name == "Gimhae_Kim_clan" {
                // Wikipedia hides the article's short description by display:none.
                #expect(own.count < expected.count && !own.contains("koreanclanfromsouthgyeongsangprovince"))
                differing.append("  \(name): text of display:none is not shown")
            } else {
                let same = zip(own, expected).prefix { $0 == $1 }.count
                Issue.record(
                    "\(name): own …\(own.dropFirst(max(0, same - 20)).prefix(80)), theirs …\(expected.dropFirst(max(0, same - 20)).prefix(80))"
                )
            }
        }
        print("MimeKit's HTML tokens: \(agreed) agreed, \(differing.count) differ with a reason")
        for line in differing { print(line) }
        #expect(agreed > 0)
    }
}
