import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Converters of the C library, kept open: opening one costs more than converting a page of text.
enum IconvPool {
    /// A conversion descriptor to UTF-8.
    // Unchecked: a descriptor is a pointer to the C library's state, which one thread may use at a time. It leaves the
    // pool when it is borrowed and comes back afterwards, so that no two threads ever hold the same one.
    private struct Descriptor: @unchecked Sendable {
        let handle: iconv_t
    }

    private static let idle = Mutex<[String: [Descriptor]]>([:])

    /// Names that the C library does not know, so that they are asked for once.
    private static let unknown = Mutex<Set<String>>([])

    /// Idle descriptors kept of one charset.
    private static let idleLimit = 16

    /// Calls `body` with a descriptor that converts `charset` to UTF-8, in its initial state; nil where the C library
    /// has no such charset.
    static func withDescriptor<Result>(_ charset: String, _ body: (iconv_t) -> Result) -> Result? {
        guard let descriptor = take(charset) else { return nil }
        let result = body(descriptor.handle)
        _ = iconv(descriptor.handle, nil, nil, nil, nil)
        let isFull = idle.withLock { idle in
            if idle[charset, default: []].count >= idleLimit { return true }
            idle[charset, default: []].append(descriptor)
            return false
        }
        if isFull { iconv_close(descriptor.handle) }
        return result
    }

    /// Whether the C library converts from this charset.
    static func knows(_ charset: String) -> Bool {
        withDescriptor(charset) { _ in true } ?? false
    }

    private static func take(_ charset: String) -> Descriptor? {
        if let known = idle.withLock({ $0[charset]?.popLast() }) { return known }
        if unknown.withLock({ $0.contains(charset) }) { return nil }
        let handle = iconv_open("UTF-8", charset)
        // (iconv_t)-1 is the C library's "no such charset".
        if let handle, Int(bitPattern: handle) != -1 { return Descriptor(handle: handle) }
        unknown.withLock { names in
            // Mail can name any number of charsets that nobody has.
            if names.count < 1000 { _ = names.insert(charset) }
        }
        return nil
    }
}
