/// SipHash-2-4 with 128 bits (Aumasson and Bernstein, "SipHash: a fast short-input PRF"): tells a message known already
/// from one that isn't, without parsing it.
///
/// Keyed with a secret of the data folder, so that nobody who writes mail can make two messages that are taken for one.
struct ContentHash: Hashable, Sendable {
    var first: UInt64
    var second: UInt64

    struct Key: Hashable, Sendable {
        var a: UInt64
        var b: UInt64

        static func random() -> Key {
            var generator = SystemRandomNumberGenerator()
            return Key(a: generator.next(), b: generator.next())
        }
    }

    init(_ bytes: UnsafeRawBufferPointer, key: Key) {
        var state = State(key)
        var index = 0
        while index + 8 <= bytes.count {
            state.absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for (offset, byte) in bytes[index...].enumerated() { last |= UInt64(byte) << UInt64(8 * offset) }
        state.absorb(last)
        state.v2 ^= 0xEE
        for _ in 0..<4 { state.round() }
        first = state.v0 ^ state.v1 ^ state.v2 ^ state.v3
        state.v1 ^= 0xDD
        for _ in 0..<4 { state.round() }
        second = state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(_ key: Key) {
            v0 = key.a ^ 0x736F_6D65_7073_6575
            v1 = key.b ^ 0x646F_7261_6E64_6F6D ^ 0xEE
            v2 = key.a ^ 0x6C79_6765_6E65_7261
            v3 = key.b ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        @inline(__always)
        mutating func round() {
            v0 &+= v1
            v2 &+= v3
            v1 = v1 << 13 | v1 >> 51
            v3 = v3 << 16 | v3 >> 48
            v1 ^= v0
            v3 ^= v2
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v1
            v0 &+= v3
            v1 = v1 << 17 | v1 >> 47
            v3 = v3 << 21 | v3 >> 43
            v1 ^= v2
            v3 ^= v0
            v2 = v2 << 32 | v2 >> 32
        }
    }

    /// 32 hexadecimal digits.
    var text: String {
        func hexadecimal(_ value: UInt64) -> String {
            let digits = String(value.byteSwapped, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hexadecimal(first) + hexadecimal(second)
    }
}
