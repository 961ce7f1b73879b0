/// Dates in RFC 3339's form, made without Foundation's formatters.
public enum RFC3339 {
    /// The first and last second that four digits of year can tell.
    package static let earliest: Int64 = -62_167_219_200
    package static let latest: Int64 = 253_402_300_799

    /// Octets of `2024-03-05T13:34:56+01:00`.
    static let longest = 25

    /// Writes `2024-03-05T12:34:56Z`, or the local time with its offset, and tells how many octets that were. Moments beyond
    /// the years 0 to 9999 become the nearest that can be written.
    static func write(
        _ secondsSince1970: Int64, offsetMinutes: Int?, to room: UnsafeMutablePointer<UInt8>
    ) -> Int {
        // An offset beyond a day is none.
        let offset = offsetMinutes.flatMap { abs($0) < 24 * 60 ? $0 : nil } ?? 0
        let seconds = min(max(secondsSince1970, earliest), latest)
        let local = min(max(seconds + Int64(offset) * 60, earliest), latest)
        let date = CivilDate(secondsSince1970: local)
        var count = 0
        func put(_ byte: UInt8) {
            room[count] = byte
            count &+= 1
        }
        /// Two digits.
        func put(_ value: Int) {
            put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10 % 10))
            put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
        }
        put(date.year / 100)
        put(date.year % 100)
        put(UInt8(ascii: "-"))
        put(date.month)
        put(UInt8(ascii: "-"))
        put(date.day)
        put(UInt8(ascii: "T"))
        put(date.hour)
        put(UInt8(ascii: ":"))
        put(date.minute)
        put(UInt8(ascii: ":"))
        put(date.second)
        if offset == 0 {
            put(UInt8(ascii: "Z"))
        } else {
            put(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            put(abs(offset) / 60)
            put(UInt8(ascii: ":"))
            put(abs(offset) % 60)
        }
        return count
    }

    public static func string(_ secondsSince1970: Int64, offsetMinutes: Int? = nil) -> String {
        String(unsafeUninitializedCapacity: longest) { room in
            room.baseAddress.map { write(secondsSince1970, offsetMinutes: offsetMinutes, to: $0) } ?? 0
        }
    }
}

/// A date of the proleptic Gregorian calendar with its time of day.
public struct CivilDate: Sendable, Hashable {
    public var year: Int
    public var month: Int
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int

    /// Reads a count of seconds as if it were local time without leap seconds. Counts further than ±10^13 away are
    /// taken as that.
    public init(secondsSince1970: Int64) {
        let seconds = min(max(secondsSince1970, -10_000_000_000_000), 10_000_000_000_000)
        let (days, rest) = Self.floorDivide(seconds, 86_400)
        hour = Int(rest / 3600)
        minute = Int(rest / 60 % 60)
        second = Int(rest % 60)
        // Eras of 400 years that start on 1 March, so that the leap day is each year's last.
        let (era, dayOfEra) = Self.floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
        var (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        if remainder < 0 {
            remainder += divisor
            quotient -= 1
        }
        return (quotient, remainder)
    }
}
