import Foundation

/// The folder of real and nasty mail beside the checkout. It is no part of the project; where it is missing, the tests
/// that read it say so and pass.
enum CorpusFolder {
    static let root: URL? = {
        var candidates: [URL] = []
        if let path = ProcessInfo.processInfo.environment["TRAWL_SHARED"] { candidates.append(URL(filePath: path)) }
        // Tests/MIMETests/Conformance/CorpusFolder.swift → the package → its neighbour.
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        candidates.append(package.deletingLastPathComponent().appending(path: "shared"))
        return candidates.first {
            FileManager.default.fileExists(atPath: $0.appending(path: "corpus/mime").path(percentEncoded: false))
        }
    }()

    /// A folder of the corpus, or nil after saying that it is missing.
    static func folder(_ path: String) -> URL? {
        guard let root else {
            print("skipped: ../shared is not here")
            return nil
        }
        return root.appending(path: "corpus/" + path)
    }

    /// All files below a folder, in order, by their path from it.
    static func files(below folder: URL) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false)) else { return [] }
        var result: [String] = []
        for case let path as String in walk {
            var isFolder: ObjCBool = false
            let full = folder.appending(path: path).path(percentEncoded: false)
            if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue {
                result.append(path)
            }
        }
        return result.sorted()
    }

    static func bytes(_ url: URL) -> [UInt8] {
        (try? Data(contentsOf: url)).map { [UInt8]($0) } ?? []
    }

    /// With CRLF for each bare LF.
    static func withCRLF(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 30)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0A, previous != 0x0D { result.append(0x0D) }
            result.append(byte)
            previous = byte
        }
        return result
    }
}

/// What became of the cases of one source.
struct ConformanceTally {
    var source: String
    var cases = 0
    var agreed = 0
    /// Case → what differs.
    var differing: [(name: String, what: [String])] = []

    mutating func add(_ name: String, _ differences: [String]) {
        cases += 1
        if differences.isEmpty { agreed += 1 } else { differing.append((name, differences)) }
    }

    /// Cases that differ without a reason, and reasons that no case needs.
    func unexplained(_ reasons: [String: String]) -> [String] {
        var result: [String] = []
        for (name, what) in differing where reasons[name] == nil {
            result.append("\(name): " + what.prefix(4).joined(separator: " | "))
        }
        let names = Set(differing.map(\.name))
        for name in reasons.keys.sorted() where !names.contains(name) { result.append("\(name): the reason is stale") }
        return result
    }

    func report() {
        print("conformance \(source): \(cases) cases, \(agreed) agreed, \(differing.count) differing with a reason")
    }
}
