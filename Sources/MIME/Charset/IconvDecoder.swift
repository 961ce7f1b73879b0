#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Text in a charset of the C library to UTF-8.
enum IconvDecoder {
    /// Appends the text of `bytes`, with U+FFFD for each octet that cannot be read, and returns how many there were;
    /// nil where the C library has no such charset. Ends at `faultLimit` faults.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, from charset: String, into sink: ByteSink, faultLimit: Int = .max
    ) -> Int? {
        IconvPool.withDescriptor(charset) { descriptor in
            convert(bytes, with: descriptor, into: sink, faultLimit: faultLimit)
        }
    }

    private static func convert(
        _ bytes: UnsafeRawBufferPointer, with descriptor: iconv_t, into sink: ByteSink, faultLimit: Int
    ) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        // iconv's parameter is not const, yet it never writes to its input.
        var input: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: base)
            .assumingMemoryBound(to: CChar.self)
        var inputLeft = bytes.count
        // (size_t)-1.
        let failed = Int(bitPattern: UInt.max)
        var faults = 0
        while inputLeft > 0 {
            let room = max(256, inputLeft * 3 / 2)
            let target = UnsafeMutableRawPointer(sink.reserve(room)).assumingMemoryBound(to: CChar.self)
            var output: UnsafeMutablePointer<CChar>? = target
            var outputLeft = room
            let result = iconv(descriptor, &input, &inputLeft, &output, &outputLeft)
            let failure = errno
            sink.commit(room - outputLeft)
            if result != failed { continue }
            if failure == E2BIG { continue }
            // EILSEQ: no such character. EINVAL: the input ends inside of one.
            faults += 1
            sink.appendReplacement()
            if faults >= faultLimit || failure == EINVAL { break }
            input = input.map { $0 + 1 }
            inputLeft -= 1
        }
        // Charsets with combining marks hold the last letter back until they know what follows.
        let room = 64
        var output: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(sink.reserve(room))
            .assumingMemoryBound(to: CChar.self)
        var outputLeft = room
        _ = iconv(descriptor, nil, nil, &output, &outputLeft)
        sink.commit(room - outputLeft)
        return faults
    }
}
