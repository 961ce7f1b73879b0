import Synchronization

/// The 256 characters of a single-octet charset in UTF-8, asked of the C library once.
final class SingleByteTable: Sendable {
    /// The UTF-8 of each octet, first octet lowest, and its length in the highest octet.
    let entries: [UInt32]

    private static let cache = Mutex<[String: SingleByteTable]>([:])

    private init(entries: [UInt32]) {
        self.entries = entries
    }

    /// Nil where the C library has no such charset.
    static func named(_ name: String) -> SingleByteTable? {
        if let known = cache.withLock({ $0[name] }) { return known }
        guard let made = make(name) else { return nil }
        cache.withLock { $0[name] = made }
        return made
    }

    private static func make(_ name: String) -> SingleByteTable? {
        guard IconvPool.knows(name) else { return nil }
        var entries: [UInt32] = []
        entries.reserveCapacity(256)
        let sink = ByteSink(capacity: 64)
        for octet in 0...255 {
            sink.removeAll()
            let faults = withUnsafeBytes(of: UInt8(octet)) {
                IconvDecoder.decode($0, from: name, into: sink, faultLimit: 1) ?? 1
            }
            // What the charset leaves open stands for the C1 control of that number, as in WHATWG's windows-1252: it
            // keeps both ways open.
            if faults > 0 || sink.count == 0 {
                sink.removeAll()
                sink.append(String(Character(Unicode.Scalar(UInt8(octet)))))
            }
            var entry: UInt32 = 0
            for (index, byte) in sink.bytes.prefix(3).enumerated() { entry |= UInt32(byte) << UInt32(8 * index) }
            entries.append(entry | UInt32(min(sink.count, 3)) << 24)
        }
        return SingleByteTable(entries: entries)
    }

    /// Appends the text that `bytes` stand for.
    func decode(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        let count = bytes.count
        // A store is four octets wide, so the last character needs one more than its own three.
        let start = sink.reserve(count * 3 + 4)
        let target = UnsafeMutableRawPointer(start)
        var written = 0
        entries.withUnsafeBufferPointer { entries in
            var index = 0
            while index < count {
                while index &+ 8 <= count {
                    let word = UnsafeRawPointer(base).loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    if word & 0x8080_8080_8080_8080 != 0 { break }
                    target.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
                    index &+= 8
                    written &+= 8
                }
                let stop = min(index &+ 8, count)
                while index < stop {
                    let entry = entries[Int(base[index])]
                    target.storeBytes(of: entry.littleEndian, toByteOffset: written, as: UInt32.self)
                    written &+= Int(entry >> 24)
                    index &+= 1
                }
            }
        }
        sink.commit(written)
    }
}
