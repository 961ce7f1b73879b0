import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

private let context = QueryContext(now: 1_715_767_200)
private let csv = "Content-Type: text/csv; charset=utf-8\r\nContent-Disposition: attachment; filename=\"figures.csv\""
private let plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
private let html = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// One kind of needle: the messages that hold it, near misses that don't, and the queries that must find just the first.
private struct NeedleKind {
    var name: String
    var queries: [String]
    var holding: [NeedleMail]
    var missing: [NeedleMail]

    init(_ name: String, _ queries: [String], holding: [NeedleMail], missing: [NeedleMail] = []) {
        self.name = name
        self.queries = queries
        self.holding = holding
        self.missing = missing
    }
}

private let kinds: [NeedleKind] = [
    NeedleKind(
        "accents typed plain", ["cancion", "canción", "CANCIÓN", "cancio\u{301}n", "\"la cancion\""],
        holding: [
            NeedleMail("song-utf8", text: "Escucha la canción nueva"),
            NeedleMail(
                "song-latin1", type: "text/plain; charset=iso-8859-1", body: NeedleMail.hex("6c612063616e6369f36e")),
            NeedleMail(
                "song-1252-unlabelled-case", type: "text/plain; charset=\"Windows-1252\"",
                body: NeedleMail.hex("6c612063616e6369f36e")),
            NeedleMail("song-decomposed", text: "la cancio\u{301}n vieja"),
            NeedleMail(
                "song-qp", encoding: "quoted-printable",
                body: NeedleMail.quotedPrintable(bytes("toda la canción otra vez"), softBreakEvery: 9)),
            NeedleMail("song-base64", encoding: "base64", body: NeedleMail.base64(bytes("Mira: la canción."))),
            NeedleMail("song-capitals", text: "LA CANCIÓN"),
        ],
        missing: [
            NeedleMail("songs", text: "las canciones y el cancionero"), NeedleMail("song-part", text: "la canci ón"),
        ]),
    NeedleKind(
        "letters that no decomposition tells", ["smorgasbord", "Smörgåsbord", "strassenfest aerlig"],
        holding: [
            NeedleMail("buffet", text: "Smörgåsbord, Straßenfest, ærlig"),
            NeedleMail("buffet-plain", text: "SMORGASBORD STRASSENFEST AERLIG"),
        ],
        missing: [NeedleMail("no-buffet", text: "Smörgås bord, Strafenfest")]),
    NeedleKind(
        "names with accents in From", ["begona", "from:begona", "from:begoña", "from:\"begona nunez\"", "from:begon*"],
        holding: [
            NeedleMail("name-q", from: "=?iso-8859-1?Q?Bego=F1a_N=FA=F1ez?= <bn@example.org>", text: "x"),
            NeedleMail("name-b", from: "=?UTF-8?B?QmVnb8OxYSBOw7rDsWV6?= <b.n@example.org>", text: "x"),
            NeedleMail("name-raw", from: "\"Begoña Núñez\" <raw@example.org>", text: "x"),
            NeedleMail(
                "name-split", from: "=?utf-8?q?Bego=C3=B1?= =?utf-8?q?a_N=C3=BA=C3=B1ez?= <s@example.org>", text: "x"),
        ], missing: [NeedleMail("other-name", from: "Bego Ña <bego.n.a@example.org>", text: "x")]),
    NeedleKind(
        "Japanese in its charsets", ["会議", "会", "議に", "明日の会議について", "\"会議\"", "会議 明日"],
        holding: [
            NeedleMail("meeting-utf8", text: "明日の会議について"),
            NeedleMail(
                "meeting-2022", type: "text/plain; charset=ISO-2022-JP", encoding: "7bit",
                body: NeedleMail.hex("1b24424c40467c244e32713544244b2444242424461b2842")),
            NeedleMail(
                "meeting-sjis", type: "text/plain; charset=Shift_JIS",
                body: NeedleMail.hex("96be93fa82cc89ef8b6382c982c282a282c4")),
            NeedleMail(
                "meeting-euc", type: "text/plain; charset=EUC-JP",
                body: NeedleMail.hex("ccc0c6fca4ceb2f1b5c4a4cba4c4a4a4a4c6")),
            NeedleMail("meeting-wrapped", text: "明日の会\r\n議について"),
            NeedleMail("meeting-base64", encoding: "base64", body: NeedleMail.base64(bytes("明日の会議について"), line: 8)),
        ], missing: [NeedleMail("talk", text: "明日の議論について、社内"), NeedleMail("reversed", text: "議院")]),
    NeedleKind(
        "Chinese in its charsets", ["发票", "票", "查收发票"],
        holding: [
            NeedleMail("bill-utf8", text: "请查收发票，谢谢"),
            NeedleMail(
                "bill-gb2312", type: "text/plain; charset=GB2312",
                body: NeedleMail.hex("c7ebb2e9cad5b7a2c6b1a3acd0bbd0bb")),
            NeedleMail(
                "bill-gbk", type: "text/plain; charset=gbk", body: NeedleMail.hex("c7ebb2e9cad5b7a2c6b1a3acd0bbd0bb")),
            NeedleMail(
                "bill-gb18030", type: "text/plain; charset=gb18030", encoding: "base64",
                body: NeedleMail.base64(NeedleMail.hex("c7ebb2e9cad5b7a2c6b1a3acd0bbd0bb"))),
        ], missing: [NeedleMail("no-bill", text: "发送文件，谢谢")]),
    NeedleKind(
        "Korean", ["회의록", "회의", "의록"],
        holding: [
            NeedleMail("minutes", text: "새로운 회의록 첨부"),
            NeedleMail(
                "minutes-euc", type: "text/plain; charset=euc-kr",
                body: NeedleMail.hex("bbf5b7cebfee20c8b8c0c7b7cf20c3b7bace")),
            NeedleMail("minutes-jamo", text: "새로운 \u{1112}\u{116C}\u{110B}\u{1174}\u{1105}\u{1169}\u{11A8}"),
        ], missing: [NeedleMail("no-minutes", text: "회사 의견")]),
    NeedleKind(
        "Cyrillic in its charsets", ["договор", "ДОГОВОР"],
        holding: [
            NeedleMail("contract-utf8", text: "Подписан договор сегодня"),
            NeedleMail(
                "contract-koi8", type: "text/plain; charset=koi8-r",
                body: NeedleMail.hex("f0cfc4d0c9d3c1ce20c4cfc7cfd7cfd220d3c5c7cfc4ced1")),
            NeedleMail(
                "contract-1251", type: "text/plain; charset=windows-1251",
                body: NeedleMail.hex("cfeee4efe8f1e0ed20e4eee3eee2eef020f1e5e3eee4edff")),
            NeedleMail(
                "contract-8859", type: "text/plain; charset=iso-8859-5",
                body: NeedleMail.hex("bfded4dfd8e1d0dd20d4ded3ded2dee020e1d5d3ded4ddef")),
        ], missing: [NeedleMail("no-contract", text: "договора нет")]),
    NeedleKind(
        "text in HTML alone", ["zephyrine", "\"zephyrine winds\""],
        holding: [
            NeedleMail(
                "html-only", type: "text/html; charset=utf-8",
                text: "<html><body><p>The zephyrine&nbsp;winds</p></body></html>"),
            NeedleMail.multipart(
                "html-alternative", "alternative", parts: [(html, bytes("<p>zephyrine <i>winds</i></p>"))]),
        ]),
    NeedleKind(
        "entities", ["vertigo", "vértigo"],
        holding: [
            NeedleMail("entity", type: "text/html; charset=us-ascii", text: "<p>v&eacute;rtigo</p>"),
            NeedleMail("entity-number", type: "text/html", text: "<p>v&#233;rtigo</p>"),
            NeedleMail("entity-hex", type: "text/html", text: "<p>V&#xE9;RTIGO</p>"),
        ], missing: [NeedleMail("entity-name", text: "v eacute rtigo")]),
    NeedleKind(
        "words cut by inline tags", ["lighthousekeeper"],
        holding: [
            NeedleMail("cut-b", type: "text/html", text: "<p>light<b>house</b>keeper</p>"),
            NeedleMail("cut-span", type: "text/html", text: "<p>light<span style='x'>house</span><i>keep</i>er</p>"),
            NeedleMail("cut-wbr", type: "text/html", text: "<p>lighthouse<wbr>keeper</p>"),
            NeedleMail("cut-shy", type: "text/html", text: "<p>light&shy;house&shy;keeper</p>"),
            NeedleMail("cut-comment", type: "text/html", text: "<p>light<!-- x -->housekeeper</p>"),
        ],
        missing: [
            NeedleMail(
                "cut-cells", type: "text/html",
                text: "<table><tr><td>lighthouse</td><td>keeper</td></tr></table><p>light</p><p>housekeeper</p>")
        ]),
    NeedleKind(
        "nothing that a reader never sees", ["hiddenword", "stylename", "scriptvar", "attrtext", "commentword"],
        holding: [],
        missing: [
            NeedleMail(
                "machinery", type: "text/html",
                text: """
                    <html><head><style>.stylename { color: red } hiddenword {}</style><script>var scriptvar = "hiddenword";</script></head>
                    <body class="stylename"><!-- commentword --><a href="http://x.example/attrtext" title="attrtext" data-x="hiddenword">seen</a></body></html>
                    """)
        ]),
    NeedleKind(
        "an attachment's name",
        [
            "attachment:quarterly", "filename:quarterly*.ods", "filename:março", "filename:quarterly-marco.ods",
            "quarterly",
        ],
        holding: [
            NeedleMail.multipart(
                "name-2231",
                parts: [
                    (plain, bytes("x")),
                    (
                        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''Quarterly-mar%C3%A7o.ods",
                        bytes("x")
                    ),
                ]),
            NeedleMail.multipart(
                "name-2047",
                parts: [
                    (plain, bytes("x")),
                    (
                        "Content-Type: application/octet-stream; name=\"=?iso-8859-1?Q?Quarterly-mar=E7o.ods?=\"",
                        bytes("x")
                    ),
                ]),
            NeedleMail.multipart(
                "name-parts",
                parts: [
                    (plain, bytes("x")),
                    (
                        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*0*=utf-8''Quarterly-; filename*1*=mar%C3%A7; filename*2=\"o.ods\"",
                        bytes("x")
                    ),
                ]),
        ],
        missing: [
            NeedleMail.multipart(
                "other-attachment",
                parts: [
                    (plain, bytes("x")),
                    (
                        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"marc.ods\"",
                        bytes("x")
                    ),
                ])
        ]),
    NeedleKind(
        "text of a CSV attachment", ["heliotrope", "attachment:heliotrope"],
        holding: [
            NeedleMail.multipart(
                "csv", parts: [(plain, bytes("see file")), (csv, bytes("colour,count\r\nheliotrope,7\r\n"))]),
            NeedleMail.multipart(
                "csv-base64",
                parts: [
                    (plain, bytes("see file")),
                    (csv + "\r\nContent-Transfer-Encoding: base64", NeedleMail.base64(bytes("a;b\nHeliotrope;1\n"))),
                ]),
        ],
        missing: [
            NeedleMail.multipart("csv-other", parts: [(plain, bytes("see file")), (csv, bytes("helio,trope\r\n"))])
        ]),
    NeedleKind(
        "nested messages", ["obsidian", "\"obsidian mirror\""],
        holding: [
            NeedleMail.multipart(
                "nested",
                parts: [
                    (plain, bytes("forwarded")),
                    ("Content-Type: message/rfc822", NeedleMail("inner", text: "the obsidian mirror").bytes),
                ]),
            NeedleMail.multipart(
                "nested-twice",
                parts: [
                    (
                        "Content-Type: message/rfc822",
                        NeedleMail.multipart(
                            "middle",
                            parts: [
                                (
                                    "Content-Type: message/rfc822",
                                    NeedleMail(
                                        "inner", encoding: "base64", body: NeedleMail.base64(bytes("Obsidian mirror"))
                                    ).bytes
                                )
                            ]
                        ).bytes.filter { _ in true }
                    )
                ]),
        ]),
    NeedleKind(
        "encoded subjects", ["subject:überraschung", "uberraschung", "subject:\"grosse uberraschung\""],
        holding: [
            NeedleMail("subject-q", subject: "=?iso-8859-1?Q?Gro=DFe_=DCberraschung?=", text: "x"),
            NeedleMail(
                "subject-split", subject: "=?utf-8?Q?Gro=C3=9Fe_=C3=9Cberra?=\r\n =?utf-8?Q?schung?=", text: "x"),
            NeedleMail(
                "subject-split-char", subject: "=?utf-8?B?R3Jvw58=?= =?utf-8?B?ZSDD?= =?utf-8?B?nGJlcnJhc2NodW5n?=",
                text: "x"),
            NeedleMail("subject-raw", subject: "Große Überraschung", text: "x"),
        ], missing: [NeedleMail("subject-plain", subject: "=?utf-8?Q?=C3=9Cber raschung", text: "x")]),
    NeedleKind(
        "phrases over folded lines", ["\"wandering albatross colony\""],
        holding: [
            NeedleMail(
                "flowed", type: "text/plain; charset=utf-8; format=flowed",
                text: "the wandering \r\nalbatross \r\ncolony\r\n"),
            NeedleMail("wrapped", text: "the wandering\r\nalbatross colony\r\n"),
            NeedleMail(
                "soft-breaks", encoding: "quoted-printable", text: "the wander=\r\ning alba=\r\ntross colony\r\n"),
            NeedleMail("quoted", text: "> the wandering\r\n> albatross colony\r\n"),
        ], missing: [NeedleMail("scattered", text: "wandering colony albatross")]),
    NeedleKind(
        "numbers, addresses and names as typed",
        [
            "INV-2024/0071", "inv-2024/0071", "\"invoice INV-2024/0071\"", "billing@shop.example", "@shop.example",
            "O'Brien", "obrien",
        ],
        holding: [
            NeedleMail("typed", text: "Invoice INV-2024/0071 from billing@shop.example, ask O'Brien"),
            NeedleMail(
                "typed-html", type: "text/html",
                text: "<p>Invoice INV-2024/0071<br><a href=\"mailto:x\">billing@shop.example</a> O&rsquo;Brien"),
        ], missing: [NeedleMail("mistyped", text: "invoices INV-2024-71, INV 2024 71, billing at shop for example")]),
]

