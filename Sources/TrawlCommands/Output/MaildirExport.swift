#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import MailIndex
import MailSearch
import TrawlService

/// Results as a Maildir, for mail readers.
///
/// The folder is Trawl's own: it bears a mark, each export replaces the one before, and a folder that holds anything
/// else is refused. The mail in it is a copy; what a reader changes there changes nothing elsewhere.
struct MaildirExport {
    private let path: String
    private static let mark = ".trawl-results"
    private static let ending = ".trawl"

    /// Makes the folder, or empties the one of an earlier export.
    ///
    /// Errors: ``ServiceError/Code/fileUnusable``.
    init(_ path: String) throws(ServiceError) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let entries = Self.entries(self.path)
        if let entries, !entries.isEmpty, !entries.contains(Self.mark) {
            throw ServiceError(.fileUnusable, "\(path): holds other things; name a new or empty folder for results")
        }
        if entries == nil { try Self.make(self.path) }
        try Self.write([], to: "\(self.path)/\(Self.mark)")
        for name in ["cur", "new", "tmp"] {
            let folder = "\(self.path)/\(name)"
            guard let files = Self.entries(folder) else {
                try Self.make(folder)
                continue
            }
            for file in files where Self.isOwn(file) { unlink("\(folder)/\(file)") }
        }
    }

    /// Adds a message.
    ///
    /// Errors: ``ServiceError/Code/fileUnusable``.
    func add(_ email: Email, _ bytes: [UInt8]) throws(ServiceError) {
        let name = "\(email.date).\(email.id)\(Self.ending)"
        let temporary = "\(path)/tmp/\(name)"
        let final = "\(path)/cur/\(name):2,\(Self.flags(email))"
        try Self.write(bytes, to: temporary)
        // Readers sort by it where they don't look inside.
        var times = [
            timespec(tv_sec: time_t(email.date), tv_nsec: 0), timespec(tv_sec: time_t(email.date), tv_nsec: 0),
        ]
        utimensat(AT_FDCWD, temporary, &times, 0)
        guard rename(temporary, final) == 0 else { throw Self.fault(final) }
    }

    /// Maildir's letters, in their order.
    static func flags(_ email: Email) -> String {
        var flags = ""
        if email.flags.contains(.draft) { flags.append("D") }
        if email.flags.contains(.flagged) { flags.append("F") }
        if email.keywords.contains(where: { $0.lowercased() == "$forwarded" }) { flags.append("P") }
        if email.flags.contains(.answered) { flags.append("R") }
        if email.flags.contains(.seen) { flags.append("S") }
        if email.flags.contains(.deleted) { flags.append("T") }
        return flags
    }

    private static func isOwn(_ file: String) -> Bool {
        file.hasSuffix(ending) || file.split(separator: ":").first.map { $0.hasSuffix(ending) } ?? false
    }

    /// Nil where there is no such folder.
    private static func entries(_ path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func make(_ path: String) throws(ServiceError) {
        guard mkdir(path, 0o700) == 0 else { throw fault(path) }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(ServiceError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw fault(path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let failure = fault(path)
                close(descriptor)
                throw failure
            }
            rest = rest.dropFirst(count)
        }
        guard close(descriptor) == 0 else { throw fault(path) }
    }

    private static func fault(_ path: String) -> ServiceError {
        ServiceError(.fileUnusable, "\(path): \(String(cString: strerror(errno)))")
    }
}

/// write(2), which the type above has a method of its own for.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
