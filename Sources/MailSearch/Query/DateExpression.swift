/// A date as people write it in a query, read in the context's time zone.
///
/// `2024`, `2024-03`, `2024-03-05` (also with `/`, or `20240305`), with a time `2024-03-05T12:30` (`Z` or `+01:00` after
/// it for another zone), `@1700000000`, `today`, `yesterday`, `now`, `this-week`, `last-month` (weeks begin on Monday),
/// weekdays (the last such day, today included), months (`march`, `march-2024`), ages (`7d`, `2w`, `3m`, `2y`, `12h`,
/// `3days`) and `3-days-ago`.
struct DateExpression: Hashable {
    /// Seconds since 1970.
    var from: Int64
    /// The first second after it.
    var until: Int64
    /// It is an age, so it tells an instant and no day: `from` and `until` are one.
    var isAge = false

    init?(_ typed: String, in context: QueryContext) {
        var text = ""
        for character in typed.lowercased().unicodeScalars {
            switch character {
            case "_", " ", "\t": if text.last != "-" { text += "-" }
            default: text.unicodeScalars.append(character)
            }
        }
        guard text.utf8.count <= 40, let found = Self.read(text, context) else { return nil }
        self = found
    }

    private init(from: Int64, until: Int64, isAge: Bool = false) {
        self.from = from
        self.until = until
        self.isAge = isAge
    }

    private init(_ from: CivilTime, _ until: CivilTime, _ context: QueryContext) {
        self.init(from: from.instant(in: context), until: until.instant(in: context))
    }

    private static func read(_ text: String, _ context: QueryContext) -> DateExpression? {
        if let named = named(text, context) { return named }
        if text.hasPrefix("@") {
            guard let seconds = number(text.dropFirst(), digits: 1...11) else { return nil }
            return DateExpression(from: Int64(seconds), until: Int64(seconds) + 1)
        }
        return age(text, context) ?? numeric(text, context)
    }

    // MARK: Names

    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// The place of a name, or of its first three letters, in a list.
    private static func place(of name: Substring, in names: [String]) -> Int? {
        guard name.count >= 3 else { return nil }
        return names.firstIndex { $0 == name || (name.count <= 4 && $0.hasPrefix(name)) }
    }

    private static func named(_ text: String, _ context: QueryContext) -> DateExpression? {
        let today = CivilTime(context.now, in: context).midnight
        func days(_ first: Int, _ count: Int = 1) -> DateExpression {
            DateExpression(today.adding(days: first), today.adding(days: first + count), context)
        }
        let month = CivilTime(year: today.year, month: today.month)
        let year = CivilTime(year: today.year)
        switch text {
        case "now": return DateExpression(from: context.now, until: context.now, isAge: true)
        case "today": return days(0)
        case "yesterday": return days(-1)
        case "tomorrow": return days(1)
        case "this-week", "week": return days(-today.weekday, 7)
        case "last-week": return days(-today.weekday - 7, 7)
        case "this-month": return DateExpression(month, month.adding(months: 1), context)
        case "last-month": return DateExpression(month.adding(months: -1), month, context)
        case "this-year": return DateExpression(year, year.adding(months: 12), context)
        case "last-year": return DateExpression(year.adding(months: -12), year, context)
        default: break
        }
        let isLast = text.hasPrefix("last-")
        let name = isLast ? text.dropFirst(5) : text[...]
        if let weekday = place(of: name, in: weekdays) {
            let back = (today.weekday - weekday + 7) % 7
            return days(isLast && back == 0 ? -7 : -back)
        }
        if !isLast, let found = monthName(text, today) {
            return DateExpression(found, found.adding(months: 1), context)
        }
        return nil
    }

