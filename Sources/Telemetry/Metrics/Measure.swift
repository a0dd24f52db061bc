/// A metric as it is declared: its name, what kind it is, what it means and what tells its series apart.
public struct Measure: Sendable, Hashable {
    /// How its values behave.
    public enum Kind: String, Sendable, Hashable {
        /// Only grows.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts values by size.
        case histogram
    }

    /// Its name, with the unit at the end; a counter's name ends with `_total`.
    public let name: String
    /// How its values behave.
    public let kind: Kind
    /// What it means, in one line.
    public let help: String
    /// The names of its labels, in the order in which their values are given.
    public let labels: [String]
    /// Upper bounds of a histogram's buckets, rising and finite; the one for all beyond is added.
    public let bounds: [Double]

    private init(_ name: String, _ kind: Kind, _ help: String, _ labels: [String], bounds: [Double] = []) {
        precondition(Measure.isName(name, colons: true), "\(name) is no name of a metric")
        precondition(
            labels.allSatisfy { Measure.isName($0, colons: false) && !$0.hasPrefix("__") && $0 != "le" }
                && Set(labels).count == labels.count, "\(name) has labels that cannot be")
        precondition(kind != .counter || name.hasSuffix("_total"), "\(name) is a counter and must end with _total")
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && bounds.allSatisfy(\.isFinite),
            "the bounds of \(name) do not rise")
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.bounds = bounds
    }

    /// A number that only grows.
    public static func counter(_ name: String, _ help: String, labels: [String] = []) -> Measure {
        Measure(name, .counter, help, labels)
    }

    /// A number that goes up and down.
    public static func gauge(_ name: String, _ help: String, labels: [String] = []) -> Measure {
        Measure(name, .gauge, help, labels)
    }

    /// Values counted by size.
    public static func histogram(
        _ name: String, _ help: String, labels: [String] = [], bounds: [Double]
    ) -> Measure {
        precondition(!bounds.isEmpty, "\(name) has no buckets")
        return Measure(name, .histogram, help, labels, bounds: bounds)
    }

    /// The name without a counter's `_total`.
    var baseName: Substring { kind == .counter ? name.dropLast("_total".count) : name[...] }

    /// The unit that the name ends with; nil where it counts things.
    public var unit: String? {
        ["seconds", "bytes", "ratio"].first { baseName.hasSuffix("_\($0)") }
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
                || (colons && $0 == UInt8(ascii: ":"))
        }
    }
}

extension Measure {
    /// Bounds for times of requests: from a millisecond to ten seconds.
    public static let requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Bounds for times of work: from a tenth of a second to an hour.
    public static let workSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 150, 300, 600, 1800, 3600]
    /// Bounds for sizes in memory: from 1 MiB to 64 GiB.
    public static let memoryBytes = (0..<9).map { Double(1 << (20 + 2 * $0)) }
}