/// A whole index in a folder of its own, filled through the parser and the writer, and read as another process reads it.
private struct NeedleIndex {
    let folder: TemporaryFolder
    let store: IndexStore
    let names: [EmailID: String]

    init() async throws {
        folder = try TemporaryFolder("trawl-needles")
        let writing = try IndexStore.open(folder.path("data"), access: .readWrite)
        let account = try writing.registerAccount("home")
        let mailbox = try writing.registerMailbox(MailboxDescription(name: "INBOX"), of: account)
        let mails = kinds.flatMap { $0.holding + $0.missing }
        var batch = IndexBatch(now: 1_715_767_200)
        for (number, mail) in mails.enumerated() {
            batch.additions.append(
                PlacedDocument(
                    document: mail.document(now: batch.now),
                    place: Place(mailbox: mailbox, uid: UInt32(number + 1), uidValidity: 1)))
        }
        batch.cursors = [
            MailboxCursor(mailbox: mailbox, uidValidity: 1, uidNext: UInt32(mails.count + 1), backfilledDownTo: 1)
        ]
        _ = try await writing.apply(batch)
        try writing.close()
        store = try IndexStore.open(folder.path("data"), access: .readOnly)
        var names: [EmailID: String] = [:]
        for email in try store.emails(store.ids(.everything)) {
            names[email.id] = email.messageIDs.first.map { String($0.prefix { $0 != "@" }) }
        }
        self.names = names
    }

