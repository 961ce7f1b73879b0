/// Tells what a message's author wrote from what was quoted and signed.
///
/// This is a matter of custom, not of any standard: `>` lines, lines that announce a quote in some forty languages,
/// Outlook's header blocks and separators, and signatures after `-- `. It is meant for previews and snippets; all of a
/// text is indexed whatever is said here. Linear in the text.
public enum QuotedText {
    /// The first `limit` characters of new text, white space folded: what a list of messages shows of one.
    ///
    /// Where all of a message is quoted or forwarded, its text is shown all the same.
    public static func preview(of text: String, limit: Int) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var folder = PreviewFolder(limit: limit)
            var lines = NewTextLines(bytes)
            while !folder.isFull, let line = lines.next() { folder.take(line) }
            if folder.bytes.isEmpty { folder.take(bytes) }
            return folder.text
        }
    }

    /// `text` without quoted lines, the lines that announce them, what stands below a reply, and the signature.
    public static func newText(of text: String) -> String {
        var text = text
        var result: [UInt8] = []
        text.withUTF8 { bytes in
            var lines = NewTextLines(bytes)
            while let line = lines.next() {
                result.append(contentsOf: line)
                result.append(0x0A)
            }
        }
        while let last = result.last, last <= 0x20 { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }
}