    /// `march` is the last March that has begun; `march-2024` and `2024-mar` name the year.
    private static func monthName(_ text: String, _ today: CivilTime) -> CivilTime? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        if parts.count == 1 {
            guard let month = place(of: first, in: months) else { return nil }
            return CivilTime(year: month + 1 > today.month ? today.year - 1 : today.year, month: month + 1)
        }
        let (name, yearText) = place(of: first, in: months) != nil ? (first, parts[1]) : (parts[1], first)
        guard let month = place(of: name, in: months), let year = number(yearText, digits: 4...4), year > 0 else {
            return nil
        }
        return CivilTime(year: year, month: month + 1)
    }

    // MARK: Ages

    private static func age(_ text: String, _ context: QueryContext) -> DateExpression? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = number(digits, digits: 1...5) else { return nil }
        var unit = text.dropFirst(digits.count)
        let isAgo = unit.hasSuffix("-ago")
        if isAgo { unit = unit.dropLast(4) }
        if unit.hasPrefix("-") { unit = unit.dropFirst() }
        // Of the minute, so that who asks again in it asks the same, and is told what was found and counted.
        let minute = context.now / 60 * 60
        let now = CivilTime(minute, in: context)
        let then: CivilTime
        switch unit {
        case "s", "sec", "secs", "second", "seconds":
            return DateExpression(from: context.now - Int64(count), until: context.now - Int64(count), isAge: true)
        case "min", "mins", "minute", "minutes":
            let instant = minute - Int64(count) * 60
            return DateExpression(from: instant, until: instant, isAge: true)
        case "h", "hour", "hours":
            let instant = minute - Int64(count) * 3600
            return DateExpression(from: instant, until: instant, isAge: true)
        case "d", "day", "days": then = now.adding(days: -count)
        case "w", "week", "weeks": then = now.adding(days: -7 * count)
        case "m", "mo", "mon", "month", "months": then = now.adding(months: -count)
        case "y", "yr", "year", "years": then = now.adding(months: -12 * count)
        default: return nil
        }
        // Before year 1 the calendar ends: as old as can be.
        guard CivilTime.years.contains(then.year) else { return DateExpression(from: 0, until: 0, isAge: !isAgo) }
        if isAgo { return DateExpression(then.midnight, then.midnight.adding(days: 1), context) }
        let instant = then.instant(in: context)
        return DateExpression(from: instant, until: instant, isAge: true)
    }

    // MARK: Digits

    private static func numeric(_ text: String, _ context: QueryContext) -> DateExpression? {
        let halves = text.split(separator: "t", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first else { return nil }
        var parts = first.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "/" }
        if parts.count == 1, first.utf8.count == 8, halves.count == 1 || halves.count == 2 {
            let month = first.dropFirst(4)
            parts = [first.prefix(4), month.prefix(2), month.dropFirst(2)]
        }
        guard parts.count <= 3, let year = number(parts[0], digits: 4...4), CivilTime.years.contains(year) else {
            return nil
        }
        if parts.count == 1 {
            guard halves.count == 1 else { return nil }
            return DateExpression(CivilTime(year: year), CivilTime(year: year + 1), context)
        }
        guard let month = number(parts[1], digits: 1...2), (1...12).contains(month) else { return nil }
        if parts.count == 2 {
            guard halves.count == 1 else { return nil }
            let start = CivilTime(year: year, month: month)
            return DateExpression(start, start.adding(months: 1), context)
        }
        guard let day = number(parts[2], digits: 1...2), day >= 1, day <= CivilTime.daysIn(month: month, of: year)
        else {
            return nil
        }
        let start = CivilTime(year: year, month: month, day: day)
        guard halves.count == 2 else { return DateExpression(start, start.adding(days: 1), context) }
        return timed(start, halves[1], context)
    }

    /// A time of day: `12`, `12:30`, `12:30:05`, then nothing, `z`, or an offset.
    private static func timed(_ day: CivilTime, _ text: Substring, _ context: QueryContext) -> DateExpression? {
        var clock = text
        var offset: Int?
        if text.hasSuffix("z") {
            clock = text.dropLast()
            offset = 0
        } else if let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            clock = text[..<sign]
            let zone = text[text.index(after: sign)...].filter { $0 != ":" }
            guard zone.count == 4, let hours = number(zone.prefix(2), digits: 2...2),
                let minutes = number(zone.dropFirst(2), digits: 2...2), hours <= 18, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (text[sign] == "-" ? -1 : 1)
        }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { number($0, digits: 1...2) }
        guard numbers.count == parts.count, (1...3).contains(numbers.count), numbers[0] < 24,
            numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        var time = day
        time.secondOfDay =
            numbers[0] * 3600 + (numbers.count > 1 ? numbers[1] * 60 : 0) + (numbers.count > 2 ? numbers[2] : 0)
        let length: Int64 = numbers.count == 1 ? 3600 : numbers.count == 2 ? 60 : 1
        let from =
            offset.map { Int64(time.days) * 86_400 + Int64(time.secondOfDay - $0) } ?? time.instant(in: context)
        return DateExpression(from: from, until: from + length)
    }

    private static func number(_ text: some StringProtocol, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
