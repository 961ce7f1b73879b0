import MIME
import Testing

/// HTML in, what is read of it out: one case a behaviour.
struct HTMLTextTests {
    private func text(_ html: String) -> String {
        HTMLText.extract(Array(html.utf8), limit: 1 << 20).text
    }

    @Test(arguments: [
        // Words that inline tags cut.
        ("pter<b>odac</b>tyl", "pterodactyl"),
        ("<b>in</b>voice", "invoice"),
        ("<font color=red>W</font><font color=blue>eb</font>", "Web"),
        ("Donau&shy;dampf&#173;schiff", "Donaudampfschiff"),
        ("zero\u{200B}width&#8203;space", "zerowidthspace"),
        ("so<wbr>ft", "soft"),
        ("joi&zwnj;ner", "joiner"),
        ("می‌خواهم", "می‌خواهم"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("left&lrm;to&rlm;right", "lefttoright"),
        ("a<!-- comment -->b", "ab"),
        // White space.
        ("  a \n\t b  ", "a b"),
        ("a&nbsp;&nbsp; b", "a b"),
        ("<p>a </p> <p> b</p>", "a\n\nb"),
        ("a<span> b </span>c", "a b c"),
        ("中文\n换行", "中文换行"),
        ("한국\n어", "한국 어"),
        ("<pre>\n a\n  b</pre>", " a\n  b"),
        ("<pre>a\tb</pre>c", "a\tb\n\nc"),
        ("<div style=\"white-space: pre-wrap\">a\n b</div>", "a\n b"),
        ("<pre>x<span style=\"white-space:normal\"> y\n z</span></pre>", "x y z"),
        // Lines and blocks.
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("a<br></p><p>b", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("a<hr>b", "a\n\nb"),
        ("<span style=display:block>a</span><span>b</span>", "a\nb"),
        ("<a style=\"display:inline-block\">a</a><a>b</a>", "a b"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ol start=9><li>a</li><li>b</li></ol>", "9. a\n10. b"),
        ("<ul style=\"list-style:none\"><li>a</ul>", "a"),
        ("<ul><li></li></ul>text", "text"),
        ("<dl><dt>term<dd>what it is</dl>", "term\nwhat it is"),
        // Tables in reading order.
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "A\tB\n1\t2"),
        ("<table><tr><td>a</td>\n <td>b</td></tr>\n</table>c", "a\tb\nc"),
        ("<table><tr><td><table><tr><td>in</td></tr></table></td><td>out</td></tr></table>", "in\nout"),
        // Quotes.
        ("a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n>> b"),
        ("<blockquote style=\"margin:0 0 0 40px;border:none;padding:0\">indented</blockquote>", "indented"),
        ("x<div id=\"divRplyFwdMsg\"><b>From:</b> Jane</div>", "x\n________________________________\nFrom: Jane"),
        ("x<div class=\"gmail_signature\">Jane</div>", "x\n-- \nJane"),
        ("x<div class=\"gmail_signature\"><div>--<br>Jane</div></div>", "x\n--\nJane"),
        // What attributes say and what they keep.
        ("<img alt=\"A &amp; B\" src=x>text", "A & B text"),
        ("<img alt=spy width=1 height=1>text", "text"),
        ("<a href=\"http://example.org/\" title=secret>link</a>", "link"),
        ("<input value=secret>text", "text"),
        ("<a title='a > b'>c</a>", "c"),
        // Not for reading.
        ("<style>p { color: red }</style>text", "text"),
        ("<script>if (a < b) { alert('</p>') }</script>text", "text"),
        ("<SCRIPT>x</scRIPT >text", "text"),
        ("<!--[if mso]><p>Outlook</p><![endif]-->text", "text"),
        ("<![if !mso]>text<![endif]>", "text"),
        ("<!DOCTYPE html><?xml version=\"1.0\"?>text", "text"),
        ("<xml><o:Settings>96</o:Settings></xml>text", "text"),
        ("<!-->a<!--->b<!-- -- > -->c<!-- x --!>d", "abcd"),
        ("<template><p>x</p></template>text", "text"),
    ])
    func reads(_ html: String, _ expected: String) {
        #expect(text(html) == expected)
    }

    @Test(arguments: [
        "<div style=\"display:none\">hidden</div>shown",
        "<div style=\"DISPLAY : None !important;color:red\">hidden</div>shown",
        "<div hidden>hidden<div>hidden</div>hidden</div>shown",
        "<span style='visibility:hidden'>hidden</span>shown",
        "<span style=\"font-size:0\">hidden</span>shown",
        "<span style=\"font-size: 0.0px;\">hidden</span>shown",
        "<span style=\"font:0/0 a\">hidden</span>shown",
        "<div style=\"max-height:0px; overflow:hidden\">hidden</div>shown",
        "<div style=\"overflow:hidden;width:0;height:0\">hidden</div>shown",
        "<div style=\"mso-hide:all\">hidden</div>shown",
        "<div style=\"opacity:0\">hidden</div>shown",
        "<p style=\"display:none\">hidden<p>shown",
        "<ul style=list-style:none><li hidden>hidden<li>shown</ul>",
        "<table><tr style=\"display:none\"><td>hidden<tr><td>shown</table>",
        "<table><tr><td hidden>hidden<table><tr><td>hidden</table>hidden</td><td>shown</td></table>",
        "<div style=\"display:none\"><img alt=hidden></div>shown",
        "<br style=\"display:none\">shown",
        "<div style=\"font-size:0\"><p style=\"font-size:16px\">shown</p>hidden</div>",
        "<div style=\"visibility:hidden\">hidden<b style=\"visibility:visible\">shown</b></div>",
        "<div style=\"height:0\">shown</div>",
        "<div style=\"display:none;display:block\">shown</div>",
        "<style>.preheader { display:none !important }</style><div class=\"a preheader\">hidden</div>shown",
        "<style><!-- /* c */ td, span.x,\n#y{color:red;display: none} --></style><i id=y>hidden</i><b class=x>hidden</b>shown",
        "<style>@media (max-width:600px){.a{display:none}} .b{display:block}</style><p class=a>shown<p class=b>",
        "<style>@import url(x); .a .b{display:none} .c:hover{display:none}</style><p class='a b c'>shown",
        "<style>.a{display:none} .a{display:block}</style><p class=a>shown",
        "<style>.a{display:none}</style><p class=a style=display:block>shown</p><p class=a>hidden",
    ])
    func keepsHiddenTextOut(_ html: String) {
        #expect(text(html) == "shown")
    }

    @Test func preheaderOfPaddingLeavesNothing() {
        let padding = String(repeating: "&#847;&zwnj;&nbsp;&#8199;&#65279;", count: 50)
        #expect(text("<p>Sale</p><div>\(padding)</div><p>today</p>") == "Sale\n\ntoday")
    }

    @Test(arguments: [
        ("<p>a<div>b", "a\nb"),
        ("a < b and c > d", "a < b and c > d"),
        ("a <3 b", "a <3 b"),
        ("1<2", "1<2"),
        ("tail<", "tail<"),
        ("tail<b", "tail"),
        ("</p>a</div></b>b", "a\nb"),
        ("a<!-- open", "a"),
        ("<a href=\"x>y</a>z", "yz"),
        ("<b x=1 x=2 / y>z</b>", "z"),
        ("a</ >b", "ab"),
        ("a<b\n>b", "ab"),
        ("<title>open<p>text", "text"),
        ("<style>open", ""),
        ("\u{FEFF}text", "text"),
        ("a\u{0}b", "a b"),
        ("<div hidden><div></div></div>x</div>y", "x\ny"),
        ("AT&T R&D &", "AT&T R&D &"),
        ("&unknown; &#; &#x; &#xZ;", "&unknown; &#; &#x; &#xZ;"),
    ])
    func bearsMalformation(_ html: String, _ expected: String) {
        #expect(text(html) == expected)
    }

    @Test func titleStandsApart() {
        let html = "<html><head><title> A &amp;\n <b> </title></head><body><title>no</title>text</body>"
        let extraction = HTMLText.extract(Array(html.utf8), limit: 100)
        #expect(extraction.title == "A & <b>")
        #expect(extraction.text == "text")
    }

    @Test func invalidUTF8IsReplaced() {
        #expect(HTMLText.extract([0x61, 0xFF, 0xC2], limit: 100).text == "a\u{FFFD}\u{FFFD}")
        #expect(HTMLText.extract([0xE2, 0x28, 0xA1], limit: 100).text == "\u{FFFD}(\u{FFFD}")
    }

    @Test func limitCutsBetweenCharacters() {
        let extraction = HTMLText.extract(Array("aé<p>b".utf8), limit: 2)
        #expect(extraction.text == "a")
        #expect(extraction.isTruncated)
        let whole = HTMLText.extract(Array("aé".utf8), limit: 3)
        #expect(whole.text == "aé")
        #expect(!whole.isTruncated)
        #expect(HTMLText.extract(Array("x".utf8), limit: 0).isTruncated)
    }
}
