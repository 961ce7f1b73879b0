extension String {
    /// The bytes as UTF-8 where they are that, else as Latin-1: nothing is lost and nothing is replaced.
    init(repairing bytes: UnsafeRawBufferPointer) {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            // The common case, and the one that the standard library does without looking twice.
            self = String(decoding: bytes, as: UTF8.self)
        } else if let text = String(validating: bytes, as: UTF8.self) {
            self = text
        } else {
            var text = ""
            text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
            self = text
        }
    }

    init(repairing bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { String(repairing: $0) }
    }

    /// As `init(repairing:)`, with each octet changed first.
    init(repairing bytes: UnsafeRawBufferPointer, mappedBy map: (UInt8) -> UInt8) {
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            self = String(repairing: bytes.map(map))
            return
        }
        self = String(unsafeUninitializedCapacity: bytes.count) { buffer in
            for index in bytes.indices { buffer[index] = map(bytes[index]) }
            return bytes.count
        }
    }
}

/// ASCII letters in upper case, all else as it is.
@inline(__always)
func asciiUppercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x61 < 26 ? byte & 0xDF : byte
}

/// ASCII letters in lower case, all else as it is.
@inline(__always)
func asciiLowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}

/// Whether the texts are the same but for the case of ASCII letters.
func equalIgnoringASCIICase(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8) { asciiUppercased($0) == asciiUppercased($1) }
}

/// A number that is the same for texts that differ in the case of ASCII letters alone (FNV-1a).
func hashIgnoringASCIICase(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(asciiLowercased(byte))) &* 0x100_0000_01B3 }
    return hash
}

extension String {
    /// With ASCII letters in lower case, and all else as it is.
    var asciiLowercase: String { String(decoding: utf8.map(asciiLowercased), as: UTF8.self) }
    /// With ASCII letters in upper case, and all else as it is.
    var asciiUppercase: String { String(decoding: utf8.map(asciiUppercased), as: UTF8.self) }
}
