/// Questions about single octets.
enum ASCII {
    @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 {
        (byte &- 0x41) < 26 ? byte | 0x20 : byte
    }
    @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { ((byte | 0x20) &- 0x61) < 26 }
    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { (byte &- 0x30) < 10 }
    /// Space, tab, CR, LF: what header text folds at.
    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
    /// The value of a hexadecimal digit, or 0xFF.
    @inline(__always) static func hexValue(_ byte: UInt8) -> UInt8 {
        if (byte &- 0x30) < 10 { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : 0xFF
    }
}
