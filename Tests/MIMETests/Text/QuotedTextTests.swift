import MIME
import Testing

struct QuotedTextTests {
    @Test(arguments: [
        "On Mon, Jan 1, 2024 at 10:00 AM Jane Doe <jane@example.org> wrote:",
        "On Mon, Jan 1, 2024 at 10:00 AM Jane Doe\n<jane@example.org> wrote:",
        "On Mon, Jan 1, 2024 at 10:00 AM Jane Doe <jane@example.org>\nwrote:",
        "Am 01.01.2024 um 10:00 schrieb Jane Doe <jane@example.org>:",
        "Am Mo., 1. Jan. 2024 um 10:00 Uhr schrieb Jane <\njane@example.org>:",
        "Le lun. 1 janv. 2024 à 10:00, Jane Doe <jane@example.org> a écrit :",
        "El lun, 1 ene 2024 a las 10:00, Jane (<jane@example.org>) escribió:",
        "Em seg., 1 de jan. de 2024 às 10:00, Jane <jane@example.org> escreveu:",
        "Il giorno lun 1 gen 2024 alle ore 10:00 Jane <jane@example.org> ha scritto:",
        "Op ma 1 jan 2024 om 10:00 schreef Jane <jane@example.org>:",
        "Den mån 1 jan. 2024 kl 10:00 skrev Jane <jane@example.org>:",
        "ma 1. tammik. 2024 klo 10.00 Jane (jane@example.org) kirjoitti:",
        "pon., 1 sty 2024 o 10:00 Jane <jane@example.org> napisał(a):",
        "W dniu 01.01.2024 o 10:00, Jane pisze:",
        "po 1. 1. 2024 v 10:00 odesílatel Jane <jane@example.org> napsal:",
        "Jane <jane@example.org> ezt írta (időpont: 2024. jan. 1., H, 10:00):",
        "În lun., 1 ian. 2024 la 10:00, Jane <jane@example.org> a scris:",
        "пн, 1 янв. 2024 г. в 10:00, Jane <jane@example.org>:",
        "01.01.2024 10:00, Jane пишет:",
        "пн, 1 січ. 2024 р. о 10:00 Jane <jane@example.org> пише:",
        "Jane <jane@example.org>, 1 Oca 2024 Pzt, 10:00 tarihinde şunu yazdı:",
        "Στις Δευ 1 Ιαν 2024 στις 10:00 π.μ., ο χρήστης Jane <jane@example.org> έγραψε:",
        "‫בתאריך יום ב׳, 1 בינו׳ 2024 ב-10:00 מאת ‪Jane‬‏ <‪jane@example.org‬‏>:‬",
        "2024年1月1日(月) 10:00 Jane <jane@example.org>:",
        "Jane <jane@example.org> 于2024年1月1日周一 10:00写道：",
        "2024년 1월 1일 (월) 오전 10:00, Jane <jane@example.org>님이 작성:",
        "Vào Th 2, 1 thg 1, 2024 vào lúc 10:00 Jane <jane@example.org> đã viết:",
        "Pada tanggal Sen, 1 Jan 2024 10.00, Jane <jane@example.org> menulis:",
        "Quoting Jane Doe <jane@example.org>:",
        "Jane Doe wrote:",
        "Jane Doe <jane@example.org>:",
        "* Jane Doe:",
        "On 2024-01-01, Jane wrote:",
    ])
    func attributionIsNoNewText(_ attribution: String) {
        let text = "Thanks!\n\n\(attribution)\n> an old line\n> and more\n\nNew below.\n"
        #expect(QuotedText.newText(of: text) == "Thanks!\n\n\nNew below.")
        let direct = "Thanks!\n\(attribution)\n\n> an old line\n"
        #expect(QuotedText.newText(of: direct) == "Thanks!")
    }

