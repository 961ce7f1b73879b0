import CMalloc
import CZstd

/// What many messages have in common: a zstd dictionary, with which each is kept shorter.
///
/// Holds fragments of the mail that it was trained from, as long as the index stands.
///
/// Unchecked because of its pointers, whose targets never change once they are made.
package final class TextDictionary: @unchecked Sendable {
    /// Octets of a dictionary at most. Four times as many save another fiftieth of the texts, and cost each search by a
    /// process of its own a millisecond.
    package static let capacity = 128 << 10
    /// zstd's level with a dictionary. Level 4 takes a hundredth more room for an eighth less of zstd's time; 6 a hundredth less
    /// for a third more, which is a tenth of an import's CPU.
    package static let level: Int32 = 5
    /// A dictionary has at most this part of the texts it is trained from: more would be those texts themselves.
    private static let part = 8
    /// Octets of one text that it is trained from.
    private static let longestSample = 1 << 16

    /// Its number in the index.
    package let id: Int64
    package let decoding: OpaquePointer
    /// Nil where it is only read with.
    package let encoding: OpaquePointer?

    /// What `decoding` reads from as long as it is there.
    private let bytes: UnsafeMutableRawBufferPointer

    /// Nil for bytes that are no dictionary.
    package convenience init?(id: Int64, bytes: [UInt8], isForWriting: Bool) {
        self.init(id: id, count: bytes.count, isForWriting: isForWriting) { $0.copyBytes(from: bytes) }
    }

    /// Of `count` bytes that `fill` writes: they are not copied again.
    init?(
        id: Int64, count: Int, isForWriting: Bool, fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) rethrows {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        var isKept = false
        defer { if !isKept { bytes.deallocate() } }
        // Page by page, as they are written, they cost a search by a process of its own a fortieth of its time.
        if let base = bytes.baseAddress { trawl_lay_out(base, count) }
        try fill(bytes)
        // Anything without zstd's mark would be taken for a dictionary of another kind.
        guard ZDICT_getDictID(bytes.baseAddress, count) != 0,
            let decoding = ZSTD_createDDict_byReference(bytes.baseAddress, count)
        else { return nil }
        isKept = true
        self.id = id
        self.bytes = bytes
        self.decoding = decoding
        encoding = isForWriting ? ZSTD_createCDict(bytes.baseAddress, count, Self.level) : nil
    }

    deinit {
        ZSTD_freeDDict(decoding)
        ZSTD_freeCDict(encoding)
        bytes.deallocate()
    }

    /// A dictionary made of these texts; nil where they are too few or have too little in common.
    package static func train(_ texts: [[UInt8]]) -> [UInt8]? {
        var samples: [UInt8] = []
        var sizes: [Int] = []
        for text in texts where !text.isEmpty {
            let sample = text.prefix(longestSample)
            samples += sample
            sizes.append(sample.count)
        }
        var parameters = ZDICT_fastCover_params_t()
        // Segments of 60 octets, found by hashes of 6 in a table of 2^20, in a third of the samples: saves an eightieth of mail
        // beside segments of 200, which ZDICT's own search for the best comes to.
        parameters.k = 60
        parameters.d = 6
        parameters.f = 20
        parameters.accel = 3
        parameters.zParams.compressionLevel = level
        let room = min(capacity, samples.count / part)
        guard room >= Int(ZDICT_DICTSIZE_MIN) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let size = ZDICT_trainFromBuffer_fastCover(
                buffer.baseAddress, room, samples, sizes, UInt32(sizes.count), parameters)
            count = ZDICT_isError(size) == 0 ? size : 0
        }
        return bytes.isEmpty ? nil : bytes
    }
}
