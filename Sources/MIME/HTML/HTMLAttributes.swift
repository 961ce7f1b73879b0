/// Those attributes of one tag that matter to its text.
struct HTMLAttributes {
    /// What a mail program says by a class or an id about the part of the message that an element holds.
    enum Landmark: UInt8 {
        case none, signature, reply
    }

    // Names as they are packed by the scanner: their bytes, big-endian.
    static let hiddenKey: UInt64 = 0x6869_6464_656E
    private static let styleKey: UInt64 = 0x73_7479_6C65
    static let classKey: UInt64 = 0x63_6C61_7373
    static let idKey: UInt64 = 0x6964
    private static let altKey: UInt64 = 0x61_6C74
    private static let widthKey: UInt64 = 0x77_6964_7468
    private static let heightKey: UInt64 = 0x6865_6967_6874
    private static let startKey: UInt64 = 0x73_7461_7274

    var isHidden = false
    /// Whether a class or id is one that a style sheet hides.
    var isHiddenBySheet = false
    var style = HTMLStyle()
    var alternative: UnsafeBufferPointer<UInt8>?
    /// An image of no more than one pixel each way is there to be counted, not seen.
    var isPixel: Bool { isNarrow && isLow }
    var landmark = Landmark.none
    var listStart: Int?

    private var isNarrow = false
    private var isLow = false

    @inline(__always)
    mutating func take(_ key: UInt64, _ value: UnsafeBufferPointer<UInt8>, isImage: Bool) {
        switch key {
        case Self.styleKey: style.read(value)
        case Self.hiddenKey: isHidden = true
        case Self.classKey, Self.idKey: findLandmark(value)
        case Self.altKey: if isImage { alternative = value }
        case Self.widthKey: if isImage { isNarrow = Self.isPixelLength(value) }
        case Self.heightKey: if isImage { isLow = Self.isPixelLength(value) }
        case Self.startKey: listStart = Self.number(value)
        default: break
        }
    }

    private static func isPixelLength(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = value.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return false }
        return value.count == 1 || value[1] < UInt8(ascii: "0") || value[1] > UInt8(ascii: "9")
    }

    private static func number(_ value: UnsafeBufferPointer<UInt8>) -> Int? {
        var number = 0
        guard (1...6).contains(value.count) else { return nil }
        for byte in value {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private mutating func findLandmark(_ value: UnsafeBufferPointer<UInt8>) {
        guard let base = value.baseAddress, value.count >= 9 else { return }
        let word = CSSWord(base: base, count: value.count)
        switch base[0] | 0x20 {
        case UInt8(ascii: "g"):
            if word.begins("gmail_signature"), !word.begins("gmail_signature_prefix") { landmark = .signature }
        case UInt8(ascii: "s"): if word.begins("signature"), value.count == 9 { landmark = .signature }
        case UInt8(ascii: "a"): if word.begins("applemailsignature") { landmark = .signature }
        case UInt8(ascii: "m"): if word.begins("ms-outlook-mobile-signature") { landmark = .signature }
        case UInt8(ascii: "p"): if word.begins("protonmail_signature_block") { landmark = .signature }
        case UInt8(ascii: "d"): if word.begins("divrplyfwdmsg") { landmark = .reply }
        case UInt8(ascii: "o"): if word.begins("outlookmessageheader") { landmark = .reply }
        default: break
        }
    }
}