    @Test(arguments: [
        "-----Original Message-----\nFrom: Jane",
        "-----Ursprüngliche Nachricht-----\nVon: Jane",
        "-------- Message d'origine --------\nDe : Jane",
        "-----Исходное сообщение-----\nОт: Jane",
        "------------------ 原始邮件 ------------------\n发件人: Jane",
        "---------- Forwarded message ---------\nFrom: Jane",
        "Begin forwarded message:\n\nFrom: Jane",
        "________________________________\nFrom: Jane\nSent: Monday",
        "From: Jane Doe\nSent: Monday, January 1, 2024 10:00\nTo: John\nSubject: Hello",
        "*From:* Jane Doe\n*Sent:* Monday, January 1, 2024 10:00\n*To:* John\n*Subject:* Hello",
        "Von: Jane Doe\nGesendet: Montag, 1. Januar 2024 10:00\nAn: John\nBetreff: Hallo",
        "De : Jane Doe\nEnvoyé : lundi 1 janvier 2024 10:00\nÀ : John\nObjet : Bonjour",
        "发件人: Jane\n发送时间: 2024年1月1日\n收件人: John\n主题: 你好",
        "发件人：Jane\n日期：2024年1月1日\n收件人：John\n主题：你好",
        "差出人: Jane\n送信日時: 2024年1月1日\n宛先: John\n件名: こんにちは",
        "On Mon, Jan 1, 2024 at 10:00 AM Jane Doe <jane@example.org> wrote:\n\nold without a mark",
        "-- \nJane Doe\nManaging Director",
        "--\nJane Doe",
        "_______________________________________________\nusers mailing list\nusers@lists.example.org",
    ])
    func restIsNoNewText(_ rest: String) {
        #expect(QuotedText.newText(of: "New words.\n\n\(rest)\nold words\n") == "New words.")
    }

    @Test(arguments: [
        "See the notes I wrote: they are long.",
        "Three things to do:\n1. this\n2. that",
        "From: here to eternity, a film.",
        "The meeting is on 1 January 2024:\nbring cake",
        "a -- b",
        "----\nChapter\n----",
        "-------------- Contents --------------\n1 Hills",
        "Call me at 555-1234",
    ])
    func plainTextStaysWhole(_ text: String) {
        #expect(QuotedText.newText(of: text) == text)
    }

    @Test func deviceLinesAndSignedFramesAreDropped() {
        let text = """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA256

            Hello there.
            Sent from my iPhone
            -----BEGIN PGP SIGNATURE-----
            abc
            """
        #expect(QuotedText.newText(of: text) == "Hello there.")
    }

    @Test func previewFoldsWhiteSpaceAndCounts() {
        #expect(QuotedText.preview(of: "  a\n\n b\t\u{A0}c\u{3000}d ", limit: 256) == "a b c d")
        #expect(QuotedText.preview(of: "äbc def", limit: 4) == "äbc")
        #expect(QuotedText.preview(of: "äbc def", limit: 5) == "äbc d")
        #expect(QuotedText.preview(of: String(repeating: "x", count: 300), limit: 256).count == 256)
        #expect(QuotedText.preview(of: "", limit: 256) == "")
    }

    @Test func allQuotedIsShownAllTheSame() {
        #expect(QuotedText.preview(of: "> only\n> this\n", limit: 256) == "> only > this")
        #expect(QuotedText.preview(of: "-- \nJane", limit: 256) == "-- Jane")
    }

    @Test func htmlRepliesAreToldApart() {
        let html = """
            <div>Sure.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, Jan 1, 2024 at 10:00 AM Jane &lt;<a
            href="mailto:jane@example.org">jane@example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote">old
            </blockquote></div>
            """
        let text = HTMLText.extract(Array(html.utf8), limit: 1000).text
        #expect(QuotedText.preview(of: text, limit: 256) == "Sure.")
    }

    @Test(
        .timeLimit(.minutes(1)), arguments: ["1@:\n", "On 2024\n", ">\n", "From: x\n", "-----x-----\n", "__________\n"])
    func quadraticBait(_ unit: String) {
        _ = QuotedText.newText(of: String(repeating: unit, count: (1 << 18) / unit.utf8.count))
    }

    @Test func seededMutations() {
        let seed = UInt64.random(in: .min ... .max)
        print("quoted text mutations: seed \(seed)")
        var random = TextFixtures.Random(seed: seed)
        let text =
            "Hi\n\nAm 01.01.2024 um 10:00 schrieb J <j@x.org>:\n> a\n-----Original Message-----\nVon: x\nAn: y\n-- \nJ\n"
        for _ in 0..<500 {
            var bytes = Array((text + text).utf8)
            random.mutate(&bytes)
            let preview = QuotedText.preview(of: String(decoding: bytes, as: UTF8.self), limit: 64)
            #expect(preview.count <= 64, "seed \(seed)")
        }
    }
}
