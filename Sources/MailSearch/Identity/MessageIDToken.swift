/// A Message-ID as the number that `reference.token` holds.
package enum MessageIDToken {
    /// FNV-1a over the octets, stirred so that all bits depend on all. Who wants to enter a thread needs no collision:
    /// naming its Message-ID is enough.
    package static func token(of messageID: some StringProtocol) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in messageID.utf8 {
            hash ^= UInt64(byte)
            hash = hash &* 0x100_0000_01B3
        }
        hash ^= hash >> 32
        hash = hash &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
        return Int64(bitPattern: hash)
    }
}
