extension String {
    /// The bytes as UTF-8 where they are that, else as Latin-1: nothing is lost and nothing is replaced.
    init(repairing bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text
        } else {
            var text = ""
            text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
            self = text
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

extension String {
    /// With ASCII letters in lower case, and all else as it is.
    var asciiLowercase: String { String(decoding: utf8.map(asciiLowercased), as: UTF8.self) }
    /// With ASCII letters in upper case, and all else as it is.
    var asciiUppercase: String { String(decoding: utf8.map(asciiUppercased), as: UTF8.self) }
}
