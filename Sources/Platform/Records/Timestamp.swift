public import Foundation
internal import Tabular

/// A moment in milliseconds since 1970, in JSON an ISO 8601 string in UTC: `2026-03-04T05:06:07.089Z`.
public struct Timestamp: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// The moment so many milliseconds after 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The moment of `date`, to the millisecond.
    public init(_ date: Date) { milliseconds = Int64(saturating: (date.timeIntervalSince1970 * 1000).rounded(.down)) }

    /// The machine's clock.
    public static func now() -> Timestamp { Timestamp(Date()) }

    /// Seconds from `earlier` to this moment.
    public func seconds(since earlier: Timestamp) -> Double { Double(milliseconds - earlier.milliseconds) / 1000 }

    /// The moment so many seconds later.
    public func adding(seconds: Double) -> Timestamp {
        let (sum, isBeyond) = milliseconds.addingReportingOverflow(Int64(saturating: (seconds * 1000).rounded()))
        return Timestamp(milliseconds: isBeyond ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The moment as a date.
    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// Which of two came first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// ISO 8601 with milliseconds, in UTC.
    public var description: String {
        // The whole second, which floating point holds, and the milliseconds apart from it.
        let part = (milliseconds % 1000 + 1000) % 1000
        let second = Date(timeIntervalSince1970: Double((milliseconds - part) / 1000))
        let digits = String(1000 + part).dropFirst()
        return second.formatted(Date.ISO8601FormatStyle()).dropLast() + ".\(digits)Z"
    }

    /// Reads an ISO 8601 string with milliseconds.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let date = try? Timestamp.style.parse(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(text) is not an ISO 8601 time"))
        }
        milliseconds = Int64(saturating: (date.timeIntervalSince1970 * 1000).rounded())
    }

    /// Writes an ISO 8601 string with milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
