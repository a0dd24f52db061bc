/// What is worth knowing about a table before learning from it.
public struct TableProfile: Sendable, Hashable, Codable {
    /// Number of rows.
    public var rows: Int
    /// The columns, in the table's order.
    public var columns: [ColumnProfile]

    /// A profile of these parts.
    public init(rows: Int, columns: [ColumnProfile]) {
        self.rows = rows
        self.columns = columns
    }
}

/// What is worth knowing about a column.
public struct ColumnProfile: Sendable, Hashable, Codable {
    /// A value and its number of rows.
    public struct Level: Sendable, Hashable, Codable {
        /// The value as text.
        public var value: String
        /// Rows that hold it.
        public var count: Int

        /// A value and its number of rows.
        public init(value: String, count: Int) {
            self.value = value
            self.count = count
        }
    }

    /// Equal slices from the smallest to the largest number.
    public struct Histogram: Sendable, Hashable, Codable {
        /// Ends of the slices, one more than there are counts, ascending; a slice holds its lower end.
        public var edges: [Double]
        /// Rows in each slice; scaled up from a sample where there are more than 65,536 present rows.
        public var counts: [Int]

        /// A histogram of these parts.
        public init(edges: [Double], counts: [Int]) {
            self.edges = edges
            self.counts = counts
        }
    }

    /// What may make a column useless or misleading for learning.
    public enum Warning: String, Sendable, Hashable, Codable, CaseIterable {
        /// It names the rows and says nothing else.
        case idLike = "id_like"
        /// It holds one value, or none.
        case constant
        /// It holds the same as an earlier column, which `duplicateOf` names.
        case duplicateColumn = "duplicate_column"
        /// Half of its rows or more are missing.
        case mostlyMissing = "mostly_missing"
        /// Its days and months could be swapped.
        case ambiguousDates = "ambiguous_dates"
        /// Its commas could stand before the fraction.
        case ambiguousNumbers = "ambiguous_numbers"
    }

    /// The column's name.
    public var name: String
    /// What its values mean.
    public var type: ColumnType
    /// Rows without a value.
    public var missing: Int
    /// Different values: exact up to 16,384, an estimate good to about 1 % above.
    public var distinct: Int
    /// The smallest number (booleans 0 and 1, dates in days and date-times in seconds since 1970).
    public var minimum: Double?
    /// The largest number.
    public var maximum: Double?
    /// Mean of the numbers.
    public var mean: Double?
    /// Standard deviation of the numbers, of a sample (divided by n − 1); nil where it is larger than the largest number.
    public var standardDeviation: Double?
    /// The numbers below which 5, 25, 50, 75 and 95 % lie; from a sample of 65,536 rows where there are more.
    public var quantiles: [Double]?
    /// The most frequent values of strings and booleans, at most 20; counted among the first 16,384 different ones.
    public var top: [Level]?
    /// How the numbers are spread.
    public var histogram: Histogram?
    /// What may be wrong with it.
    public var warnings: [Warning]
    /// The earlier column that holds the same.
    public var duplicateOf: String?

    enum CodingKeys: String, CodingKey {
        case name, type, missing, distinct, minimum, maximum, mean, quantiles, top, histogram, warnings
        case standardDeviation = "standard_deviation"
        case duplicateOf = "duplicate_of"
    }
}
