/// What an element's inline CSS says about whether and how its text shows.
struct HTMLStyle {
    /// How text within an element is treated; elements inherit it.
    struct State: OptionSet {
        let rawValue: UInt8
        /// Nothing within can show again.
        static let removed = State(rawValue: 1)
        /// `visibility: hidden`: a descendant can be visible.
        static let invisible = State(rawValue: 2)
        /// `font-size: 0`: a descendant can have a size.
        static let sizeless = State(rawValue: 4)
        /// White space is kept.
        static let preformatted = State(rawValue: 8)
        static let hidden: State = [.removed, .invisible, .sizeless]
    }

    enum Display: UInt8 {
        case unset, block, inline, inlineBlock, cell
    }

    var set: State = []
    var clear: State = []
    var display = Display.unset
    var isBorderless = false
    var isUnmarkedList = false

    private var hasZeroBox = false
    private var hidesOverflow = false

    /// Reads a style attribute's value. Unknown properties are passed over.
    mutating func read(_ css: UnsafeBufferPointer<UInt8>) {
        guard let base = css.baseAddress else { return }
        var position = 0
        let end = css.count
        while position < end {
            while position < end, base[position] <= 0x20 || base[position] == UInt8(ascii: ";") { position += 1 }
            let nameStart = position
            while position < end, base[position] != UInt8(ascii: ":"), base[position] != UInt8(ascii: ";") {
                position += 1
            }
            guard position < end else { break }
            if base[position] == UInt8(ascii: ";") { continue }
            let nameEnd = position
            position += 1
            var valueStart = position
            while position < end, base[position] != UInt8(ascii: ";") { position += 1 }
            guard Self.mayMatter(base[nameStart]) else { continue }
            while valueStart < position, base[valueStart] <= 0x20 { valueStart += 1 }
            declare(
                CSSWord(base: base + nameStart, count: nameEnd - nameStart),
                CSSWord(base: base + valueStart, count: position - valueStart))
        }
        if hasZeroBox && hidesOverflow { set.insert(.removed) }
    }

    @inline(__always)
    private static func mayMatter(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "d"), UInt8(ascii: "v"), UInt8(ascii: "f"), UInt8(ascii: "h"), UInt8(ascii: "w"),
            UInt8(ascii: "m"), UInt8(ascii: "o"), UInt8(ascii: "b"), UInt8(ascii: "l"):
            true
        default: false
        }
    }

    private mutating func declare(_ name: CSSWord, _ value: CSSWord) {
        switch name.base[0] | 0x20 {
        case UInt8(ascii: "d"): if name.isName("display") { declareDisplay(value) }
        case UInt8(ascii: "v"):
            if name.isName("visibility") {
                if value.begins("hidden") || value.begins("collapse") {
                    set.insert(.invisible)
                    clear.remove(.invisible)
                } else if value.begins("visible") {
                    clear.insert(.invisible)
                    set.remove(.invisible)
                }
            }
        case UInt8(ascii: "f"):
            if name.isName("font-size") {
                declareFontSize(value)
            } else if name.isName("font") {
                declareFont(value)
            }
        case UInt8(ascii: "h"): if name.isName("height"), value.isZero { hasZeroBox = true }
        case UInt8(ascii: "w"):
            if name.isName("width") {
                if value.isZero { hasZeroBox = true }
            } else if name.isName("white-space") {
                declareWhiteSpace(value)
            }
        case UInt8(ascii: "m"):
            if name.isName("max-height") || name.isName("max-width") {
                if value.isZero { hasZeroBox = true }
            } else if name.isName("mso-hide"), value.begins("all") {
                set.insert(.removed)
            }
        case UInt8(ascii: "o"):
            if name.isName("overflow") {
                if value.begins("hidden") { hidesOverflow = true }
            } else if name.isName("opacity"), value.isZero {
                set.insert(.removed)
            }
        case UInt8(ascii: "b"):
            if name.isName("border"), value.begins("none") || value.isZero { isBorderless = true }
        case UInt8(ascii: "l"):
            if name.isName("list-style") || name.isName("list-style-type"), value.begins("none") {
                isUnmarkedList = true
            }
        default: break
        }
    }

    private mutating func declareDisplay(_ value: CSSWord) {
        set.remove(.removed)
        display = .unset
        if value.begins("none") {
            set.insert(.removed)
        } else if value.begins("inline-") {
            display = .inlineBlock
        } else if value.begins("inline") {
            display = .inline
        } else if value.begins("table-cell") {
            display = .cell
        } else if value.begins("block") || value.begins("table") || value.begins("flex") || value.begins("grid")
            || value.begins("list-item")
        {
            display = .block
        }
    }

    private mutating func declareFontSize(_ value: CSSWord) {
        if value.isZero {
            set.insert(.sizeless)
            clear.remove(.sizeless)
        } else if !value.isRelative {
            clear.insert(.sizeless)
            set.remove(.sizeless)
        }
    }

    /// The shorthand: of interest only where its size is plainly zero (`0/0 a`) or plainly is not.
    private mutating func declareFont(_ value: CSSWord) {
        if value.begins("0/") || value.begins("0px") || value.begins("0 ") {
            set.insert(.sizeless)
        } else if !value.begins("inherit") {
            clear.insert(.sizeless)
            set.remove(.sizeless)
        }
    }

    private mutating func declareWhiteSpace(_ value: CSSWord) {
        if value.begins("pre") || value.begins("break-spaces") {
            set.insert(.preformatted)
            clear.remove(.preformatted)
        } else if value.begins("no") {
            clear.insert(.preformatted)
            set.remove(.preformatted)
        }
    }
}

/// A stretch of CSS, compared without regard to case.
struct CSSWord {
    var base: UnsafePointer<UInt8>
    var count: Int

    func begins(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard count >= length else { return false }
        var index = 0
        while index < length {
            let byte = base[index]
            let folded = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            if folded != word.utf8Start[index] { return false }
            index += 1
        }
        return true
    }

    /// Whether this is the property `name`, white space after it aside.
    func isName(_ name: StaticString) -> Bool {
        guard begins(name) else { return false }
        var index = name.utf8CodeUnitCount
        while index < count {
            if base[index] > 0x20 { return false }
            index += 1
        }
        return true
    }

    /// `0`, `0px`, `.0em`, `0.00%` and the like.
    var isZero: Bool {
        var index = 0
        var digits = 0
        while index < count, base[index] == UInt8(ascii: "0") || base[index] == UInt8(ascii: ".") {
            if base[index] == UInt8(ascii: "0") { digits += 1 }
            index += 1
        }
        guard digits > 0 else { return false }
        return index == count || base[index] < UInt8(ascii: "0") || base[index] > UInt8(ascii: "9")
    }

    /// A size that follows the parent's: in percent or em, or by `inherit`.
    var isRelative: Bool {
        var index = 0
        while index < count {
            switch base[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): index += 1
            default:
                let unit = CSSWord(base: base + index, count: count - index)
                return unit.begins("%") || unit.begins("em") || unit.begins("ex") || unit.begins("inherit")
            }
        }
        return false
    }
}
