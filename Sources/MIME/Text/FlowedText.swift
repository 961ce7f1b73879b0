/// RFC 3676, `text/plain; format=flowed`: lines that were broken softly are joined again.
public enum FlowedText {
    /// The paragraphs of `text`, one a line, with their quote marks (`> `) kept.
    ///
    /// `deletesSpace` is the parameter `DelSp=yes`: the space that ends a soft line is then no part of the text. Quote
    /// depth, space-stuffing and the signature line `-- ` are read as section 4 tells. Linear in the text.
    public static func unwrap(_ text: String, deletesSpace: Bool) -> String {
        var text = text
        var result: [UInt8] = []
        text.withUTF8 { bytes in
            result = unwrap(bytes, deletesSpace: deletesSpace)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The same over UTF-8 (or any superset of ASCII).
    public static func unwrap(_ bytes: UnsafeBufferPointer<UInt8>, deletesSpace: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 16)
        var position = 0
        var openDepth: Int?
        while position < bytes.count {
            let lineEnd = bytes.firstIndex(of: 0x0A, from: position) ?? bytes.count
            let next = lineEnd < bytes.count ? lineEnd + 1 : lineEnd
            let isLastWithoutEnd = lineEnd == bytes.count
            var contentEnd = lineEnd
            if contentEnd > position, bytes[contentEnd - 1] == 0x0D { contentEnd -= 1 }

            var start = position
            while start < contentEnd, bytes[start] == UInt8(ascii: ">") { start += 1 }
            let depth = start - position
            if start < contentEnd, bytes[start] == UInt8(ascii: " ") { start += 1 }
            let isSignature =
                contentEnd - start == 3 && bytes[start] == UInt8(ascii: "-") && bytes[start + 1] == UInt8(ascii: "-")
                && bytes[start + 2] == UInt8(ascii: " ")
            let isSoft = !isSignature && contentEnd > start && bytes[contentEnd - 1] == UInt8(ascii: " ")

            // A soft line that meets another depth, or a signature, ends as if it were hard.
            if let open = openDepth, open != depth || isSignature {
                trimAndEnd(&result)
                openDepth = nil
            }
            if openDepth == nil, depth > 0 {
                for _ in 0..<depth { result.append(UInt8(ascii: ">")) }
                if contentEnd > start { result.append(UInt8(ascii: " ")) }
            }
            let kept = isSoft && deletesSpace ? contentEnd - 1 : contentEnd
            if kept > start { result.append(contentsOf: bytes[start..<kept]) }
            if isSoft {
                openDepth = depth
            } else {
                openDepth = nil
                if !isLastWithoutEnd { result.append(0x0A) }
            }
            position = next
        }
        if openDepth != nil { trimAndEnd(&result) }
        return result
    }

    private static func trimAndEnd(_ result: inout [UInt8]) {
        while result.last == UInt8(ascii: " ") { result.removeLast() }
        result.append(0x0A)
    }
}
