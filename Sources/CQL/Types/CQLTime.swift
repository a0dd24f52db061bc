public import Foundation

/// A day, counted from 1 January 1970; 2³¹ days back and forth.
public struct CQLDate: Sendable, Hashable, Comparable {
    /// Days since 1 January 1970, negative before.
    public var daysSinceEpoch: Int32

    /// The day of this number.
    public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

    /// The day of this moment in UTC.
    public init(_ date: Date) {
        daysSinceEpoch = Int32(clamping: saturated((date.timeIntervalSince1970 / 86_400).rounded(.down)))
    }

    /// The day's first moment in UTC.
    public var start: Date { Date(timeIntervalSince1970: Double(daysSinceEpoch) * 86_400) }

    /// Whether `lhs` is the earlier day.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.daysSinceEpoch < rhs.daysSinceEpoch }
}

/// A time of the day in nanoseconds.
public struct CQLTime: Sendable, Hashable, Comparable {
    /// 0 to 86,399,999,999,999; the server refuses others.
    public var nanosecondsSinceMidnight: Int64

    /// The time of this number.
    public init(nanosecondsSinceMidnight: Int64) { self.nanosecondsSinceMidnight = nanosecondsSinceMidnight }

    /// Whether `lhs` is the earlier time.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.nanosecondsSinceMidnight < rhs.nanosecondsSinceMidnight
    }
}

/// A moment in milliseconds, the server's whole range of it.
public struct CQLTimestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since 1 January 1970, 00:00 UTC.
    public var millisecondsSinceEpoch: Int64

    /// The moment of this number.
    public init(millisecondsSinceEpoch: Int64) { self.millisecondsSinceEpoch = millisecondsSinceEpoch }

    /// This moment, rounded to milliseconds.
    public init(_ date: Date) {
        millisecondsSinceEpoch = saturated((date.timeIntervalSince1970 * 1_000).rounded())
    }

    /// The moment as Foundation has it.
    public var date: Date { Date(timeIntervalSince1970: Double(millisecondsSinceEpoch) / 1_000) }

    /// Whether `lhs` is the earlier moment.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.millisecondsSinceEpoch < rhs.millisecondsSinceEpoch }
}

/// A span of calendar time; its three parts have the same sign or are zero.
public struct CQLDuration: Sendable, Hashable {
    /// Months, of whatever length they are.
    public var months: Int32
    /// Days, of whatever length they are.
    public var days: Int32
    /// Nanoseconds.
    public var nanoseconds: Int64

    /// A span of these parts.
    public init(months: Int32, days: Int32, nanoseconds: Int64) {
        self.months = months
        self.days = days
        self.nanoseconds = nanoseconds
    }
}

/// The nearest integer that there is, for any number, also none.
private func saturated(_ value: Double) -> Int64 {
    if value.isNaN { return 0 }
    if value >= 0x1p63 { return .max }
    return value <= -0x1p63 ? .min : Int64(value)
}

extension UUID {
    private static let gregorianOffset: Int64 = 122_192_928_000_000_000

    /// A UUID of version 1 of this moment (100 ns steps), with random clock sequence and node, as `timeuuid` columns
    /// take.
    public static func timeBased(at date: Date = Date()) -> UUID {
        let ticks = UInt64(
            bitPattern: saturated((date.timeIntervalSince1970 * 10_000_000).rounded()) &+ gregorianOffset)
        let random = UInt64.random(in: 0 ... .max)
        func byte(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        return UUID(
            uuid: (
                byte(ticks, 24), byte(ticks, 16), byte(ticks, 8), byte(ticks, 0), byte(ticks, 40), byte(ticks, 32),
                byte(ticks, 56) & 0x0f | 0x10, byte(ticks, 48), byte(random, 56) & 0x3f | 0x80, byte(random, 48),
                byte(random, 40) | 0x01, byte(random, 32), byte(random, 24), byte(random, 16), byte(random, 8),
                byte(random, 0)
            ))
    }

    /// The moment inside a UUID of version 1; nil for other versions.
    public var timeBasedDate: Date? {
        let bytes = self.uuid
        guard bytes.6 >> 4 == 1 else { return nil }
        let high = UInt64(bytes.6 & 0x0f) << 56 | UInt64(bytes.7) << 48 | UInt64(bytes.4) << 40 | UInt64(bytes.5) << 32
        let low = UInt64(bytes.0) << 24 | UInt64(bytes.1) << 16 | UInt64(bytes.2) << 8 | UInt64(bytes.3)
        return Date(timeIntervalSince1970: Double(Int64(high | low) - Self.gregorianOffset) / 10_000_000)
    }
}
