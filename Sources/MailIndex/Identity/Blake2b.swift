/// BLAKE2b (RFC 7693), unkeyed, of 16 octets.
///
/// Messages are told apart by it, and who sends mail must not be able to make one message pass for another, so no
/// faster hash would do.
struct Blake2b {
    static let digestLength = 16
    private static let blockLength = 128

    private var state: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
    private var buffer: [UInt8] = []
    private var processed: UInt64 = 0

    init() {
        state = (
            Blake2b.iv[0] ^ 0x0101_0000 ^ UInt64(Blake2b.digestLength), Blake2b.iv[1], Blake2b.iv[2], Blake2b.iv[3],
            Blake2b.iv[4], Blake2b.iv[5], Blake2b.iv[6], Blake2b.iv[7]
        )
        buffer.reserveCapacity(Blake2b.blockLength)
    }

    mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        var bytes = bytes[...]
        // The last block is compressed at the end, so a full buffer waits until more comes.
        if !buffer.isEmpty {
            let room = Blake2b.blockLength - buffer.count
            let part = bytes.prefix(room)
            buffer.append(contentsOf: part)
            bytes = bytes.dropFirst(part.count)
            guard !bytes.isEmpty else { return }
            processed &+= UInt64(Blake2b.blockLength)
            buffer.withUnsafeBytes { Blake2b.compress(&state, $0, processed, isLast: false) }
            buffer.removeAll(keepingCapacity: true)
        }
        while bytes.count > Blake2b.blockLength {
            let block = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes.prefix(Blake2b.blockLength)))
            processed &+= UInt64(Blake2b.blockLength)
            Blake2b.compress(&state, block, processed, isLast: false)
            bytes = bytes.dropFirst(Blake2b.blockLength)
        }
        buffer.append(contentsOf: bytes)
    }

    mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update($0) }
    }

    mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { update($0) }
    }

    mutating func update(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { update($0.bindMemory(to: UInt8.self)) }
    }

    consuming func finish() -> [UInt8] {
        processed &+= UInt64(buffer.count)
        buffer.append(contentsOf: repeatElement(0, count: Blake2b.blockLength - buffer.count))
        buffer.withUnsafeBytes { Blake2b.compress(&state, $0, processed, isLast: true) }
        var digest: [UInt8] = []
        digest.reserveCapacity(Blake2b.digestLength)
        for word in [state.0, state.1] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                digest.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return digest
    }

    private static let iv: [UInt64] = [
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
    ]

    private static let sigma: [[UInt8]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ]
    /// `sigma` in one piece: twelve rounds of sixteen.
    private static let schedule: [UInt8] = sigma.flatMap { $0 }

    private static func compress(
        _ h: inout (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64), _ block: UnsafeRawBufferPointer,
        _ count: UInt64, isLast: Bool
    ) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 16) { m in
            for index in 0..<16 {
                m[index] = UInt64(littleEndian: block.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            var (v0, v1, v2, v3, v4, v5, v6, v7) = h
            var (v8, v9, v10, v11) = (iv[0], iv[1], iv[2], iv[3])
            var (v12, v13, v14, v15) = (iv[4] ^ count, iv[5], isLast ? ~iv[6] : iv[6], iv[7])
            schedule.withUnsafeBufferPointer { s in
                for round in 0..<12 {
                    let at = round * 16
                    mix(&v0, &v4, &v8, &v12, m[Int(s[at])], m[Int(s[at + 1])])
                    mix(&v1, &v5, &v9, &v13, m[Int(s[at + 2])], m[Int(s[at + 3])])
                    mix(&v2, &v6, &v10, &v14, m[Int(s[at + 4])], m[Int(s[at + 5])])
                    mix(&v3, &v7, &v11, &v15, m[Int(s[at + 6])], m[Int(s[at + 7])])
                    mix(&v0, &v5, &v10, &v15, m[Int(s[at + 8])], m[Int(s[at + 9])])
                    mix(&v1, &v6, &v11, &v12, m[Int(s[at + 10])], m[Int(s[at + 11])])
                    mix(&v2, &v7, &v8, &v13, m[Int(s[at + 12])], m[Int(s[at + 13])])
                    mix(&v3, &v4, &v9, &v14, m[Int(s[at + 14])], m[Int(s[at + 15])])
                }
            }
            h.0 ^= v0 ^ v8
            h.1 ^= v1 ^ v9
            h.2 ^= v2 ^ v10
            h.3 ^= v3 ^ v11
            h.4 ^= v4 ^ v12
            h.5 ^= v5 ^ v13
            h.6 ^= v6 ^ v14
            h.7 ^= v7 ^ v15
        }
    }

    @inline(__always)
    private static func mix(
        _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64, _ x: UInt64, _ y: UInt64
    ) {
        a = a &+ b &+ x
        d = rotate(d ^ a, 32)
        c = c &+ d
        b = rotate(b ^ c, 24)
        a = a &+ b &+ y
        d = rotate(d ^ a, 16)
        c = c &+ d
        b = rotate(b ^ c, 63)
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value >> count | value << (64 - count)
    }
}
