public import Tabular

extension FeaturePlan {
    /// What to do about a column that the plan uses and a table does not have.
    public enum AbsentColumns: Sendable, Hashable {
        /// Throw.
        case fail
        /// Go on as if every value in it were missing.
        case areMissing
    }

    /// The columns that the plan uses and `table` does not have, in the plan's order.
    public func absentColumns(in table: Table) -> [String] {
        let names = Set(table.columns.map(\.name))
        return sources.map(\.name).filter { !names.contains($0) }
    }

    /// The features of `table`, a row for a row, always the same columns in the same order.
    ///
    /// The table's columns may be in any order and more than are used. Values stored otherwise than the plan expects are
    /// converted where nothing is lost (`"12"` to 12, a date to midnight); where that cannot be, a `FeatureError` names the
    /// column and the first such row.
    public func apply(_ table: Table, absent: AbsentColumns = .fail) throws -> Table {
        var found: [String: Column] = [:]
        for column in table.columns { found[column.name] = column }
        var features: [Column] = []
        for source in sources {
            let column: Column
            if let present = found[source.name] {
                column = present.missingCount == present.count ? source.allMissing(table.rowCount) : present
            } else if absent == .areMissing {
                column = source.allMissing(table.rowCount)
            } else {
                throw FeatureError(message: "the model needs this column and the table has none", column: source.name)
            }
            features += try source.features(of: column)
        }
        return Table(columns: features, rowCount: table.rowCount)
    }
}

extension FeaturePlan.Source {
    fileprivate func allMissing(_ rows: Int) -> Column {
        let none = rows == 0 ? nil : Bitmap(repeating: false, count: rows)
        let zeros = [Int64](repeating: 0, count: rows)
        let storage: Column.Storage =
            switch type {
            case .date: .dates(PackedIntegers(zeros))
            case .datetime: .datetimes(zeros)
            case .boolean: .booleans(Bitmap(repeating: false, count: rows))
            case .categorical, .text: .strings(codes: PackedIntegers(zeros.map { _ in -1 }), levels: [])
            default: .doubles(zeros.map { _ in .nan })
            }
        return Column(name: name, type: type, storage: storage, validity: none)
    }

    fileprivate func features(of column: Column) throws -> [Column] {
        switch type {
        case .date, .datetime:
            guard let moments = column.moments else { throw mismatch(column) }
            return features.compactMap { feature in
                feature.part.map { moments.column($0, name: feature.name, hasTime: type == .datetime) }
            }
        case .categorical, .text: return [try strings(column)]
        default: return [try numbers(column)]
        }
    }

    private func strings(_ column: Column) throws -> Column {
        switch column.storage {
        case .strings: return column.retyped(type)
        case .integers(let values):
            return strings(column, values.int64s()) { String($0) }
        case .doubles(let values):
            return strings(column, values) { Int64(exactly: $0).map(String.init) ?? String($0) }
        default: throw mismatch(column)
        }
    }

    private func strings<Value: Hashable>(_ column: Column, _ values: [Value], _ text: (Value) -> String) -> Column {
        var codeOf: [Value: Int64] = [:]
        var levels: [String] = []
        let codes = values.indices.map { row -> Int64 in
            if column.isMissing(row) { return -1 }
            if let code = codeOf[values[row]] { return code }
            let code = Int64(levels.count)
            codeOf[values[row]] = code
            levels.append(text(values[row]))
            return code
        }
        return Column(
            name: name, type: type, storage: .strings(codes: PackedIntegers(codes), levels: levels),
            validity: column.validity)
    }

    private func numbers(_ column: Column) throws -> Column {
        switch column.storage {
        case .integers, .doubles, .booleans: return column.retyped(type)
        case .dates, .datetimes: throw mismatch(column)
        case .strings(let codes, let levels):
            let parsed = levels.map { type == .boolean ? truthValue($0) : Double($0) }
            let values = (0..<codes.count).map { codes[$0] < 0 ? .nan : parsed[Int(codes[$0])] ?? .nan }
            if let row = values.indices.first(where: { values[$0].isNaN && !column.isMissing($0) }) {
                let wanted = type == .boolean ? "true or false" : "a number"
                throw FeatureError(message: "\"\(levels[Int(codes[row])])\" is not \(wanted)", column: name, row: row)
            }
            return Column(name: name, type: .float, storage: .doubles(values), validity: column.validity)
        }
    }

    private func truthValue(_ text: String) -> Double? {
        switch text.lowercased() {
        case "true", "yes", "t", "y", "1": 1
        case "false", "no", "f", "n", "0": 0
        default: nil
        }
    }

    private func mismatch(_ column: Column) -> FeatureError {
        let row = (0..<column.count).first { !column.isMissing($0) }
        return FeatureError(
            message: "holds \(column.storage.description) where the model was trained on \(type.description)",
            column: name,
            row: row)
    }
}

extension Column.Storage {
    fileprivate var description: String {
        switch self {
        case .integers, .doubles: "a number"
        case .booleans: "true or false"
        case .dates: "a date"
        case .datetimes: "a date and time"
        case .strings: "text"
        }
    }
}

extension ColumnType {
    fileprivate var description: String {
        switch self {
        case .integer, .float: "numbers"
        case .boolean: "true and false"
        case .date: "dates"
        case .datetime: "dates with times"
        case .categorical, .constant, .idLike: "categories"
        case .text: "text"
        }
    }
}
