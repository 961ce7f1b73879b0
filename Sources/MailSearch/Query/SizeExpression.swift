/// A size as people write it: `500k`, `2M`, `1.5G`, `1000`; a k is 1,024 octets, `B` and `iB` may follow.
enum SizeExpression {
    /// Octets, or nil for what is no size.
    static func octets(_ typed: String) -> Int64? {
        var text = typed.lowercased()[...]
        if text.hasSuffix("ib"), text.count > 2 {
            text = text.dropLast(2)
        } else if text.hasSuffix("b") {
            text = text.dropLast()
        }
        var unit = 1.0
        switch text.last {
        case "k": unit = 1024
        case "m": unit = 1024 * 1024
        case "g": unit = 1024 * 1024 * 1024
        case "t": unit = 1024 * 1024 * 1024 * 1024
        default: break
        }
        if unit > 1 { text = text.dropLast() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), text.utf8.count <= 16,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let number = Double(text), number * unit < 1e18
        else { return nil }
        return Int64(number * unit)
    }
}
