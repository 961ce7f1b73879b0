import Foundation

/// SASLprep (RFC 4013): the one form of a name or password that can be typed in several, which SCRAM's proof is made of.
///
/// Code points that Unicode 3.2 did not know pass, as RFC 3454, 7 has it for what a client sends ("query"), but for being
/// normalized by the Unicode of the system.
public enum SASLprep {
    /// - Throws: `.unusableCredentials` for control characters and others that RFC 4013, 2.3 forbids, and for texts that
    ///   mix directions as RFC 3454, 6 forbids. The message does not show the text.
    public static func prepare(_ text: String) throws(IMAPCoreError) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var mapped: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars where !Ranges.nothing.contains(scalar) {
            mapped.append(Ranges.spaces.contains(scalar) ? " " : scalar)
        }
        let scalars = NFKC.composed(NFKC.decomposed(mapped))
        if scalars.contains(where: Ranges.prohibited.contains) {
            throw IMAPCoreError(
                .unusableCredentials, "the name or password holds a character that SASLprep (RFC 4013) forbids")
        }
        if let first = scalars.first, let last = scalars.last, scalars.contains(where: Ranges.rightToLeft.contains) {
            guard Ranges.rightToLeft.contains(first), Ranges.rightToLeft.contains(last),
                !scalars.contains(where: Ranges.leftToRight.contains)
            else {
                throw IMAPCoreError(
                    .unusableCredentials,
                    "the name or password mixes directions of writing as SASLprep (RFC 4013) forbids")
            }
        }
        var prepared = String.UnicodeScalarView()
        prepared.append(contentsOf: scalars)
        return String(prepared)
    }

    /// Prepared, or as it is where it cannot be: a server that let such a name or password be set prepares nothing.
    static func prepareIfAllowed(_ text: String) -> String {
        (try? prepare(text)) ?? text
    }

    /// A table, read: code points as sorted ranges.
    private struct Ranges: Sendable {
        static let spaces = Ranges(SASLprepTables.spaces)
        static let nothing = Ranges(SASLprepTables.nothing)
        static let prohibited = Ranges(SASLprepTables.prohibited)
        static let rightToLeft = Ranges(SASLprepTables.rightToLeft)
        static let leftToRight = Ranges(SASLprepTables.leftToRight)

        private let ranges: [ClosedRange<UInt32>]

        init(_ table: StaticString) {
            ranges = table.description.split(separator: " ").compactMap { text in
                let bounds = text.split(separator: "-").compactMap { UInt32($0, radix: 16) }
                guard let lower = bounds.first, let upper = bounds.last, lower <= upper else { return nil }
                return lower...upper
            }
        }

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            let value = scalar.value
            var low = 0
            var high = ranges.count
            while low < high {
                let middle = (low + high) / 2
                if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
            }
            return low < ranges.count && ranges[low].contains(value)
        }
    }
}

/// Unicode's normalization form KC (UAX 15), of which Foundation's tables are right and its algorithm is not: it leaves
/// marks out of order behind characters that decompose, and takes letters beyond U+FFFF for others (swift-corelibs,
/// Swift 6.2).
private enum NFKC {
    static func decomposed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in scalars { result += String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars }
        var start = 0
        while start < result.count {
            var end = start
            while end < result.count, order(result[end]) > 0 { end += 1 }
            // Marks of one class keep their order: it shows.
            let marks = result[start..<end].enumerated().sorted { a, b in
                (order(a.element), a.offset) < (order(b.element), b.offset)
            }
            result.replaceSubrange(start..<end, with: marks.map(\.element))
            start = end + 1
        }
        return result
    }

    static func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var starter: Int?
        var lastOrder: UInt8 = 0
        for scalar in scalars {
            let own = order(scalar)
            // A mark of its own class, or of a higher, stands in its way.
            if let place = starter, place == result.count - 1 || lastOrder < own,
                let joined = join(result[place], scalar)
            {
                result[place] = joined
                continue
            }
            if own == 0 { starter = result.count }
            lastOrder = own
            result.append(scalar)
        }
        return result
    }

    private static func order(_ scalar: Unicode.Scalar) -> UInt8 {
        scalar.properties.canonicalCombiningClass.rawValue
    }

    private static func join(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        // Unicode 3.2 composes nothing beyond the first plane.
        guard first.value <= 0xFFFF, second.value <= 0xFFFF else { return nil }
        let apart = String(first).decomposedStringWithCanonicalMapping + String(second)
        let joined = apart.precomposedStringWithCanonicalMapping.unicodeScalars
        return joined.count == 1 ? joined.first : nil
    }
}
