#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

extension Files {
    /// Puts a file in a path's place, whole or not at all. Its folder is made, for the owner alone, where it is missing.
    ///
    /// Errors: ``ServiceError/Code/fileUnusable``; then what stood there still does.
    static func replace(_ path: String, with bytes: [UInt8], mode: UInt32) throws(ServiceError) {
        try makePrivateFolder(Paths.folder(of: path))
        let target = resolvingLinks(path)
        var name = Array("\(target).XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw ServiceError(.fileUnusable, "\(path): can't be written: \(lastErrorText())")
        }
        let failure = writeWhole(bytes, to: descriptor, mode: mode)
        close(descriptor)
        guard failure == 0, rename(name, target) == 0 else {
            let reason = text(ofError: failure == 0 ? errno : failure)
            unlink(name)
            throw ServiceError(.fileUnusable, "\(path): can't be written: \(reason)")
        }
    }

    /// A path that means the same from every folder.
    static func absolute(_ path: String) -> String {
        // The home folder is the same from everywhere.
        guard !path.hasPrefix("/"), !path.hasPrefix("~/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return Paths.join(String(cString: folder), path)
    }

    /// What a path leads to, where that is something; else the path.
    private static func resolvingLinks(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The number of the error, 0 for none.
    private static func writeWhole(_ bytes: [UInt8], to descriptor: Int32, mode: UInt32) -> Int32 {
        guard fchmod(descriptor, mode_t(mode)) == 0 else { return errno }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(
                    descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]).baseAddress, bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            written += count
        }
        return fsync(descriptor) == 0 ? 0 : errno
    }
}
