import MIME
import Testing

/// Bodies as mail programs write them, each named for the fault that a simple reader commits on it.
struct HTMLGoldenTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        var name: String
        var html: String
        var text: String
        /// What a list of messages shows; nil where it is the text, folded.
        var preview: String?

        var testDescription: String { name }
    }

    @Test(arguments: replies + newsletters + documents)
    func golden(_ golden: Golden) {
        let extraction = HTMLText.extract(Array(golden.html.utf8), limit: 1 << 20)
        #expect(extraction.text == golden.text)
        let folded = golden.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(QuotedText.preview(of: extraction.text, limit: 256) == golden.preview ?? folded)
    }

    static let replies = [
        Golden(
            name: "Gmail reply whose quote is in nested divs",
            html: """
                <div dir="ltr">Works for me.<div><br></div><div>Ann</div></div><br><div class="gmail_quote"><div dir="ltr" \
                class="gmail_attr">On Tue, Mar 5, 2024 at 9:14 AM Bob &lt;<a href="mailto:bob@example.org">bob@example.org</a>\
                &gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid \
                rgb(204,204,204);padding-left:1ex"><div dir="ltr">Lunch at noon?</div></blockquote></div>
                """,
            text: """
                Works for me.

                Ann

                On Tue, Mar 5, 2024 at 9:14 AM Bob <bob@example.org> wrote:

                > Lunch at noon?
                """,
            preview: "Works for me. Ann"),
        Golden(
            name: "Outlook reply whose quote has no mark but a border",
            html: """
                <html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--
                p.MsoNormal {margin:0cm; font-size:11.0pt}
                --></style><!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026" /></xml><![endif]--></head>
                <body lang="EN-GB"><div class="WordSection1"><p class="MsoNormal"><span style='color:#1F497D'>See
                below.<o:p></o:p></span></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>
                <div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class="MsoNormal"><b><span
                lang="EN-US">From:</span></b><span lang="EN-US"> Bob &lt;bob@example.org&gt; <br><b>Sent:</b> 05 March 2024
                09:14<br><b>To:</b> Ann<br><b>Subject:</b> Lunch<o:p></o:p></span></p></div>
                <p class="MsoNormal">Lunch at noon?</p></div></body></html>
                """,
            text: """
                See below.

                From: Bob <bob@example.org>
                Sent: 05 March 2024 09:14
                To: Ann
                Subject: Lunch

                Lunch at noon?
                """,
            preview: "See below."),
        Golden(
            name: "Outlook on the web, whose quote begins at an id",
            html: """
                <div class="elementToProof">Yes.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" \
                tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt">\
                <b>Von:</b> Bob<br><b>Gesendet:</b> Dienstag</font></div><div>Mittag?</div>
                """,
            text: "Yes.\n\n________________________________\nVon: Bob\nGesendet: Dienstag\nMittag?", preview: "Yes."),
        Golden(
            name: "Thunderbird answer between the quoted lines",
            html: """
                <html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body><div \
                class="moz-cite-prefix">Am 05.03.24 um 09:14 schrieb Bob:<br></div><blockquote type="cite" \
                cite="mid:1@example.org"><p>Lunch?</p></blockquote><p>At noon.</p><blockquote type="cite"><pre \
                class="moz-quote-pre" wrap="">Where?
                </pre></blockquote><p>Here.<br></p><div class="moz-signature">-- <br>Ann</div></body></html>
                """,
            text: """
                Am 05.03.24 um 09:14 schrieb Bob:

                > Lunch?

                At noon.

                > Where?

                Here.

                --
                Ann
                """,
            preview: "At noon. Here."),
        Golden(
            name: "Apple Mail signature without its dashes",
            html: """
                <body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">Done.<div><br></div><div \
                id="AppleMailSignature">Ann<br>Managing Director</div></body>
                """,
            text: "Done.\n\n-- \nAnn\nManaging Director", preview: "Done."),
    ]

    static let newsletters = [
        Golden(
            name: "preheader hidden five ways, and its padding",
            html: """
                <html><head><title>Sale</title><style>.preheader{display:none!important}</style></head><body>
                <span class="preheader">one</span><div style="display:none;font-size:1px">two</div>
                <div style="max-height:0px;overflow:hidden;mso-hide:all">three</div>
                <div style="font-size:0;line-height:0">four</div><span style="visibility:hidden;opacity:0">five</span>
                <div>&#847;&zwnj;&nbsp;&#8199;&shy;&#847;&zwnj;&nbsp;&#8199;&shy;</div><p>Everything must go.</p>
                </body></html>
                """,
            text: "Everything must go."),
        Golden(
            name: "column of zero font size with text that has its own",
            html: """
                <div style="font-size:0"><!--[if mso]><table><tr><td><![endif]--><div class="col" style="font-size:0px;\
                display:inline-block"><table><tr><td style="font-size:0px;padding:0"><div style="font-size:13px">Boots \
                &amp; coats</div></td></tr></table></div><!--[if mso]></td></tr></table><![endif]--></div>
                """,
            text: "Boots & coats"),
        Golden(
            name: "picture that says all, and pixel that counts",
            html: """
                <table><tr><td><a href="https://example.com"><img src="a.png" alt="50% off all boots" width="600"></a></td>\
                </tr><tr><td><img src="https://t.example.com/o.gif" width="1" height="1" alt="open"></td></tr></table>
                """,
            text: "50% off all boots"),
        Golden(
            name: "number cut for spam filters",
            html: "<p>Call 0<span></span>8<b></b>00 <!-- x -->55<wbr>5 now, V&#8203;i&#x2060;a&shy;g&zwnj;ra</p>",
            text: "Call 0800 555 now, Viagra"),
        Golden(
            name: "navigation of blocks in a line of links",
            html: """
                <a style="display:block" href="a">Men</a><a style="display:block" href="b">Women</a><a \
                style="display:inline-block">Sale</a><a style="display:inline-block">Help</a>
                """,
            text: "Men\nWomen\nSale Help"),
    ]

    static let documents = [
        Golden(
            name: "invoice whose cells leave out their end tags",
            html: """
                <TABLE BORDER=1><CAPTION>Invoice 42</CAPTION><TR><TH>Item<TH>Price<TR><TD>Boots<TD ALIGN=right>&euro;19
                <TR><TD><B>Total</B><TD><B>&euro;19</B></TABLE>Thank you
                """,
            text: "Invoice 42\nItem\tPrice\nBoots\t€19\nTotal\t€19\nThank you"),
        Golden(
            name: "code pasted with its indentation",
            html: "<p>Try:</p><pre><code>if x {\n    y()\n}</code></pre><p>or not</p>",
            text: "Try:\n\nif x {\n    y()\n}\n\nor not"),
        Golden(
            name: "plain text dressed as HTML by white-space",
            html: "<div style=\"white-space: pre-wrap; font-family: monospace\">a\n  b &lt;c&gt;\n\nd</div>",
            text: "a\n  b <c>\n\nd"),
        Golden(
            name: "Chinese wrapped in its source",
            html: "<p>我们明天\n   在办公室见面。\n   Meet\n   us.</p>",
            text: "我们明天在办公室见面。 Meet us."),
        Golden(
            name: "body after the end of the document",
            html: "<html><body><p>a</p></body></html>\n<p>virus-free. <a href=x>www.example.com</a></p>",
            text: "a\n\nvirus-free. www.example.com"),
        Golden(
            name: "second document pasted behind the first",
            html:
                "<html><head><title>A</title></head><body>a</body></html><html><head><title>B</title></head><body>b</body></html>",
            text: "a\nb"),
        Golden(
            name: "attribute whose quote never ends",
            html: "<p>a <a href=\"http://example.com/>b</a> c</p><p>d</p>",
            text: "a b c\n\nd"),
        Golden(
            name: "less-than signs in prose",
            html: "<p>if a<5 && b>3 then a<=b, i <3 you</p>",
            text: "if a<5 && b>3 then a<=b, i <3 you"),
        Golden(
            name: "Office namespace tags and smart tags",
            html:
                "<p class=MsoNormal>We met in <st1:place w:st=\"on\"><st1:City>Lon</st1:City>don</st1:place>.<o:p></o:p></p>",
            text: "We met in London."),
    ]
}
