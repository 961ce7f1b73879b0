#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Queries of earlier sessions, one a line, readable by their owner alone.
///
/// Where it can't be read or written, a session does without.
struct HistoryFile {
    let path: String
    /// Octets that are read.
    private static let mostBytes = 1 << 20

    init(folder: String) { path = folder + "/queries" }

    func read() -> [String] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Self.mostBytes)
        let count = fread(&bytes, 1, bytes.count, file)
        return bytes.prefix(count).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whole or not at all: another session may read it.
    func write(_ queries: [String]) {
        let text = queries.map { $0 + "\n" }.joined()
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0, let file = fdopen(descriptor, "w") else { return }
        let bytes = Array(text.utf8)
        let written = fwrite(bytes, 1, bytes.count, file)
        if fclose(file) == 0, written == bytes.count, rename(temporary, path) == 0 { return }
        unlink(temporary)
    }
}
