#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import MIME

/// Real files, read into memory first, so that parsing alone is timed.
enum FileRates {
    static func run(_ folders: [String], rounds: Int) {
        var files: [[UInt8]] = []
        for folder in folders { collect(folder, into: &files) }
        let total = files.reduce(0) { $0 + $1.count }
        let parser = MessageParser()
        var text = 0
        var attachments = 0
        var defects = 0
        var attachmentText = 0
        let seconds = MIMEBench.best(of: rounds) {
            text = 0
            attachments = 0
            defects = 0
            attachmentText = 0
            for file in files {
                let message = parser.parse(file)
                text += message.text.utf8.count
                attachments += message.attachments.count
                defects += message.defects.count
                for attachment in message.attachments { attachmentText += attachment.text?.utf8.count ?? 0 }
            }
        }
        print("\(files.count) messages, \(total / 1_000_000) MB: \(Int(seconds * 1000)) ms CPU")
        print("text \(text / 1000) kB, attachments \(attachments) with \(attachmentText / 1000) kB, defects \(defects)")
        MIMEBench.report("whole messages", total, seconds)
    }

    private static func collect(_ path: String, into files: inout [[UInt8]]) {
        guard let folder = opendir(path) else {
            if let bytes = read(path) { files.append(bytes) }
            return
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        for name in names.sorted() { collect(path + "/" + name, into: &files) }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let size = Int(status.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(file, buffer.baseAddress.map { $0 + count }, size - count)
                if got <= 0 { break }
                count += got
            }
        }
    }
}