    func hits(_ text: String) throws -> [String] {
        try store.ids(QueryParser.parse(text, context: context)).map { names[$0] ?? "?" }
    }
}

@Suite("What other programs miss is found, and nothing that doesn't belong")
struct NeedlesTests {
    @Test("recall and precision are 1 for each kind")
    func needles() async throws {
        let index = try await NeedleIndex()
        for kind in kinds {
            let expected = kind.holding.map(\.name).sorted()
            for query in kind.queries {
                #expect(try index.hits(query).sorted() == expected, "\(kind.name): \(query)")
            }
        }
    }

    @Test("each hit of a word shows where it stands")
    func snippets() async throws {
        let index = try await NeedleIndex()
        for kind in kinds {
            for query in kind.queries where !query.hasPrefix("filename:") {
                for hit in try index.store.search(QueryParser.parse(query, context: context)).hits {
                    let snippet = hit.snippet
                    let shown = [snippet?.subject, snippet?.body, snippet?.attachment].compactMap(\.self)
                    let isSender = hit.email.from.contains { $0.name?.hasPrefix("Bego") == true }
                    #expect(isSender || shown.contains { $0.contains("<mark>") }, "\(query)")
                }
            }
        }
    }

    @Test("what is told beside hits is told by a reader that cannot write")
    func besideHits() async throws {
        let index = try await NeedleIndex()
        let store = index.store
        func query(_ text: String) throws -> SearchQuery { try QueryParser.parse(text, context: context) }
        let near = try store.suggestions(for: query("obsidain"))
        #expect(near.map(\.replacement) == ["obsidian"])
        let far = try store.suggestions(for: query("lighthuosekeepr"))
        #expect(far.map(\.replacement) == ["lighthousekeeper"])
        let facets = try store.facets(query("heliotrope"), context: context)
        #expect(facets.types.map(\.value) == ["text/csv"] && facets.years.map(\.value) == ["2024"])
        #expect(facets.senders.map(\.value) == ["someone@example.org"] && facets.senders.first?.count == 2)
        #expect(try store.explain(query("in:inbox obsidian")).plan.isEmpty == false)
    }
}
