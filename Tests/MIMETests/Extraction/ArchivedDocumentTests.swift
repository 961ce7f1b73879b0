import MIME
import Testing

/// Documents that are archives of XML: Office, OpenDocument, EPUB.
struct ArchivedDocumentTests {
    private func extract(_ entries: [(String, String)], name: String) throws -> AttachmentExtraction {
        var writer = ZipWriter()
        for (name, text) in entries { writer.add(name, text) }
        return try #require(
            AttachmentText.extract(writer.finished(), mediaType: "application/octet-stream", name: name))
    }

    @Test func wordProcessing() throws {
        let found = try extract(
            [
                (
                    "word/document.xml",
                    """
                    <?xml version="1.0"?><!-- c --><w:document><w:body>
                    <w:p><w:r><w:t>Invo</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">ice &amp; </w:t></w:r>
                    <w:r><w:t>more</w:t></w:r></w:p>
                    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>A1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>B1</w:t></w:r></w:p>
                    </w:tc></w:tr></w:tbl>
                    <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>vanished</w:t></w:r><w:del><w:r><w:delText>deleted</w:delText>
                    </w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
                    <mc:AlternateContent><mc:Choice><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Choice>
                    <mc:Fallback><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>
                    </w:body></w:document>
                    """
                ),
                ("word/footnotes.xml", "<w:p><w:r><w:t>note</w:t></w:r></w:p>"),
                ("docProps/core.xml", "<cp:coreProperties><dc:title>The title</dc:title></cp:coreProperties>"),
            ], name: "letter.docx")
        #expect(found.text == "Invoice & more\nA1\tB1\nbox\nnote")
        #expect(found.title == "The title")
        #expect(!found.isDamaged && !found.isTruncated && !found.passedExpansionLimit)
    }

    @Test func spreadsheet() throws {
        let found = try extract(
            [
                ("xl/workbook.xml", "<workbook><sheets><sheet name='Budget'/></sheets></workbook>"),
                (
                    "xl/sharedStrings.xml",
                    "<sst><si><t>Name</t></si><si/><si><r><t>Ri</t></r><r><t>ch</t></r><rPh><t>kana</t></rPh></si></sst>"
                ),
                (
                    "xl/worksheets/sheet1.xml",
                    """
                    <worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>2</v></c><c t="s"><v>99</v></c></row>
                    <row><c><f>SUM(A1)</f><v>42.5</v></c><c t="inlineStr"><is><t>inline</t></is></c></row></sheetData>
                    </worksheet>
                    """
                ),
            ], name: "b.xlsx")
        #expect(found.text == "Budget\nName\tRich\n42.5\tinline")
    }

    @Test func presentation() throws {
        func slide(_ text: String) -> String {
            "<p:sld><a:p><a:r><a:t>\(text)</a:t></a:r><a:fld type=\"slidenum\"><a:t>7</a:t></a:fld></a:p></p:sld>"
        }
        let found = try extract(
            [
                ("ppt/slides/slide10.xml", slide("ten")), ("ppt/slides/slide2.xml", slide("two")),
                ("ppt/notesSlides/notesSlide1.xml", slide("spoken")), ("ppt/slides/_rels/slide2.xml.rels", slide("no")),
            ], name: "talk.PPTX")
        #expect(found.text == "two\n\nten\n\nspoken")
    }

    @Test func openDocument() throws {
        let found = try extract(
            [
                (
                    "content.xml",
                    """
                    <office:text><text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
                    <text:h>Head</text:h><text:p>one<text:s text:c="2"/>two<text:line-break/>wra
                    pped <text:span>wo</text:span>rd</text:p>
                    <table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell>
                    <text:p>b</text:p></table:table-cell></table:table-row></office:text>
                    """
                ),
                ("meta.xml", "<dc:title>Title</dc:title>"),
            ], name: "a.odt")
        #expect(found.text == "Head\none  two\nwra pped word\na\tb")
        #expect(found.title == "Title")
    }

    @Test func bookInTheOrderOfItsSpine() throws {
        let found = try extract(
            [
                ("META-INF/container.xml", "<container><rootfile full-path=\"OEBPS/book.opf\"/></container>"),
                (
                    "OEBPS/book.opf",
                    """
                    <package><dc:title>Moby-Dick</dc:title><item id="b" href="b%20b.xhtml"/><item id="a" href="a.xhtml"/>
                    <itemref idref="a"/><itemref idref="b"/><itemref idref="a"/></package>
                    """
                ),
                ("OEBPS/b b.xhtml", "<p>second</p>"), ("OEBPS/a.xhtml", "<p>first</p>"),
            ], name: "book.epub")
        #expect(found.text == "first\n\nsecond" || found.text == "first\nsecond")
        #expect(found.title == "Moby-Dick")
    }

    // MARK: Broken and hostile

    /// A document that deflate packs a thousandfold: a paragraph, and a megabyte of spaces.
    private let bomb =
        "7caxCYAwFEDBVdzAPoTsImqphhjJ+vJdwfaueLw80natz7GfveSRaqRFern70nqeY6Ptay0T"
        + String(repeating: "A", count: 1353) + "MBPLw=="

    private func bombArchive() -> [UInt8] {
        var writer = ZipWriter()
        let packed = Base64Fixture.decode(bomb)
        writer.add("word/document.xml", packed, method: 8, size: (1 << 20) + 50)
        return writer.finished()
    }

    @Test func archiveThatGrowsPastItsRatio() throws {
        let found = try #require(
            AttachmentText.extract(bombArchive(), mediaType: "application/octet-stream", name: "a.docx"))
        #expect(found.passedExpansionLimit)
        #expect(found.text == "start")
    }

    @Test func archiveThatGrowsPastItsBytes() throws {
        let limits = AttachmentLimits(expansionRatio: 10_000, expansionBytes: 1 << 20)
        let found = try #require(
            AttachmentText.extract(bombArchive(), mediaType: "application/zip", name: "a.docx", limits: limits))
        #expect(found.passedExpansionLimit)
        let wider = AttachmentLimits(expansionRatio: 10_000, expansionBytes: 2 << 20)
        let whole = try #require(
            AttachmentText.extract(bombArchive(), mediaType: "application/zip", name: "a.docx", limits: wider))
        #expect(!whole.passedExpansionLimit && !whole.isDamaged)
    }

    @Test func truncatedArchiveGivesWhatItHas() throws {
        var writer = ZipWriter()
        writer.add("word/document.xml", "<w:p><w:r><w:t>kept</w:t></w:r></w:p>")
        writer.add("word/footnotes.xml", String(repeating: "<w:p/>", count: 100))
        let cut = Array(writer.finished().prefix(300))
        let found = try #require(AttachmentText.extract(cut, mediaType: "application/octet-stream", name: "a.docx"))
        #expect(found.text == "kept")
        #expect(found.isDamaged)
    }

    @Test func encryptedEntriesAreNotRead() throws {
        var writer = ZipWriter()
        writer.add("content.xml", Array("<text:p>garbage</text:p>".utf8), method: 0, size: 24, flags: 1)
        let found = try #require(
            AttachmentText.extract(writer.finished(), mediaType: "application/vnd.oasis.opendocument.text", name: nil))
        #expect(found.text.isEmpty)
        #expect(found.isDamaged)
    }

    @Test func noArchiveAtAll() throws {
        let found = try #require(
            AttachmentText.extract([0xD0, 0xCF, 0x11, 0xE0], mediaType: "application/octet-stream", name: "a.docx"))
        #expect(found.isDamaged && found.text.isEmpty)
    }

    @Test func entitiesOfADocumentTypeAreNotExpanded() throws {
        let found = try extract(
            [
                (
                    "word/document.xml",
                    """
                    <!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>
                    <w:p><w:r><w:t>&a;&b;</w:t></w:r></w:p>
                    """
                )
            ], name: "a.docx")
        #expect(!found.text.contains("ha") && !found.text.contains("root"))
    }

    @Test func textLimitIsMarked() throws {
        var writer = ZipWriter()
        writer.add("word/document.xml", "<w:p><w:r><w:t>\(String(repeating: "é", count: 100))</w:t></w:r></w:p>")
        let found = try #require(
            AttachmentText.extract(
                writer.finished(), mediaType: "application/zip", name: "a.docx", limits: AttachmentLimits(textBytes: 51)
            ))
        #expect(found.text == String(repeating: "é", count: 25))
        #expect(found.isTruncated)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "<w:p>", "<w:t>", "<w:t x=\"", "<!--", "<![CDATA[", "<?", "&", "<mc:Fallback>", "<w:tc></w:tc>", "</w:p>",
        ])
    func quadraticBait(_ unit: String) throws {
        let xml = String(repeating: unit, count: (1 << 18) / unit.utf8.count)
        for (entry, name) in [
            ("word/document.xml", "a.docx"), ("content.xml", "a.odt"), ("ppt/slides/slide1.xml", "a.pptx"),
            ("xl/sharedStrings.xml", "a.xlsx"), ("xl/worksheets/sheet1.xml", "a.xlsx"),
        ] {
            _ = try extract([(entry, xml)], name: name)
        }
    }

    @Test func seededMutations() {
        let seed = UInt64.random(in: .min ... .max)
        print("archive mutations: seed \(seed)")
        var random = TextFixtures.Random(seed: seed)
        var writer = ZipWriter()
        writer.add("word/document.xml", "<w:p><w:r><w:t>a &amp; b</w:t></w:r></w:p>")
        writer.add("xl/sharedStrings.xml", "<sst><si><t>x</t></si></sst>")
        writer.add("xl/worksheets/sheet1.xml", "<row><c t=\"s\"><v>0</v></c></row>")
        writer.add("content.xml", "<text:p>x<text:s text:c='3'/></text:p>")
        writer.add("META-INF/container.xml", "<rootfile full-path='b.opf'/>")
        writer.add("b.opf", "<item id='a' href='a.xhtml'/><itemref idref='a'/>")
        writer.add("word/footnotes.xml", Base64Fixture.decode(bomb), method: 8, size: 100)
        let archive = writer.finished()
        for round in 0..<600 {
            var bytes = archive
            random.mutate(&bytes)
            let name = ["a.docx", "a.xlsx", "a.pptx", "a.odt", "a.epub"][round % 5]
            _ = AttachmentText.extract(bytes, mediaType: "application/octet-stream", name: name)
        }
    }
}
