/// HTML's character references.
///
/// Both the named ones (all 2,125 of the HTML standard) and the numeric ones, with the standard's remapping of the C1
/// controls to windows-1252.
struct HTMLEntities: Sendable {
    /// A decoded reference.
    struct Reference {
        var first: Unicode.Scalar
        var second: Unicode.Scalar?
        /// Bytes of the source that the reference takes, `&` included.
        var length: Int
    }

    private struct Slot {
        var nameStart: UInt16 = 0
        var nameLength: UInt8 = 0
        var isLegacy = false
        var first: UInt32 = 0
        var second: UInt32 = 0
    }

    static let shared = HTMLEntities()
    private static let slotBits = 13
    private static let longestName = 31
    private static let legacyNames = 2...6

    private let slots: [Slot]

    private init() {
        var slots = Array(repeating: Slot(), count: 1 << Self.slotBits)
        let bytes = UnsafeBufferPointer(start: Self.source.utf8Start, count: Self.source.utf8CodeUnitCount)
        var index = 0
        while index < bytes.count {
            var slot = Slot()
            if bytes[index] == UInt8(ascii: "!") {
                slot.isLegacy = true
                index += 1
            }
            let start = index
            while bytes[index] != UInt8(ascii: "=") { index += 1 }
            slot.nameStart = UInt16(start)
            slot.nameLength = UInt8(index - start)
            index += 1
            var codes: [UInt32] = [0]
            while index < bytes.count, bytes[index] > UInt8(ascii: " ") {
                if bytes[index] == UInt8(ascii: "+") {
                    codes.append(0)
                } else {
                    codes[codes.count - 1] = codes[codes.count - 1] << 4 | UInt32(Self.hexDigit(bytes[index]) ?? 0)
                }
                index += 1
            }
            index += 1
            slot.first = codes[0]
            slot.second = codes.count > 1 ? codes[1] : 0
            var place = Self.hash(UnsafeBufferPointer(rebasing: bytes[start..<start + Int(slot.nameLength)]))
            while slots[place].nameLength != 0 { place = (place + 1) & ((1 << Self.slotBits) - 1) }
            slots[place] = slot
        }
        self.slots = slots
    }

    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash ^ (hash >> 15)) & UInt32((1 << slotBits) - 1))
    }

    private func find(_ name: UnsafeBufferPointer<UInt8>) -> Slot? {
        var place = Self.hash(name)
        while slots[place].nameLength != 0 {
            let slot = slots[place]
            if Int(slot.nameLength) == name.count {
                let own = Self.source.utf8Start + Int(slot.nameStart)
                var same = 0
                while same < name.count, own[same] == name[same] { same += 1 }
                if same == name.count { return slot }
            }
            place = (place + 1) & ((1 << Self.slotBits) - 1)
        }
        return nil
    }

    /// The reference at the start of `bytes`, which begin with `&`; nil where the `&` is only an ampersand.
    func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> Reference? {
        guard bytes.count > 2 else { return nil }
        if bytes[1] == UInt8(ascii: "#") { return Self.decodeNumeric(bytes) }
        var length = 1
        let longest = min(bytes.count - 1, Self.longestName)
        while length <= longest, Self.isAlphanumeric(bytes[length]) { length += 1 }
        let nameLength = length - 1
        guard nameLength >= Self.legacyNames.lowerBound else { return nil }
        if length < bytes.count, bytes[length] == UInt8(ascii: ";"),
            let slot = find(UnsafeBufferPointer(rebasing: bytes[1..<length]))
        {
            return Self.reference(slot, length: length + 1)
        }
        var legacy = min(nameLength, Self.legacyNames.upperBound)
        while legacy >= Self.legacyNames.lowerBound {
            if let slot = find(UnsafeBufferPointer(rebasing: bytes[1..<legacy + 1])), slot.isLegacy {
                return Self.reference(slot, length: legacy + 1)
            }
            legacy -= 1
        }
        return nil
    }

    private static func reference(_ slot: Slot, length: Int) -> Reference? {
        guard let first = Unicode.Scalar(slot.first) else { return nil }
        return Reference(first: first, second: slot.second == 0 ? nil : Unicode.Scalar(slot.second), length: length)
    }

    private static func decodeNumeric(_ bytes: UnsafeBufferPointer<UInt8>) -> Reference? {
        var index = 2
        var value: UInt32 = 0
        let isHex = bytes[2] | 0x20 == UInt8(ascii: "x")
        if isHex { index += 1 }
        let start = index
        while index < bytes.count {
            guard let digit = hexDigit(bytes[index]), isHex || digit < 10 else { break }
            // Past Unicode's end the value no longer matters, only that it stays there.
            if value < 0x20_0000 { value = value &* (isHex ? 16 : 10) &+ UInt32(digit) }
            index += 1
        }
        guard index > start else { return nil }
        if index < bytes.count, bytes[index] == UInt8(ascii: ";") { index += 1 }
        if (0x80...0x9F).contains(value) { value = windows1252[Int(value) - 0x80] }
        let scalar = value == 0 ? nil : Unicode.Scalar(value)
        return Reference(first: scalar ?? "\u{FFFD}", second: nil, length: index)
    }

    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
