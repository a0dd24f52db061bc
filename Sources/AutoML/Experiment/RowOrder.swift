import Tabular

/// What rows have to do with each other, beyond their target.
enum RowOrder: Sendable {
    /// A number for each row; rows of the same one belong together. The column's name comes with it.
    case groups([Int32], name: String)
    /// When each row was, as a number that rises. The column's name comes with it.
    case moments([Double], name: String)
    /// Rows that belong together as the table shows it.
    case together(RowRelations.Together)

    /// What `settings` say of the given rows of `table`, or what was found in it, where they want that; nil where there is
    /// nothing. Throws `AutoMLError` naming the field.
    init?(_ settings: ExperimentSettings, _ table: Table, rows: [Int32], found relations: RowRelations) throws {
        if let name = settings.time {
            let column = try PreparedExperiment.column(name, in: table, field: "time")
            guard let all = column.doubles() else {
                throw AutoMLError(
                    .unsuitableData, "the time \"\(name)\" holds text: it must be dates or numbers", field: "time")
            }
            let moments = rows.map { all[Int($0)] }
            if let row = moments.firstIndex(where: { !$0.isFinite }) {
                throw AutoMLError(
                    .unsuitableData, "the time \"\(name)\" has no value in row \(rows[row] + 1)", field: "time")
            }
            self = .moments(moments, name: name)
        } else if let name = settings.group {
            let column = try PreparedExperiment.column(name, in: table, field: "group")
            self = .groups(RowOrder.groups(column, rows), name: name)
        } else if let found = try RowOrder.found(relations, for: settings.validation) {
            self = found
        } else {
            return nil
        }
    }

    private static func found(_ relations: RowRelations, for choice: ValidationChoice?) throws -> RowOrder? {
        switch choice {
        case nil, .random: return nil
        case .auto: return relations.together.map { .together($0) }
        case .group:
            if let together = relations.together { return .together(together) }
            throw AutoMLError(
                .unsuitableData, "no rows were found that belong together; name the column that groups them",
                field: "group")
        case .time:
            if let moments = relations.moments { return .moments(moments.values, name: moments.name) }
            throw AutoMLError(
                .unsuitableData, "no column was found along which the rows change; name the column of moments",
                field: "time")
        }
    }

    /// Numbers from 0 in the order of first appearance; a row without a value is a group of its own.
    private static func groups(_ column: Column, _ rows: [Int32]) -> [Int32] {
        var last: Int32 = -1
        var known: [Int64: Int32] = [:]
        func number(_ key: Int64) -> Int32 {
            if let number = known[key] { return number }
            last += 1
            known[key] = last
            return last
        }
        func next() -> Int32 {
            last += 1
            return last
        }
        if case .strings(let codes, _) = column.storage {
            return rows.map { codes[Int($0)] < 0 ? next() : number(Int64(codes[Int($0)])) }
        }
        let values = column.doubles() ?? []
        return rows.map { row in
            let value = values[Int(row)]
            return value.isNaN ? next() : number(Int64(bitPattern: (value == 0 ? 0 : value).bitPattern))
        }
    }
}
