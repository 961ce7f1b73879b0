/// Sixteen bytes that are looked at together. What is asked of them is answered in another block: a byte of ones for yes, of
/// zeros for no.
struct ByteLanes {
    static let count = 16

    private let bytes: SIMD16<UInt8>

    @inline(__always)
    private init(_ bytes: SIMD16<UInt8>) { self.bytes = bytes }

    @inline(__always)
    private init(_ mask: SIMDMask<SIMD16<Int8>>) { bytes = unsafeBitCast(mask, to: SIMD16<UInt8>.self) }

    /// The same byte sixteen times.
    @inline(__always)
    init(_ byte: UInt8) { bytes = SIMD16(repeating: byte) }

    /// Those from a place on, which must all be there.
    @inline(__always)
    init(_ text: UnsafePointer<UInt8>, at index: Int) {
        bytes = UnsafeRawPointer(text).loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
    }

    @inline(__always)
    static func == (block: ByteLanes, other: ByteLanes) -> ByteLanes { ByteLanes(block.bytes .== other.bytes) }

    /// Whether they are this byte, of the bits of `mask`. Ranges of bytes are told so: comparisons by order are made by
    /// the standard library one byte after the other.
    @inline(__always)
    func isByte(_ byte: UInt8, of mask: UInt8 = 0xFF) -> ByteLanes { self & ByteLanes(mask) == ByteLanes(byte) }

    @inline(__always)
    static func | (block: ByteLanes, other: ByteLanes) -> ByteLanes { ByteLanes(block.bytes | other.bytes) }

    @inline(__always)
    static func & (block: ByteLanes, other: ByteLanes) -> ByteLanes { ByteLanes(block.bytes & other.bytes) }

    @inline(__always)
    static prefix func ~ (block: ByteLanes) -> ByteLanes { ByteLanes(~block.bytes) }

    /// The place of the first byte whose highest bit is set, which are all of an answer that says yes.
    @inline(__always)
    var first: Int? {
        let halves = unsafeBitCast(bytes & SIMD16(repeating: 0x80), to: SIMD2<UInt64>.self)
        guard halves[0] | halves[1] != 0 else { return nil }
        return halves[0] != 0
            ? halves[0].littleEndian.trailingZeroBitCount / 8 : 8 &+ halves[1].littleEndian.trailingZeroBitCount / 8
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 { bytes[index] }
}
