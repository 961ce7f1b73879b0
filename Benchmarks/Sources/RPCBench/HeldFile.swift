import Foundation

/// A file that the system keeps in its memory as long as this process is there. Otherwise it may take it away between two
/// searches, as virtual machines do that share their memory, and a search waits for the disk.
enum HeldFile {
    /// Maps all of it for good. False where the system doesn't let it: see `ulimit -l`.
    static func hold(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
            return false
        }
        return mlock(start, size) == 0
    }
}
