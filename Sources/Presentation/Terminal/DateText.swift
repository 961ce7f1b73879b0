#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Dates as people say them, in local time.
package struct DateText {
    private let now: Int64
    private let today: tm

    package init(now: Int64) {
        self.now = now
        today = Self.local(now)
    }

    package static func currentTime() -> Int64 { Int64(time(nil)) }

    private static func local(_ seconds: Int64) -> tm {
        var time = time_t(seconds)
        var fields = tm()
        localtime_r(&time, &fields)
        return fields
    }

    private static func pad(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `2024-03-05 13:34`, the same everywhere and always.
    package static func stable(_ seconds: Int64) -> String {
        let fields = local(seconds)
        let year = Int(fields.tm_year) + 1900
        guard (0...9999).contains(year) else {
            let text = String(year)
            let padded = String(repeating: "0", count: max(0, 4 - text.count)) + text
            return
                "\(padded)-\(pad(fields.tm_mon + 1))-\(pad(fields.tm_mday)) \(pad(fields.tm_hour)):\(pad(fields.tm_min))"
        }
        // Written by itself: it stands in each line of a list.
        return String(unsafeUninitializedCapacity: 16) { buffer in
            func put(_ number: Int, at index: Int, before mark: UInt8? = nil) {
                let zero = UInt8(ascii: "0")
                buffer.initializeElement(at: index, to: zero + UInt8(truncatingIfNeeded: number / 10 % 10))
                buffer.initializeElement(at: index + 1, to: zero + UInt8(truncatingIfNeeded: number % 10))
                if let mark { buffer.initializeElement(at: index + 2, to: mark) }
            }
            put(year / 100, at: 0)
            put(year, at: 2, before: UInt8(ascii: "-"))
            put(Int(fields.tm_mon) + 1, at: 5, before: UInt8(ascii: "-"))
            put(Int(fields.tm_mday), at: 8, before: UInt8(ascii: " "))
            put(Int(fields.tm_hour), at: 11, before: UInt8(ascii: ":"))
            put(Int(fields.tm_min), at: 14)
            return 16
        }
    }

    /// At most twelve columns: `14:02` today, `Tue 14:02` within six days, `5 Mar` this year, else `5 Mar 2023`.
    package func short(_ seconds: Int64) -> String {
        let fields = Self.local(seconds)
        let clock = "\(Self.pad(fields.tm_hour)):\(Self.pad(fields.tm_min))"
        if fields.tm_year == today.tm_year, fields.tm_yday == today.tm_yday { return clock }
        let age = now - seconds
        let weekday = Self.days.indices.contains(Int(fields.tm_wday)) ? Self.days[Int(fields.tm_wday)] : ""
        if age > 0, age < 6 * 86_400 { return "\(weekday) \(clock)" }
        let month = Self.months.indices.contains(Int(fields.tm_mon)) ? Self.months[Int(fields.tm_mon)] : ""
        if fields.tm_year == today.tm_year { return "\(fields.tm_mday) \(month)" }
        return "\(fields.tm_mday) \(month) \(Int(fields.tm_year) + 1900)"
    }

    /// `Tue, 5 Mar 2024 14:02`.
    package static func full(_ seconds: Int64) -> String {
        let fields = local(seconds)
        let weekday = days.indices.contains(Int(fields.tm_wday)) ? days[Int(fields.tm_wday)] : ""
        let month = months.indices.contains(Int(fields.tm_mon)) ? months[Int(fields.tm_mon)] : ""
        return
            "\(weekday), \(fields.tm_mday) \(month) \(Int(fields.tm_year) + 1900) \(pad(fields.tm_hour)):\(pad(fields.tm_min))"
    }

    /// `3 s ago`, `5 min ago`, `2 h ago`, `4 days ago`.
    package func ago(_ seconds: Int64) -> String { age(seconds) + " ago" }

    /// How long ago, in one unit.
    package func age(_ seconds: Int64) -> String {
        let age = max(0, now - seconds)
        switch age {
        case ..<60: return "\(age) s"
        case ..<3600: return "\(age / 60) min"
        case ..<86_400: return "\(age / 3600) h"
        default: return age < 2 * 86_400 ? "1 day" : "\(age / 86_400) days"
        }
    }
}
