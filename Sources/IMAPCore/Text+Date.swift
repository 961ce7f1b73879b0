/// Days since 1970-01-01 of a date in the Gregorian calendar, whatever its fields hold.
func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
    // Howard Hinnant's days_from_civil: years start in March, so that the leap day is the last.
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * Int64(month + (month > 2 ? -3 : 9)) + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

/// The date of a day since 1970-01-01.
func civilDate(daysSince1970 days: Int64) -> (year: Int64, month: Int, day: Int) {
    // Howard Hinnant's civil_from_days.
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * mp + 2) / 5 + 1)
    let month = Int(mp < 10 ? mp + 3 : mp - 9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/// A day, for SEARCH (RFC 3501, `date`).
public struct CalendarDay: Hashable, Sendable {
    public var year: Int
    public var month: Int
    public var day: Int

    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day in UTC of a time in seconds since 1970.
    public init(secondsSince1970 seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400)
        let date = civilDate(daysSince1970: Swift.max(-100_000_000, Swift.min(days, 100_000_000)))
        self.init(year: Int(clamping: date.year), month: date.month, day: date.day)
    }

    /// Such as `5-Mar-2024`.
    var wireForm: String {
        let index = Swift.max(1, Swift.min(12, month)) - 1
        return "\(day)-\(monthNames[index])-" + padded(Swift.max(0, year), 4)
    }
}

func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
}

/// Such as `05-Mar-2024 08:09:10 +0000` (RFC 3501, date-time), for APPEND.
func wireDateTime(secondsSince1970 seconds: Int64) -> String {
    let day = CalendarDay(secondsSince1970: seconds)
    let rest = Int(((seconds % 86_400) + 86_400) % 86_400)
    let index = Swift.max(1, Swift.min(12, day.month)) - 1
    return padded(day.day, 2) + "-" + monthNames[index] + "-" + padded(Swift.max(0, day.year), 4) + " "
        + padded(rest / 3600, 2) + ":" + padded(rest / 60 % 60, 2) + ":" + padded(rest % 60, 2) + " +0000"
}
