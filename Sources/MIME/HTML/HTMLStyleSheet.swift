/// The classes and ids that a document's style sheets hide.
///
/// Only what is certain is taken: rules outside of any `@` block (which hold for some screens alone), whose selector is a
/// single class or id, perhaps with its element's name. That is how preheaders and doubled texts for small screens are
/// hidden.
struct HTMLStyleSheet {
    /// How many hidden names are kept.
    static let nameLimit = 64

    private var names: [UInt64] = []

    var isEmpty: Bool { names.isEmpty }

    /// Takes the rules of a `<style>` element.
    mutating func read(_ css: UnsafeBufferPointer<UInt8>) {
        guard css.holds("none") || css.holds("hid") || css.holds(":0") || css.holds(": 0") else { return }
        var position = 0
        // Both are looked for once: a sheet full of the one may have the other at its end alone.
        var open = -1
        var semicolon = -1
        while position < css.count, names.count < Self.nameLimit {
            position = Self.skipSpace(css, position)
            guard position < css.count else { return }
            if open < position { open = css.firstIndex(of: UInt8(ascii: "{"), from: position) ?? css.count }
            guard open < css.count else { return }
            if css[position] == UInt8(ascii: "@") {
                if semicolon < position {
                    semicolon = css.firstIndex(of: UInt8(ascii: ";"), from: position) ?? css.count
                }
                // `@import …;` ends before any block.
                position = semicolon < open ? semicolon + 1 : Self.skipBlock(css, open)
                continue
            }
            let close = css.firstIndex(of: UInt8(ascii: "}"), from: open) ?? css.count
            var style = HTMLStyle()
            style.read(UnsafeBufferPointer(rebasing: css[(open + 1)..<close]))
            let hides = style.set.contains(.removed)
            // A later rule may show again what an earlier one hid.
            if hides || style.display != .unset && !names.isEmpty {
                takeSelectors(UnsafeBufferPointer(rebasing: css[position..<open]), hides: hides)
            }
            position = min(close + 1, css.count)
        }
    }

    /// Whether a class attribute's value, or an id, has a hidden name.
    func hides(_ value: UnsafeBufferPointer<UInt8>, isID: Bool) -> Bool {
        var index = 0
        while index < value.count {
            while index < value.count, value[index] <= 0x20 { index += 1 }
            var hash = Self.seed(isID ? UInt8(ascii: "#") : UInt8(ascii: "."))
            let start = index
            while index < value.count, value[index] > 0x20 {
                hash = Self.step(hash, value[index])
                index += 1
            }
            if index > start, names.contains(hash) { return true }
        }
        return false
    }

    // MARK: Reading

    private mutating func takeSelectors(_ list: UnsafeBufferPointer<UInt8>, hides: Bool) {
        var start = 0
        while start < list.count, names.count < Self.nameLimit {
            let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
            take(UnsafeBufferPointer(rebasing: list[start..<end]), hides: hides)
            start = end + 1
        }
    }

    private mutating func take(_ selector: UnsafeBufferPointer<UInt8>, hides: Bool) {
        var index = 0
        var end = selector.count
        while index < end, selector[index] <= 0x20 { index += 1 }
        while end > index, selector[end - 1] <= 0x20 { end -= 1 }
        // The element's name.
        while index < end, selector[index] | 0x20 >= UInt8(ascii: "a"), selector[index] | 0x20 <= UInt8(ascii: "z") {
            index += 1
        }
        guard end - index > 1, selector[index] == UInt8(ascii: ".") || selector[index] == UInt8(ascii: "#") else {
            return
        }
        var hash = Self.seed(selector[index])
        for byte in selector[(index + 1)..<end] {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...:
                hash = Self.step(hash, byte)
            default: return
            }
        }
        if hides { names.append(hash) } else { names.removeAll { $0 == hash } }
    }

    private static func seed(_ kind: UInt8) -> UInt64 { step(0xCBF2_9CE4_8422_2325, kind) }

    private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Past white space, comments and the marks that hide a sheet from old browsers.
    private static func skipSpace(_ css: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var position = start
        while position < css.count {
            if css[position] <= 0x20 || css[position] == UInt8(ascii: "}") || css[position] == UInt8(ascii: ";") {
                position += 1
            } else if css.matches("/*", at: position) {
                position = css.firstIndex(of: "*/", from: position + 2).map { $0 + 2 } ?? css.count
            } else if css.matches("<!--", at: position) {
                position += 4
            } else if css.matches("-->", at: position) {
                position += 3
            } else {
                return position
            }
        }
        return position
    }

    private static func skipBlock(_ css: UnsafeBufferPointer<UInt8>, _ open: Int) -> Int {
        var depth = 0
        var position = open
        while position < css.count {
            if css[position] == UInt8(ascii: "{") { depth += 1 }
            if css[position] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return position + 1 }
            }
            position += 1
        }
        return position
    }
}
