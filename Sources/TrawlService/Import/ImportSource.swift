#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// One mailbox's worth of mail on disk.
struct ImportSource: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        case mbox
        case maildir
        /// A folder of message files (`.eml`, or MH's numbers).
        case folder
    }

    var kind: Kind
    /// Absolute, symbolic links resolved.
    var path: String
    /// The mailbox's name, from the name of what was asked for downwards.
    var mailbox: String
    /// For a folder: these files alone; nil for all that are there.
    var only: [String]?
}

/// Finds mail in the files and folders that the user names.
struct ImportScanner {
    /// Folders within each other.
    static let deepest = 64
    /// Octets at a file's beginning that tell what it is.
    static let probe = 4096

    private(set) var sources: [ImportSource] = []
    /// Files that are no mail.
    private(set) var otherFiles = 0
    private var visited: Set<FolderKey> = []

    private struct FolderKey: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// Errors: ``ServiceError/Code/fileUnusable`` where nothing is there, ``ServiceError/Code/notMail``.
    static func scan(_ paths: [String]) throws(ServiceError) -> ImportScanner {
        var scanner = ImportScanner()
        for path in paths { try scanner.add(path) }
        return scanner
    }

    private mutating func add(_ path: String) throws(ServiceError) {
        guard let absolute = Self.absolute(path), let status = Files.status(absolute) else {
            throw ServiceError(.fileUnusable, "\(path): \(Files.lastErrorText())")
        }
        let name = Paths.lastComponent(of: absolute)
        switch status.kind {
        case .folder:
            guard Self.canList(absolute) else { throw ServiceError(.fileUnusable, "\(path): \(Files.lastErrorText())") }
            addFolder(absolute, name: name == "/" ? "root" : name, depth: 0)
        case .file:
            switch try Self.kind(ofFile: absolute, name: name) {
            case .mbox: sources.append(ImportSource(kind: .mbox, path: absolute, mailbox: Self.mboxName(name)))
            case .message: addMessage(absolute, name: name)
            case .other:
                throw ServiceError(
                    .notMail, "\(path): is no mbox file, message or folder of mail; nothing was imported from it")
            }
        case .other:
            throw ServiceError(.notMail, "\(path): is neither a file nor a folder")
        }
    }

    private mutating func addMessage(_ path: String, name: String) {
        let folder = Paths.folder(of: path)
        if let index = sources.firstIndex(where: { $0.path == folder && $0.kind == .folder }) {
            sources[index].only?.append(name)
        } else {
            let mailbox = Paths.lastComponent(of: folder)
            sources.append(
                ImportSource(kind: .folder, path: folder, mailbox: mailbox == "/" ? "root" : mailbox, only: [name]))
        }
    }

    private mutating func addFolder(_ path: String, name: String, depth: Int) {
        guard depth <= Self.deepest, let status = Files.status(path), status.kind == .folder,
            visited.insert(FolderKey(device: status.device, inode: status.inode)).inserted
        else { return }
        let isMaildir = Self.isMaildir(path)
        if isMaildir { sources.append(ImportSource(kind: .maildir, path: path, mailbox: name)) }
        var hasMessages = false
        for entry in Self.entries(of: path).sorted(by: { $0.name < $1.name }) {
            let child = Paths.join(path, entry.name)
            let isFolder = entry.isFolder ?? (Files.status(child)?.kind == .folder)
            if isFolder {
                if isMaildir, ["cur", "new", "tmp"].contains(entry.name) { continue }
                if isMaildir, entry.name.hasPrefix("."), Self.isMaildir(child) {
                    // Maildir++: `.Lists.swift` is Lists, and swift below it.
                    let parts = entry.name.dropFirst().split(separator: ".").joined(separator: "/")
                    addFolder(child, name: "\(name)/\(parts)", depth: depth + 1)
                } else if !entry.name.hasPrefix(".") {
                    // Thunderbird keeps the mailboxes below NAME in NAME.sbd.
                    let plain = entry.name.hasSuffix(".sbd") ? String(entry.name.dropLast(4)) : entry.name
                    addFolder(child, name: "\(name)/\(plain)", depth: depth + 1)
                }
            } else if !isMaildir, !entry.name.hasPrefix(".") {
                // A name that tells is believed, so that a folder of a hundred thousand messages isn't opened file by
                // file before the first is read.
                if Self.isMessageName(entry.name) {
                    hasMessages = true
                    continue
                }
                switch try? Self.kind(ofFile: child, name: entry.name) {
                case .mbox:
                    sources.append(
                        ImportSource(kind: .mbox, path: child, mailbox: "\(name)/\(Self.mboxName(entry.name))"))
                case .message: hasMessages = true
                case .other, nil: otherFiles += 1
                }
            }
        }
        if hasMessages { sources.append(ImportSource(kind: .folder, path: path, mailbox: name)) }
    }

    // MARK: What a file is

    private enum FileKind { case mbox, message, other }

    /// `.eml`, or a number as MH names its messages.
    static func isMessageName(_ name: String) -> Bool {
        if name.utf8.count > 4, name.suffix(4).lowercased() == ".eml" { return true }
        return !name.isEmpty && name.utf8.count <= 10 && name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func mboxName(_ name: String) -> String {
        for suffix in [".mbox", ".mbx", ".mboxrd", ".mbox.txt"]
        where name.count > suffix.count && name.lowercased().hasSuffix(suffix) {
            return String(name.dropLast(suffix.count))
        }
        return name
    }

    private static func kind(ofFile path: String, name: String) throws(ServiceError) -> FileKind {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw ServiceError(.fileUnusable, "\(path): \(Files.lastErrorText())") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: probe)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw ServiceError(.fileUnusable, "\(path): \(Files.lastErrorText())") }
        let start = bytes[..<count]
        let isNamedMbox = mboxName(name) != name
        let text = start.drop { $0 == 10 || $0 == 13 }
        if text.starts(with: "From ".utf8) { return .mbox }
        if isNamedMbox, text.isEmpty { return .mbox }
        if isMessageName(name) { return .message }
        return beginsWithHeader(text) ? .message : .other
    }

    /// Two header fields in a row, one of which mail has and other texts don't.
    private static func beginsWithHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
        let known: Set<String> = [
            "from", "to", "date", "subject", "received", "return-path", "message-id", "delivered-to", "mime-version",
        ]
        var found = 0
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false).prefix(20) {
            if line.isEmpty || line.elementsEqual([13]) { break }
            if line.first == 0x20 || line.first == 0x09 { continue }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return false }
            if known.contains(String(decoding: line[..<colon], as: UTF8.self).lowercased()) { found += 1 }
        }
        return found >= 2
    }

    // MARK: Folders

    static func isMaildir(_ path: String) -> Bool {
        Files.status(Paths.join(path, "cur"))?.kind == .folder && Files.status(Paths.join(path, "new"))?.kind == .folder
    }

    struct Entry {
        var name: String
        /// Nil where the file system doesn't tell.
        var isFolder: Bool?
    }

    /// Without `.` and `..`; empty where the folder can't be read.
    static func entries(of path: String) -> [Entry] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var entries: [Entry] = []
        while let entry = readdir(folder) {
            let kind = Int32(entry.pointee.d_type)
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let isFolder: Bool? = kind == Int32(DT_DIR) ? true : kind == Int32(DT_REG) ? false : nil
            entries.append(Entry(name: name, isFolder: isFolder))
        }
        return entries
    }

    private static func canList(_ path: String) -> Bool {
        guard let folder = opendir(path) else { return false }
        closedir(folder)
        return true
    }

    static func absolute(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
