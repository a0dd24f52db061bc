/// Days and times from bytes, in the proleptic Gregorian calendar.
enum DateParser {
    /// In which order day, month and year stand.
    enum Order: Sendable {
        case yearFirst
        case dayFirst
        case monthFirst
    }

    /// A point in time and whether the text named a time of day.
    struct Moment {
        var microseconds: Int64
        var hasTime: Bool
        static let microsecondsPerDay: Int64 = 86_400_000_000
    }

    /// A date, or a date and a time, as in `2024-03-31`, `31.3.2024 14:05`, `3/31/24 2:05 PM`, `31 Mar 2024`,
    /// `2024-03-31T14:05:09.25+02:00`. Text without an offset is taken as UTC.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ order: Order) -> Moment? {
        guard bytes.count >= 6, bytes.count <= 40 else { return nil }
        var scanner = Scanner(bytes: bytes)
        guard let day = scanner.date(order) else { return nil }
        if scanner.isAtEnd {
            return Moment(microseconds: day * Moment.microsecondsPerDay, hasTime: false)
        }
        guard let time = scanner.time() else { return nil }
        return Moment(microseconds: day * Moment.microsecondsPerDay + time, hasTime: true)
    }

    /// Days since 1970-01-01 (Hinnant 2013, `days_from_civil`); nil for a day that does not exist.
    static func days(year: Int, month: Int, day: Int) -> Int64? {
        guard (1...12).contains(month), (0...9999).contains(year), day >= 1, day <= length(month, year) else {
            return nil
        }
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    private static func length(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0

        var isAtEnd: Bool { position == bytes.count }
        var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

        mutating func accept(_ character: Character) -> Bool {
            guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
            position += 1
            return true
        }

        /// A run of at most `limit` digits and its length.
        mutating func digits(_ limit: Int) -> (value: Int, count: Int)? {
            var value = 0
            var count = 0
            while position < bytes.count, count < limit, bytes[position] &- 48 < 10 {
                value = value * 10 + Int(bytes[position] &- 48)
                position += 1
                count += 1
            }
            return count == 0 ? nil : (value, count)
        }

        mutating func date(_ order: Order) -> Int64? {
            if byte &- 48 >= 10 {
                // Mar 31, 2024
                guard let month = monthName(), acceptGap(), let day = digits(2) else { return nil }
                _ = accept(",")
                guard acceptGap(), let year = digits(4), year.count == 4 else { return nil }
                return days(year: year.value, month: month, day: day.value)
            }
            guard let first = digits(4) else { return nil }
            if first.count <= 2, !isAtEnd, byte == 0x20 || (byte == 0x2D && isLetter(position + 1)) {
                // 31 Mar 2024, 31-Mar-2024, 31-Mar-24
                position += 1
                guard let month = monthName() else { return nil }
                guard accept("-") || acceptGap(), let year = digits(4) else { return nil }
                guard year.count == 4 || year.count == 2 else { return nil }
                return days(year: full(year), month: month, day: first.value)
            }
            let separator = byte
            guard separator == 0x2D || separator == 0x2F || separator == 0x2E else { return nil }
            position += 1
            guard let second = digits(2), byte == separator else { return nil }
            position += 1
            guard let third = digits(4) else { return nil }
            switch order {
            case .yearFirst:
                guard first.count == 4, third.count <= 2 else { return nil }
                return days(year: first.value, month: second.value, day: third.value)
            case .dayFirst, .monthFirst:
                guard first.count <= 2, third.count == 4 || (third.count == 2 && separator == 0x2F) else { return nil }
                // Dots are written between day, month and year only in that order.
                if order == .monthFirst, separator == 0x2E { return nil }
                let year = full(third)
                return order == .dayFirst
                    ? days(year: year, month: second.value, day: first.value)
                    : days(year: year, month: first.value, day: second.value)
            }
        }

        /// Two digits mean 1969 to 2068, as in POSIX.
        private func full(_ year: (value: Int, count: Int)) -> Int {
            year.count > 2 ? year.value : year.value + (year.value < 69 ? 2000 : 1900)
        }

        private func isLetter(_ index: Int) -> Bool {
            index < bytes.count && (bytes[index] | 0x20) &- 97 < 26
        }

        private mutating func acceptGap() -> Bool {
            guard byte == 0x20 else { return false }
            while byte == 0x20 { position += 1 }
            return true
        }

        private static let months = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november",
            "december",
        ].map { Array($0.utf8) }

        private mutating func monthName() -> Int? {
            let start = position
            while isLetter(position) { position += 1 }
            let word = bytes[start..<position].map { $0 | 0x20 }
            if byte == 0x2E { position += 1 }
            guard word.count >= 3 else { return nil }
            return Self.months.firstIndex { $0 == word || $0.prefix(3) == word[...] }.map { $0 + 1 }
        }

        /// Microseconds since midnight UTC: hours, minutes, perhaps seconds, a half of the day and an offset.
        mutating func time() -> Int64? {
            if !accept("T"), !accept("t") {
                _ = accept(",")
                guard acceptGap() else { return nil }
            }
            guard var hour = digits(2)?.value, accept(":"), let minute = digits(2), minute.count == 2 else {
                return nil
            }
            var second = 0
            var micros: Int64 = 0
            if accept(":") {
                guard let seconds = digits(2), seconds.count == 2 else { return nil }
                second = seconds.value
                if accept(".") || accept(",") {
                    guard let fraction = digits(6) else { return nil }
                    micros = Int64(fraction.value)
                    for _ in fraction.count..<6 { micros *= 10 }
                    while byte &- 48 < 10, !isAtEnd { position += 1 }
                }
            }
            let mark = position
            _ = acceptGap()
            if byte | 0x20 == 0x61 || byte | 0x20 == 0x70 {
                let isAfternoon = byte | 0x20 == 0x70
                position += 1
                guard accept("M") || accept("m"), (1...12).contains(hour) else { return nil }
                hour = hour % 12 + (isAfternoon ? 12 : 0)
            } else {
                position = mark
            }
            guard hour < 24, minute.value < 60, second < 60 else { return nil }
            guard let offset = offset() else { return nil }
            return (Int64(hour * 3600 + minute.value * 60 + second) - Int64(offset * 60)) * 1_000_000 + micros
        }

        /// Minutes east of UTC: nothing, `Z`, `UTC`, `GMT`, `+hh`, `+hhmm` or `+hh:mm`; nil for anything else.
        private mutating func offset() -> Int? {
            if isAtEnd { return 0 }
            _ = acceptGap()
            if accept("Z") || accept("z") { return isAtEnd ? 0 : nil }
            let word = bytes[position...].map { $0 | 0x20 }
            if word == Array("utc".utf8) || word == Array("gmt".utf8) {
                position = bytes.count
                return 0
            }
            let sign = byte == 0x2B ? 1 : -1
            guard byte == 0x2B || byte == 0x2D else { return nil }
            position += 1
            guard let hours = digits(2), hours.count == 2, hours.value <= 18 else { return nil }
            if isAtEnd { return sign * hours.value * 60 }
            _ = accept(":")
            guard let minutes = digits(2), minutes.count == 2, minutes.value < 60, isAtEnd else { return nil }
            return sign * (hours.value * 60 + minutes.value)
        }
    }
}
