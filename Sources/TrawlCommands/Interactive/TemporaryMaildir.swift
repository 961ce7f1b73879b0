#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A Maildir of one message, for mail readers; nobody else can read it, and `remove` takes it away.
struct TemporaryMaildir {
    let path: String

    /// Nil where it can't be made.
    init?(_ message: [UInt8]) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/trawl-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["cur", "new", "tmp"] {
            guard mkdir("\(path)/\(name)", 0o700) == 0 else {
                remove()
                return nil
            }
        }
        guard let file = fopen(Self.file(in: path), "w") else {
            remove()
            return nil
        }
        let written = fwrite(message, 1, message.count, file)
        guard fclose(file) == 0, written == message.count else {
            remove()
            return nil
        }
    }

    private static func file(in path: String) -> String { "\(path)/cur/1.trawl:2,S" }

    func remove() {
        // A reader may have given the file other flags.
        for name in ["cur", "new", "tmp"] {
            if let folder = opendir("\(path)/\(name)") {
                while let entry = readdir(folder) {
                    let file = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                    }
                    if file != ".", file != ".." { unlink("\(path)/\(name)/\(file)") }
                }
                closedir(folder)
            }
            rmdir("\(path)/\(name)")
        }
        rmdir(path)
    }
}
