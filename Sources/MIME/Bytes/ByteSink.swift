#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A growing stretch of memory that decoders write to without clearing it first, and that is used again for the next
/// part.
final class ByteSink {
    private(set) var count = 0
    private var capacity: Int
    private var base: UnsafeMutablePointer<UInt8>

    init(capacity: Int = 4096) {
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
    }

    deinit {
        base.deallocate()
    }

    /// What was written. Valid until the next write.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func removeAll() {
        count = 0
    }

    /// Cuts what was written to its first `newCount` octets.
    func truncate(to newCount: Int) {
        count = max(0, min(count, newCount))
    }

    /// Gives memory back where one great part left much of it.
    func shrink(toCapacity limit: Int) {
        guard capacity > limit else { return }
        base.deallocate()
        capacity = max(limit, 64)
        count = 0
        base = .allocate(capacity: capacity)
    }

    /// Room for `extra` octets after what was written; `commit` says how many were used.
    func reserve(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
        let needed = count + extra
        if needed > capacity {
            let newCapacity = max(needed, capacity * 2)
            let new = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
            new.update(from: base, count: count)
            base.deallocate()
            base = new
            capacity = newCapacity
        }
        return base + count
    }

    func commit(_ written: Int) {
        count = max(0, min(count + written, capacity))
    }

    func append(_ byte: UInt8) {
        reserve(1).pointee = byte
        count += 1
    }

    func append(_ other: UnsafeRawBufferPointer) {
        guard let source = other.baseAddress, other.count > 0 else { return }
        memcpy(reserve(other.count), source, other.count)
        count += other.count
    }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// U+FFFD in UTF-8.
    func appendReplacement() {
        let target = reserve(3)
        target[0] = 0xEF
        target[1] = 0xBF
        target[2] = 0xBD
        count += 3
    }

    /// Everything written from `start` on, as text; what is not UTF-8 becomes U+FFFD.
    func string(from start: Int = 0) -> String {
        String(decoding: bytes.slice(start..<count), as: UTF8.self)
    }
}
