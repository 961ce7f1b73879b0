import Foundation
import MIME

/// HTML to text in megabytes a second, on one core: a newsletter, a reply with quotes, a page of text, and any files named.
///
///     swift run -c release html-bench [file.html …]
@main
struct HTMLBench {
    private static let minimumSeconds = 0.5
    private static let rounds = 5

    static func main() {
        measure("newsletter of nested tables", Array(newsletter.utf8))
        measure("quoted replies", Array(replies.utf8))
        measure("text with a few tags", Array(article.utf8))
        measure("character references", Array(String(repeating: "caf&eacute;&nbsp;&#8211; ", count: 5000).utf8))
        for path in CommandLine.arguments.dropFirst() {
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            measure(String(path.split(separator: "/").last ?? ""), [UInt8](data))
        }
    }

    private static func measure(_ name: String, _ bytes: [UInt8]) {
        var best = 0.0
        var length = 0
        for _ in 0..<rounds {
            var count = 0
            let start = ContinuousClock.now
            var elapsed = 0.0
            repeat {
                for _ in 0..<8 { length = HTMLText.extract(bytes, limit: 4 << 20).text.utf8.count }
                count += 8
                let duration = (ContinuousClock.now - start).components
                elapsed = Double(duration.seconds) + Double(duration.attoseconds) / 1e18
            } while elapsed < minimumSeconds / Double(rounds)
            best = max(best, Double(bytes.count) * Double(count) / elapsed / 1e6)
        }
        let rate = String(format: "%8.1f MB/s", best)
        print("\(rate)  \(name) (\(bytes.count) bytes, \(length) of text)")
    }

    private static let newsletter: String = {
        let row = """
                  <tr>
                    <td align="left" style="font-size:0px;padding:10px 25px;word-break:break-word;" class="mj-text">
                      <div style="font-family:Ubuntu, Helvetica, Arial, sans-serif;font-size:13px;line-height:1.5;text-align:left;color:#000000;">
                        The autumn catalogue is here: <a href="https://example.com/click?u=0123456789abcdef&amp;id=42&amp;e=77" style="color:#1155cc;text-decoration:none;font-weight:bold" target="_blank">boots</a>, coats &amp; scarves, from &euro;19.
                      </div>
                    </td>
                    <td width="300" valign="top" bgcolor="#ffffff"><img src="https://cdn.example.com/images/2024/10/header@2x.png" alt="Boots in the rain" width="280" height="180" border="0" style="display:block;outline:none;text-decoration:none;height:auto;width:100%;font-size:13px;"></td>
                  </tr>

            """
        return """
            <!doctype html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Autumn</title><style type="text/css">
            \(String(repeating: "#outlook a { padding:0; } body { margin:0; padding:0; -webkit-text-size-adjust:100%; }\n", count: 40))
            </style></head><body style="background-color:#f4f4f4;"><div style="display:none;max-height:0;overflow:hidden">Preheader</div>
            <!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
            <table align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="width:100%;"><tbody>
            \(String(repeating: row, count: 60))</tbody></table></body></html>
            """
    }()

    private static let replies: String = {
        let text =
            "<p class=\"MsoNormal\"><span lang=\"EN-US\" style=\"font-size:11.0pt;font-family:&quot;Calibri&quot;,sans-serif;color:#1F497D\">"
            + "Thank you for the figures; I have two questions about the third sheet.<o:p></o:p></span></p>\n"
        var html = "<div dir=\"ltr\">"
        for _ in 0..<12 {
            html += String(repeating: text, count: 8)
            html +=
                "<div class=\"gmail_quote\"><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex\">"
        }
        return html + String(repeating: "</blockquote></div>", count: 12) + "</div>"
    }()

    private static let article = String(
        repeating:
            "<p>The quick brown fox jumps over the lazy dog, and\nthe dog, being lazy, sleeps on &mdash; <i>as dogs do</i>.</p>\n",
        count: 400)
}
