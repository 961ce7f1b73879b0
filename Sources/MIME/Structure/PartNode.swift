/// A part while its message is read: the public `Part`, and where its octets are.
struct PartNode {
    var part: Part
    /// Which of the context's buffers holds the body.
    var buffer = 0
    var body: Range<Int> = 0..<0
    /// False for a body that a server was not asked for.
    var isFetched = true
    /// True where the transfer encoding is undone already.
    var isDecoded = false
    /// Of a message/rfc822: its message's header, in the buffer of its only child.
    var nestedHeader: HeaderBlock?
    var nestedBuffer = 0
    var children: [PartNode] = []

    var isMultipart: Bool { part.mediaType.hasPrefix("multipart/") }

    func parameter(_ name: String) -> String? {
        part.parameters.first { $0.name == name }?.value
    }

    /// The charset that the label names; nil for none or one that nobody knows.
    var charset: Charset? {
        guard var label = part.charset else { return nil }
        return label.withUTF8 { Charset.named(UnsafeRawBufferPointer($0)) }
    }

    /// The public tree.
    func tree() -> Part {
        if children.isEmpty { return part }
        var result = part
        result.children = children.map { $0.tree() }
        return result
    }

    /// The label of the first text part: what 8-bit header fields are likely in.
    func firstTextCharset() -> Charset? {
        if part.mediaType.hasPrefix("text/"), let charset, charset != .utf8 { return charset }
        for child in children {
            if let found = child.firstTextCharset() { return found }
        }
        return nil
    }
}
