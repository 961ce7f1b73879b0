/// What a person reads in an HTML body.
public struct HTMLExtraction: Hashable, Sendable {
    /// The visible text: one line a block, `> ` ahead of each quoted line, cells parted by tabs, `\n` line ends.
    public var text: String
    /// The content of the first `<title>`, white space folded; it is not part of `text`.
    public var title: String?
    /// Whether `text` was cut at the limit.
    public var isTruncated: Bool

    public init(text: String = "", title: String? = nil, isTruncated: Bool = false) {
        self.text = text
        self.title = title
        self.isTruncated = isTruncated
    }
}

/// HTML as it is read: bytes in, visible text out.
///
/// Takes any bytes and never fails: unknown, unclosed and wrongly nested tags are read much as a browser reads them.
/// Nothing is fetched. Time and memory are linear in the input; nesting deeper than `HTMLText.depthLimit` is no longer
/// told apart. Invalid UTF-8 comes out as U+FFFD.
///
/// Kept out: scripts, styles, comments, attributes other than `alt` of an image that shows, and what is hidden by
/// `hidden`, `display:none`, `visibility:hidden`, zero font size, zero box with hidden overflow, `mso-hide` or zero
/// opacity, inline or by the class or id of a plain rule in the document's own style sheet. Soft hyphens and zero-width spaces vanish, so that words stay whole.
public enum HTMLText {
    /// How many open elements are told apart; deeper ones change nothing.
    public static let depthLimit = 512
    /// How many bytes of a title are kept.
    public static let titleLimit = 4096

    /// The text of a document in UTF-8, of at most `limit` bytes.
    public static func extract(_ utf8: UnsafeBufferPointer<UInt8>, limit: Int) -> HTMLExtraction {
        guard let base = utf8.baseAddress, utf8.count > 0, limit > 0 else {
            return HTMLExtraction(isTruncated: limit <= 0 && utf8.count > 0)
        }
        var scanner = HTMLScanner(base: base, count: utf8.count, limit: limit)
        return scanner.run()
    }

    /// The text of a document in UTF-8, of at most `limit` bytes.
    public static func extract(_ utf8: [UInt8], limit: Int) -> HTMLExtraction {
        utf8.withUnsafeBufferPointer { extract($0, limit: limit) }
    }

    /// The text of a document in UTF-8, of at most `limit` bytes.
    public static func extract(_ utf8: ArraySlice<UInt8>, limit: Int) -> HTMLExtraction {
        utf8.withUnsafeBufferPointer { extract($0, limit: limit) }
    }
}
