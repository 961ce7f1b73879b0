#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

import MailSearch

/// Rates of the index's tokenizer over texts of several scripts: CPU time, best of three.
///
///     tokenizer-bench [FILE…]
@main
enum TokenizerBench {
    /// Bytes of each made text.
    static let size = 32_000_000

    static func main() {
        let samples: [(String, String)] = [
            (
                "ASCII prose",
                "The quick brown fox jumps over the lazy dog, and Ana's invoice INV-2024/0071 is due today.\n"
            ),
            ("accented Latin", "Está canción más larga: Smörgåsbord für Straße, naïve café à l'été, źdźbło i gęś.\n"),
            ("Cyrillic", "Договор подписан, отправьте его завтра утром до обеда, пожалуйста.\n"),
            ("Japanese", "会議室の予約について確認をお願いします。明日の午後はいかがでしょうか。\n"),
            ("Korean", "내일 오후 회의실 예약을 확인해 주시기 바랍니다. 감사합니다.\n"),
            ("base64", "TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24sIGJ1dCBieSB0aGlz\n"),
        ]
        for (name, line) in samples {
            let line = Array(line.utf8)
            var text: [UInt8] = []
            text.reserveCapacity(size + line.count)
            while text.count < size { text += line }
            report(name, text)
        }
        for path in CommandLine.arguments.dropFirst() {
            guard let text = read(path) else {
                print("\(path): cannot be read")
                continue
            }
            report(path, text)
        }
    }

    private static func report(_ name: String, _ text: [UInt8]) {
        var best = Double.infinity
        var tokens = 0
        for _ in 0..<3 {
            let start = clock()
            tokens = text.withUnsafeBufferPointer { ScannedToken.count(of: $0).tokens }
            best = min(best, Double(clock() - start) / Double(CLOCKS_PER_SEC))
        }
        let rate = Int(Double(text.count) / max(best, 1e-9) / 1e6)
        print("\(name): \(rate) MB/s, \(tokens) tokens, \(Int(best * 1e9) / max(tokens, 1)) ns each")
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}
