/// A date and time of day in the proleptic Gregorian calendar, without a zone.
struct CivilTime: Hashable {
    var year: Int
    var month: Int
    var day: Int
    var secondOfDay: Int = 0

    /// Years that a query may name.
    static let years = 1...9999

    init(year: Int, month: Int = 1, day: Int = 1, secondOfDay: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.secondOfDay = secondOfDay
    }

    /// The civil time that clocks in the zone show at an instant.
    init(_ instant: Int64, in context: QueryContext) {
        self.init(local: instant + Int64(context.zoneOffset(instant)))
    }

    /// From seconds since 1970-01-01T00:00 of the same clock.
    init(local seconds: Int64) {
        let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        self.init(days: days)
        secondOfDay = Int(seconds - Int64(days) * 86_400)
    }

    /// From days since 1970-01-01. (H. Hinnant's algorithm: eras of 400 years that begin in March.)
    init(days: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        secondOfDay = 0
    }

    /// Days since 1970-01-01.
    var days: Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Monday is 0.
    var weekday: Int { ((days + 3) % 7 + 7) % 7 }

    static func daysIn(month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    func adding(days count: Int) -> CivilTime {
        var result = CivilTime(days: days + count)
        result.secondOfDay = secondOfDay
        return result
    }

    /// The same day some months on; the last of the month where that day doesn't exist.
    func adding(months count: Int) -> CivilTime {
        let index = year * 12 + (month - 1) + count
        let newYear = index >= 0 ? index / 12 : (index - 11) / 12
        let newMonth = index - newYear * 12 + 1
        let newDay = min(day, Self.daysIn(month: newMonth, of: newYear))
        return CivilTime(year: newYear, month: newMonth, day: newDay, secondOfDay: secondOfDay)
    }

    var midnight: CivilTime { CivilTime(year: year, month: month, day: day) }

    /// The instant at which clocks in the zone show this time; the first one where they show it twice, and the change
    /// itself where they skip it.
    func instant(in context: QueryContext) -> Int64 {
        let local = Int64(days) * 86_400 + Int64(secondOfDay)
        let before = local - Int64(context.zoneOffset(local - 86_400))
        let after = local - Int64(context.zoneOffset(local + 86_400))
        let candidates = [min(before, after), max(before, after)]
        for candidate in candidates where candidate + Int64(context.zoneOffset(candidate)) == local { return candidate }
        // Skipped by the clocks: the first instant that shows a later time.
        var low = candidates[0] - 86_400
        var high = candidates[1] + 86_400
        while low < high {
            let middle = low + (high - low) / 2
            if middle + Int64(context.zoneOffset(middle)) < local { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// An instant in RFC 3339 form, in UTC.
    static func utcText(_ instant: Int64) -> String {
        let civil = CivilTime(local: instant)
        let second = civil.secondOfDay
        return "\(padded(civil.year, 4))-\(padded(civil.month))-\(padded(civil.day))T\(padded(second / 3600)):"
            + "\(padded(second / 60 % 60)):\(padded(second % 60))Z"
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
