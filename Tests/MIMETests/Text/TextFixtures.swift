/// What the text tests share.
enum TextFixtures {
    /// SplitMix64: the same numbers from the same seed, everywhere.
    struct Random {
        private var state: UInt64

        init(seed: UInt64) {
            state = seed
        }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }

        mutating func below(_ bound: Int) -> Int {
            bound <= 1 ? 0 : Int(next() % UInt64(bound))
        }

        /// Changes, drops, doubles and cuts a few bytes.
        mutating func mutate(_ bytes: inout [UInt8]) {
            for _ in 0..<below(12) {
                guard !bytes.isEmpty else { return }
                let place = below(bytes.count)
                switch below(5) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
                case 3: bytes.removeSubrange(place..<min(bytes.count, place + below(40)))
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + below(40))], at: place)
                }
            }
        }
    }

    static let htmlPieces = [
        "<p>", "</p>", "<div style=\"display:none\">", "</div>", "<table>", "<tr>", "<td hidden>", "</td>", "</table>",
        "<ul>", "<li>", "</ul>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<br>", "<img alt=\"x &amp; y\">",
        "<a href='u'>", "</a>", "<b>", "</b>", "<title>", "</title>", "<style>", "</style>", "<!--", "-->", "&eacute;",
        "&#8203;", "&#x1F600;", "&zwnj;", "text ", "naïve ", "日本\n語", " ", "\n", "<span style=font-size:0>", "</span>",
        "<q>", "<ol start=3>", "<div id=\"divRplyFwdMsg\">", "<div class=gmail_signature>", "\"", "'", "<", ">", "&",
    ]
}
