import Tabular

/// A number taken from a date or a date-time.
public enum DatePart: String, Sendable, Codable, CaseIterable, Hashable {
    /// Calendar year.
    case year
    /// 1 to 12.
    case month
    /// Day of the month, 1 to 31.
    case day
    /// 1 (Monday) to 7 (Sunday).
    case weekday
    /// 1 to 366.
    case dayOfYear = "day_of_year"
    /// Days since 1970-01-01; with the time of day as a fraction for date-times.
    case days
    /// 0 to 23.
    case hour
    /// Minutes since midnight, 0 to 1439.
    case minuteOfDay = "minute_of_day"

    /// The parts that differ between `moments`; at least `days`.
    static func informative(in moments: Moments, hasTime: Bool) -> [DatePart] {
        allCases.filter { part in
            switch part {
            case .days: return true
            case .hour: return hasTime && moments.varies(part)
            case .minuteOfDay: return hasTime && moments.values.contains { $0.map { !$0.isWholeHour } ?? false }
            default: return moments.varies(part)
            }
        }
    }
}

/// A point in time, split into whole days since 1970-01-01 and the microseconds of the day.
struct Moment {
    var days: Int64
    var microseconds: Int64

    init(days: Int64) {
        self.days = days
        microseconds = 0
    }

    init(microseconds all: Int64) {
        let perDay: Int64 = 86_400_000_000
        var (days, rest) = all.quotientAndRemainder(dividingBy: perDay)
        if rest < 0 {
            days -= 1
            rest += perDay
        }
        self.days = days
        microseconds = rest
    }

    var isWholeHour: Bool { microseconds % 3_600_000_000 == 0 }

    /// Year, month and day of the month in the proleptic Gregorian calendar (Hinnant 2013, `civil_from_days`).
    var civil: (year: Int64, month: Int64, day: Int64) {
        let shifted = days &+ 719_468
        let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    /// A whole-numbered part; the whole days for `days`.
    func value(of part: DatePart) -> Int64 {
        switch part {
        case .year: return civil.year
        case .month: return civil.month
        case .day: return civil.day
        case .weekday: return (((days % 7) + 7 + 3) % 7) + 1
        case .dayOfYear:
            let (year, month, day) = civil
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let before: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
            return before[Int(month) - 1] + day + (isLeap && month > 2 ? 1 : 0)
        case .days: return days
        case .hour: return microseconds / 3_600_000_000
        case .minuteOfDay: return microseconds / 60_000_000
        }
    }
}

/// A column of points in time; nil where missing.
struct Moments {
    let values: [Moment?]

    func varies(_ part: DatePart) -> Bool {
        var first: Int64?
        for case let moment? in values {
            let value = moment.value(of: part)
            if let first, first != value { return true }
            first = value
        }
        return false
    }

    /// A column of one part; `hasTime` gives `days` a fraction.
    func column(_ part: DatePart, name: String, hasTime: Bool) -> Column {
        var validity: Bitmap?
        for (row, moment) in values.enumerated() where moment == nil {
            if validity == nil { validity = Bitmap(repeating: true, count: values.count) }
            validity?[row] = false
        }
        if part == .days, hasTime {
            let days = values.map { $0.map { Double($0.days) + Double($0.microseconds) / 86_400e6 } ?? .nan }
            return Column(name: name, type: .float, storage: .doubles(days), validity: validity)
        }
        let numbers = values.map { $0?.value(of: part) ?? 0 }
        return Column(name: name, type: .integer, storage: .integers(PackedIntegers(numbers)), validity: validity)
    }
}

extension Column {
    /// The points in time of a date or date-time column; nil for any other.
    var moments: Moments? {
        switch storage {
        case .dates(let days):
            Moments(values: (0..<count).map { isMissing($0) ? nil : Moment(days: days[$0]) })
        case .datetimes(let microseconds):
            Moments(values: (0..<count).map { isMissing($0) ? nil : Moment(microseconds: microseconds[$0]) })
        default: nil
        }
    }
}
