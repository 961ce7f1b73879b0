/// Tells what a message's author wrote from what was quoted and signed.
public enum QuotedText {
    /// The first `limit` characters of new text, white space folded: what a list of messages shows of one.
    ///
    /// Where all of a message is quoted or forwarded, its text is shown all the same.
    public static func preview(of text: String, limit: Int) -> String {
        let new = PreviewFolder.fold(newText(of: text), limit: limit)
        return new.isEmpty ? PreviewFolder.fold(text[...], limit: limit) : new
    }

    /// `text` without quoted lines, the lines that announce them, forwarded messages below the reply, and the signature.
    public static func newText(of text: String) -> Substring {
        var result = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "-- " || line == "--" { break }
            if line.utf8.first == UInt8(ascii: ">") { continue }
            result += line
            result += "\n"
        }
        return result[...]
    }
}
