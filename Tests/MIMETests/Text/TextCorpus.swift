import Foundation

/// The corpus beside the package: `../shared/corpus`, or that of the folder that `TRAWL_SHARED` names.
enum TextCorpus {
    /// A folder of the corpus; nil, with a line that says so, where it is not here.
    static func folder(_ path: String, from file: String = #filePath) -> URL? {
        var shared = URL(fileURLWithPath: file)
        for _ in 0..<4 { shared.deleteLastPathComponent() }
        shared = shared.deletingLastPathComponent().appendingPathComponent("shared")
        if let named = ProcessInfo.processInfo.environment["TRAWL_SHARED"] { shared = URL(fileURLWithPath: named) }
        let folder = shared.appendingPathComponent("corpus/mime").appendingPathComponent(path)
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("skipped: ../shared is not here (\(path))")
            return nil
        }
        return folder
    }

    /// The folder's files with one of these extensions, in order of their names.
    static func files(_ folder: URL, _ suffix: String) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder.appendingPathComponent($0) }
    }

    static func bytes(_ url: URL) -> [UInt8] {
        (try? Data(contentsOf: url)).map { [UInt8]($0) } ?? []
    }

    static func text(_ url: URL) -> String {
        String(decoding: bytes(url), as: UTF8.self)
    }

    /// Runs of letters and digits, in lower case.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                words.append(word.lowercased())
                word = ""
            }
        }
        if !word.isEmpty { words.append(word.lowercased()) }
        return words
    }

    /// What of one list of words the other lacks, each as often as it does.
    static func difference(_ words: [String], _ others: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for word in others { counts[word, default: 0] += 1 }
        return words.filter { word in
            guard let count = counts[word], count > 0 else { return true }
            counts[word] = count - 1
            return false
        }
    }
}
