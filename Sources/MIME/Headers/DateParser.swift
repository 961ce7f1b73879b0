/// Dates as mailers wrote them: RFC 5322 §3.3 and §4.3, asctime, ISO 8601, and the mixtures of these.
enum DateParser {
    /// Octets that are looked at: no date is longer.
    private static let lengthLimit = 200

    private struct Fields {
        var year: Int?
        var month: Int?
        var day: Int?
        var hour: Int?
        var minute = 0
        var second = 0
        var isAfternoon: Bool?
        var zone: Int?
        var hasZone = false
    }

    /// The date in a Date field; nil where no day, month and year can be told.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> InternetDate? {
        var fields = Fields()
        var numbers: [(value: Int, digits: Int)] = []
        let count = min(bytes.count, lengthLimit)
        var index = 0
        while index < count {
            let byte = bytes[index]
            if byte == 0x28 {
                index = skipComment(bytes, index, count)
            } else if ASCII.isDigit(byte) {
                readNumber(bytes, &index, count, &fields, &numbers)
            } else if ASCII.isLetter(byte) || byte >= 0x80 {
                readWord(bytes, &index, count, &fields)
            } else if byte == 0x2B || byte == 0x2D {
                if !readZone(bytes, &index, count, &fields) { index += 1 }
            } else {
                index += 1
            }
        }
        place(numbers, into: &fields)
        return date(fields)
    }

    /// The date of a Received field: what follows its last semicolon, or the whole where it has none.
    static func parseReceived(_ bytes: UnsafeRawBufferPointer) -> InternetDate? {
        if let semicolon = bytes.lastIndex(of: 0x3B) { return parse(bytes.slice((semicolon + 1)..<bytes.count)) }
        // Without a semicolon the date is the last of it, after the last line's start.
        if let comma = bytes.lastIndex(of: 0x2C) { return parse(bytes.slice((comma + 1)..<bytes.count)) }
        return nil
    }

    private static func skipComment(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        var depth = 0
        var index = start
        while index < end {
            if bytes[index] == 0x28 { depth += 1 }
            if bytes[index] == 0x29 {
                depth -= 1
                if depth == 0 { return index + 1 }
            }
            index += 1
        }
        return end
    }

    private static func digits(_ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int) -> (
        value: Int, digits: Int
    ) {
        var value = 0
        var digits = 0
        while index < end, ASCII.isDigit(bytes[index]) {
            if digits < 12 { value = value * 10 + Int(bytes[index] - 0x30) }
            digits += 1
            index += 1
        }
        return (value, digits)
    }

    private static func readNumber(
        _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int, _ fields: inout Fields,
        _ numbers: inout [(value: Int, digits: Int)]
    ) {
        let number = digits(bytes, &index, end)
        let next = index < end ? bytes[index] : 0
        let isFollowed = index + 1 < end && ASCII.isDigit(bytes[index + 1])
        // 12:34, 12:34:56, 12.34.56
        let isClock = next == 0x3A || next == 0x2E && fields.hour == nil && numbers.count >= 2 && number.value < 24
        if isClock, isFollowed, fields.hour == nil, number.digits <= 2 {
            fields.hour = number.value
            index += 1
            fields.minute = digits(bytes, &index, end).value
            if index + 1 < end, bytes[index] == 0x3A || bytes[index] == 0x2E, ASCII.isDigit(bytes[index + 1]) {
                index += 1
                fields.second = digits(bytes, &index, end).value
                if index + 1 < end, bytes[index] == 0x2E || bytes[index] == 0x2C, ASCII.isDigit(bytes[index + 1]) {
                    index += 1
                    _ = digits(bytes, &index, end)
                }
            }
            return
        }
        // 2024-03-05, 2024/03/05, with or without a T and the clock.
        if number.digits == 4, next == 0x2D || next == 0x2F || next == 0x2E, isFollowed, fields.year == nil {
            var ahead = index + 1
            let month = digits(bytes, &ahead, end)
            if month.value >= 1, month.value <= 12, ahead + 1 < end, bytes[ahead] == next,
                ASCII.isDigit(bytes[ahead + 1])
            {
                ahead += 1
                let day = digits(bytes, &ahead, end)
                (fields.year, fields.month, fields.day) = (number.value, month.value, day.value)
                index = ahead
                return
            }
        }
        numbers.append(number)
        // A hyphen between day, month and year is no sign of a zone.
        if next == 0x2D, fields.hour == nil { index += 1 }
    }

    private static func readZone(
        _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int, _ fields: inout Fields
    ) -> Bool {
        guard fields.hour != nil, fields.zone == nil || fields.zone == 0, index + 1 < end else { return false }
        let isWest = bytes[index] == 0x2D
        var ahead = index + 1
        while ahead < end, bytes[ahead] == 0x20 { ahead += 1 }
        guard ahead < end, ASCII.isDigit(bytes[ahead]) else { return false }
        let number = digits(bytes, &ahead, end)
        var minutes: Int
        if number.digits <= 2 {
            minutes = number.value * 60
            if ahead + 1 < end, bytes[ahead] == 0x3A, ASCII.isDigit(bytes[ahead + 1]) {
                ahead += 1
                minutes += digits(bytes, &ahead, end).value
            }
        } else if number.digits <= 4 {
            minutes = number.value / 100 * 60 + number.value % 100
        } else {
            return false
        }
        // No zone is further than this from Greenwich.
        let isZone = minutes <= 24 * 60
        if !isZone { minutes = 0 }
        fields.hasZone = isZone && !(isWest && minutes == 0)
        fields.zone = isWest ? -minutes : minutes
        index = ahead
        return true
    }

    private static func readWord(
        _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int, _ fields: inout Fields
    ) {
        let start = index
        while index < end, ASCII.isLetter(bytes[index]) || bytes[index] >= 0x80 { index += 1 }
        let word = bytes.slice(start..<index).lowercasedString()
        if word == "am" || word == "pm" {
            fields.isAfternoon = word == "pm"
        } else if fields.month == nil, let month = month(word) {
            fields.month = month
            if index < end, bytes[index] == 0x2D { index += 1 }
        } else if fields.hour != nil, !fields.hasZone, let zone = DateZones.table[word] {
            fields.zone = zone
            fields.hasZone = true
        } else if fields.hour != nil, fields.zone == nil, word.utf8.count == 1 {
            // RFC 5322 §4.3: the military letters were defined the wrong way round, so they tell nothing.
            fields.zone = 0
        }
    }

    private static func month(_ word: String) -> Int? {
        guard word.utf8.count >= 3 else { return nil }
        return DateZones.months[String(decoding: word.utf8.prefix(3), as: UTF8.self)] ?? DateZones.foreignMonths[word]
    }

    /// Gives the loose numbers their meaning: day and year by size and order, month where no name was found.
    private static func place(_ numbers: [(value: Int, digits: Int)], into fields: inout Fields) {
        var rest = numbers
        if fields.year == nil,
            let at = rest.firstIndex(where: { $0.digits >= 4 && $0.value >= 1000 && $0.value < 10_000 })
        {
            fields.year = rest.remove(at: at).value
        }
        if fields.month == nil, rest.count >= 2 {
            // Month before day, as the Americans who wrote such mailers did, unless it cannot be.
            let (a, b) = (rest[0].value, rest[1].value)
            if (1...12).contains(a), (1...31).contains(b) {
                (fields.month, fields.day) = (a, b)
            } else if (1...12).contains(b), (1...31).contains(a) {
                (fields.month, fields.day) = (b, a)
            }
            rest.removeFirst(2)
        }
        if fields.day == nil, let at = rest.firstIndex(where: { (1...31).contains($0.value) && $0.digits <= 2 }) {
            fields.day = rest.remove(at: at).value
        }
        if fields.year == nil, let number = rest.first(where: { $0.digits <= 3 }) {
            // RFC 5322 §4.3.
            fields.year =
                number.digits == 3 ? number.value + 1900 : number.value < 50 ? number.value + 2000 : number.value + 1900
        }
    }

    private static func date(_ fields: Fields) -> InternetDate? {
        guard let year = fields.year, let month = fields.month, let day = fields.day else { return nil }
        guard (1900...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        var hour = fields.hour ?? 0
        if let isAfternoon = fields.isAfternoon, hour <= 12 { hour = hour % 12 + (isAfternoon ? 12 : 0) }
        guard hour <= 24, fields.minute < 60, fields.second <= 61 else { return nil }
        let days = Self.days(year, month, day)
        let zone = fields.zone ?? 0
        let seconds = days * 86_400 + hour * 3600 + fields.minute * 60 + min(fields.second, 60) - zone * 60
        return InternetDate(
            secondsSince1970: Int64(seconds), zoneOffsetMinutes: fields.hasZone ? fields.zone : nil)
    }

    /// Days from 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years that begin in March put the leap day last.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
