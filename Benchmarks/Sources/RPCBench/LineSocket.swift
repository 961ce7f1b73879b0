#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One connection to the socket, and the octets that came without their line's end yet.
struct LineSocket {
    let descriptor: Int32
    private(set) var pending: [UInt8] = []

    init?(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        #if canImport(Darwin)
            descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return nil }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
    }

    func end() { close(descriptor) }

    /// Requests are short: what the socket doesn't take at once is waited for.
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Reads once into `space`; calls `line` with each line that has ended, or with its beginning alone where
    /// `keepsLines` is false: an answer is counted by its end and known by its first octets. Nil at the stream's end.
    mutating func receive(
        into space: UnsafeMutableRawBufferPointer, keepsLines: Bool, _ line: (UnsafeRawBufferPointer) -> Void
    ) -> Int? {
        let count = read(descriptor, space.baseAddress, space.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return 0 }
        guard count > 0, let base = space.baseAddress else { return nil }
        var start = 0
        while start < count {
            guard let end = memchr(base + start, 10, count - start) else { break }
            let length = UnsafeRawPointer(end) - UnsafeRawPointer(base + start)
            let rest = UnsafeRawBufferPointer(start: base + start, count: length)
            if pending.isEmpty {
                line(rest)
            } else {
                if keepsLines || pending.count < Self.shortest { pending.append(contentsOf: rest) }
                pending.withUnsafeBytes(line)
                pending.removeAll(keepingCapacity: true)
            }
            start += length + 1
        }
        if start < count, keepsLines || pending.count < Self.shortest {
            let rest = UnsafeRawBufferPointer(start: base + start, count: count - start)
            pending.append(contentsOf: keepsLines ? rest : UnsafeRawBufferPointer(rebasing: rest.prefix(Self.shortest)))
        }
        return count
    }

    /// Octets of an answer that tell which it is.
    private static let shortest = 128

    /// Sends one request and returns the answer's line.
    mutating func ask(_ request: [UInt8], _ space: UnsafeMutableRawBufferPointer) -> [UInt8]? {
        guard send(request) else { return nil }
        var answer: [UInt8]?
        while answer == nil {
            guard receive(into: space, keepsLines: true, { answer = [UInt8]($0) }) != nil else { return nil }
        }
        return answer
    }
}
