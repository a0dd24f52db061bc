public import Tabular

/// How a table's columns become a learner's features: fitted once on a table without its target, and kept with the model.
///
/// Numbers, truth values, categories and text pass through; dates and date-times become their parts, as columns named
/// `column.year`; columns that cannot help (constant, id-like) are left out with their reason.
public struct FeaturePlan: Sendable, Hashable, Codable {
    /// One feature made from a source column.
    public struct Feature: Sendable, Hashable, Codable {
        /// The feature's name, unique in the plan.
        public var name: String
        /// The part of a date or date-time that it holds; nil for the column itself.
        public var part: DatePart?
    }

    /// A source column that is used.
    public struct Source: Sendable, Hashable, Codable {
        /// The column's name in the table.
        public var name: String
        /// What its values meant when the plan was fitted; never `constant` or `idLike`.
        public var type: ColumnType
        /// The features made from it, at least one.
        public var features: [Feature]
    }

    /// A source column that is left out.
    public struct DroppedColumn: Sendable, Hashable, Codable {
        /// The column's name in the table.
        public var name: String
        /// One line for people.
        public var reason: String
    }

    /// The columns that are used, in the table's order.
    public let sources: [Source]
    /// The columns that are left out, in the table's order.
    public let dropped: [DroppedColumn]

    /// The source columns that are used and what they hold: what a table must have to be predicted.
    public var sourceSchema: Schema { Schema(columns: sources.map { ColumnSchema(name: $0.name, type: $0.type) }) }

    /// The features' names, in their order.
    public var featureNames: [String] { sources.flatMap { $0.features.map(\.name) } }

    /// Fits a plan on `table`, which must not hold the target; columns of the names in `leftOut` are left out for the reason
    /// given there.
    public init(fitting table: Table, leftOut: [String: String] = [:]) {
        var taken = Set(table.columns.map(\.name))
        var sources: [Source] = []
        var dropped: [DroppedColumn] = []
        for column in table.columns {
            if let reason = leftOut[column.name] ?? FeaturePlan.reasonToDrop(column) {
                dropped.append(DroppedColumn(name: column.name, reason: reason))
                continue
            }
            let type = FeaturePlan.meaning(of: column)
            guard let moments = column.moments else {
                let feature = Feature(name: column.name, part: nil)
                sources.append(Source(name: column.name, type: type, features: [feature]))
                continue
            }
            let features = DatePart.informative(in: moments, hasTime: type == .datetime).map { part in
                var name = "\(column.name).\(part.rawValue)"
                while !taken.insert(name).inserted { name += "_" }
                return Feature(name: name, part: part)
            }
            sources.append(Source(name: column.name, type: type, features: features))
        }
        self.sources = sources
        self.dropped = dropped
    }

    private static func reasonToDrop(_ column: Column) -> String? {
        if column.missingCount == column.count { return "every value is missing" }
        if column.type == .idLike { return "a different value in every row" }
        if column.missingCount == 0, column.isConstant { return "the same value in every row" }
        return nil
    }

    /// The type by the way the values are stored, where the column's own type says only how many values there are.
    private static func meaning(of column: Column) -> ColumnType {
        switch (column.type, column.storage) {
        case (.constant, .integers), (.idLike, .integers): .integer
        case (.constant, .doubles), (.idLike, .doubles): .float
        case (.constant, .booleans), (.idLike, .booleans): .boolean
        case (.constant, .dates), (.idLike, .dates): .date
        case (.constant, .datetimes), (.idLike, .datetimes): .datetime
        case (.constant, .strings), (.idLike, .strings): .categorical
        default: column.type
        }
    }
}

extension Column {
    /// Whether every row, missing ones aside, has the same value.
    fileprivate var isConstant: Bool {
        switch storage {
        case .strings(let codes, _): isConstant { codes[$0] }
        case .integers(let values), .dates(let values): isConstant { values[$0] }
        case .doubles(let values): isConstant { values[$0] }
        case .booleans(let values): isConstant { values[$0] }
        case .datetimes(let values): isConstant { values[$0] }
        }
    }

    private func isConstant<Value: Equatable>(_ value: (Int) -> Value) -> Bool {
        var first: Value?
        for row in 0..<count where !isMissing(row) {
            if let first, value(row) != first { return false }
            if first == nil { first = value(row) }
        }
        return true
    }
}
