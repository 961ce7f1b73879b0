import Foundation

/// Queries made of the words of messages that the index holds, the same ones in each run.
enum QueryMix {
    /// A quarter each: words as often as they occur (so mostly common ones), long words (mostly rare), two words that
    /// follow one another as a phrase, and the first letters of a word.
    static func make(_ count: Int, through socket: inout LineSocket, _ space: UnsafeMutableRawBufferPointer) -> [String]
    {
        var numbers = Numbers(state: 42)
        let texts = sampleTexts(through: &socket, space)
        var queries: [String] = []
        var attempts = 0
        while queries.count < count, attempts < count * 50, !texts.isEmpty {
            attempts += 1
            let words = texts[numbers.below(texts.count)]
            guard words.count > 2 else { continue }
            let place = numbers.below(words.count - 1)
            let word = words[place]
            switch queries.count % 4 {
            case 0: queries.append(word)
            case 1:
                if let long = words[place...].prefix(40).max(by: { $0.utf8.count < $1.utf8.count }) {
                    queries.append(long)
                }
            case 2: queries.append("\"\(word) \(words[place + 1])\"")
            default: if word.utf8.count >= 4 { queries.append("\(word.prefix(3))*") }
            }
        }
        return queries
    }

    private static func sampleTexts(
        through socket: inout LineSocket, _ space: UnsafeMutableRawBufferPointer
    ) -> [[String]] {
        var texts: [[String]] = []
        let total = (result(of: "count", #"{"query":"*"}"#, &socket, space)?["total"] as? Int) ?? 0
        for part in 0..<200 where total > 0 {
            let offset = total * part / 200
            let found = result(
                of: "search", #"{"query":"*","limit":1,"snippets":false,"offset":\#(offset)}"#, &socket, space)
            guard let hit = (found?["hits"] as? [[String: Any]])?.first, let id = hit["id"] as? String,
                let text = result(of: "text", #"{"id":"\#(id)"}"#, &socket, space)?["text"] as? String
            else { continue }
            let words = text.split { !($0.isASCII && $0.isLetter) }.map { $0.lowercased() }
            texts.append(words.filter { $0.utf8.count > 1 && !["and", "or", "not", "near"].contains($0) })
        }
        return texts
    }

    private static func result(
        of method: String, _ params: String, _ socket: inout LineSocket, _ space: UnsafeMutableRawBufferPointer
    ) -> [String: Any]? {
        let request = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"# + "\n"
        guard let line = socket.ask(Array(request.utf8), space) else { return nil }
        let answer = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        return answer?["result"] as? [String: Any]
    }

    /// A small generator (SplitMix64), so that each run asks the same.
    private struct Numbers {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((value ^ (value >> 31)) % UInt64(bound))
        }
    }
}
