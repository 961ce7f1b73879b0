/// Writes ZIP archives for tests: stored entries, or bytes that are deflated already.
struct ZipWriter {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    mutating func add(_ name: String, _ text: String) {
        add(name, Array(text.utf8), method: 0, size: text.utf8.count)
    }

    mutating func add(_ name: String, _ data: [UInt8], method: Int, size: Int, flags: Int = 0) {
        let offset = bytes.count
        let fields =
            word16(20) + word16(flags) + word16(method) + word32(0) + word32(0) + word32(data.count) + word32(size)
            + word16(name.utf8.count) + word16(0)
        bytes += [0x50, 0x4B, 3, 4] + fields + Array(name.utf8) + data
        directory += [0x50, 0x4B, 1, 2] + word16(20) + fields + word16(0) + word16(0) + word16(0) + word32(0)
        directory += word32(offset) + Array(name.utf8)
        count += 1
    }

    func finished() -> [UInt8] {
        bytes + directory + [0x50, 0x4B, 5, 6] + word32(0) + word16(count) + word16(count) + word32(directory.count)
            + word32(bytes.count) + word16(0)
    }

    private func word16(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    private func word32(_ value: Int) -> [UInt8] {
        word16(value) + word16(value >> 16)
    }
}
