import CZstd

/// zstd frames without checksum, length and dictionary id: the header of a stored text tells those.
package enum ZstdFrame {
    /// Of texts without a dictionary: most are compressed again with one soon.
    package static let level: Int32 = 1

    /// Appends the source in one frame, or in two with the first up to `cutAt`. False where that failed; `bytes` then
    /// holds nothing of use.
    ///
    /// - Parameter level: zstd's, where there is no dictionary.
    package static func append(
        _ source: [UInt8], cutAt cut: Int?, _ dictionary: TextDictionary?, level: Int32 = level, to bytes: inout [UInt8]
    ) -> Bool {
        guard let context = Compressor.pool.take() else { return false }
        defer { Compressor.pool.giveBack(context) }
        return source.withUnsafeBytes { source in
            var start = 0
            for end in [cut, source.count].compactMap({ $0 }) {
                let part = UnsafeRawBufferPointer(rebasing: source[start..<end])
                guard context.append(part, dictionary, level, to: &bytes) else { return false }
                start = end
            }
            return true
        }
    }

    /// The first of the frames in a payload.
    package static func first(_ payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let size = ZSTD_findFrameCompressedSize(payload.baseAddress, payload.count)
        guard ZSTD_isError(size) == 0, size <= payload.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: payload[..<size])
    }

    /// Decodes frames that hold `count` octets; false where they don't.
    package static func decode(
        _ frames: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, count: Int,
        _ dictionary: TextDictionary?
    ) -> Bool {
        guard target.count >= count, let context = Decompressor.pool.take() else { return false }
        defer { Decompressor.pool.giveBack(context) }
        let size =
            if let dictionary {
                ZSTD_decompress_usingDDict(
                    context.context, target.baseAddress, count, frames.baseAddress, frames.count, dictionary.decoding)
            } else {
                ZSTD_decompressDCtx(context.context, target.baseAddress, count, frames.baseAddress, frames.count)
            }
        return ZSTD_isError(size) == 0 && size == count
    }

    /// Contexts of a kind that are kept, at most: making one costs more than a short message.
    private static let mostContexts = 16

    /// Lets go of contexts that nobody uses. One holds up to a megabyte, and there are as many as once worked at a time.
    static func releaseMemory() {
        Compressor.pool.removeAll()
        Decompressor.pool.removeAll()
    }

    /// Unchecked because of the pointer: an instance is out of the pool while one caller uses it.
    private final class Compressor: @unchecked Sendable {
        static let pool = Pool(capacity: ZstdFrame.mostContexts) { Compressor() }
        private let context: OpaquePointer

        private init?() {
            guard let context = ZSTD_createCCtx() else { return nil }
            self.context = context
        }

        deinit { ZSTD_freeCCtx(context) }

        func append(
            _ source: UnsafeRawBufferPointer, _ dictionary: TextDictionary?, _ level: Int32, to bytes: inout [UInt8]
        ) -> Bool {
            ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)
            for parameter in [ZSTD_c_contentSizeFlag, ZSTD_c_checksumFlag, ZSTD_c_dictIDFlag] {
                ZSTD_CCtx_setParameter(context, parameter, 0)
            }
            if let dictionary {
                guard let encoding = dictionary.encoding else { return false }
                ZSTD_CCtx_refCDict(context, encoding)
            } else {
                ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
            }
            return withUnsafeTemporaryAllocation(byteCount: ZSTD_compressBound(source.count), alignment: 1) { room in
                let size = ZSTD_compress2(context, room.baseAddress, room.count, source.baseAddress, source.count)
                guard ZSTD_isError(size) == 0 else { return false }
                bytes.append(contentsOf: room[..<size])
                return true
            }
        }
    }

    /// Unchecked for the same reason.
    private final class Decompressor: @unchecked Sendable {
        static let pool = Pool(capacity: ZstdFrame.mostContexts) { Decompressor() }
        let context: OpaquePointer

        private init?() {
            guard let context = ZSTD_createDCtx() else { return nil }
            self.context = context
        }

        deinit { ZSTD_freeDCtx(context) }
    }
}
