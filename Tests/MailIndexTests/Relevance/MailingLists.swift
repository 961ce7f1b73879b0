import Foundation
import MIME
import TestSupport

@testable import MailIndex
@testable import MailSearch

/// Real mailing lists' mail in `../shared/corpus/lists` (or in the folder that `TRAWL_SHARED` names), which is no part
/// of the package.
enum MailingLists {
    static let names = ["blinux-list", "usrp-users", "linux-man"]

    /// The folder; nil, with a line that says so, where it is not here.
    static func folder(from file: String = #filePath) -> URL? {
        var shared = URL(fileURLWithPath: file)
        for _ in 0..<4 { shared.deleteLastPathComponent() }
        shared = shared.deletingLastPathComponent().appendingPathComponent("shared")
        if let named = ProcessInfo.processInfo.environment["TRAWL_SHARED"] { shared = URL(fileURLWithPath: named) }
        let folder = shared.appendingPathComponent("corpus/lists")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("skipped: ../shared is not here")
            return nil
        }
        return folder
    }

    /// An archive's messages, as they stand in the mbox file.
    static func messages(of name: String, in folder: URL) throws -> [Data] {
        let archive = try unpacked(folder.appendingPathComponent("\(name).mbox.gz"))
        var starts = [archive.startIndex]
        while let last = starts.last, let found = find("\nFrom ", in: archive[(last + 1)...]) {
            starts.append(found + 1)
        }
        let ends = starts.dropFirst() + [archive.endIndex]
        return zip(starts, ends).map { archive[$0..<$1] }
    }

    /// The octets of one message: without its mbox line, and with `>From ` set right.
    static func octets(of message: Data) -> [UInt8] {
        guard let end = message.firstIndex(of: 10) else { return [] }
        var octets = message[(end + 1)...]
        while let quoted = find("\n>From ", in: octets) { octets.remove(at: quoted + 1) }
        return [UInt8](octets)
    }

    /// Where a text begins in some octets. Foundation's own search takes minutes over these archives.
    static func find(_ text: String, in data: Data) -> Int? {
        let wanted = Array(text.utf8)
        return data.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = wanted.first else { return nil }
            var offset = 0
            while offset + wanted.count <= bytes.count,
                let found = memchr(base + offset, Int32(first), bytes.count - wanted.count + 1 - offset)
            {
                if memcmp(found, wanted, wanted.count) == 0 {
                    return data.startIndex + (UnsafeRawPointer(found) - base)
                }
                offset = UnsafeRawPointer(found) - base + 1
            }
            return nil
        }
    }

    private static func unpacked(_ file: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw TestSupportError("gzip can't read \(file.path)") }
        return data
    }
}
