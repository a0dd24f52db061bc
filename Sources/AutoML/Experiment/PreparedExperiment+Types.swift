import Tabular

extension PreparedExperiment {
    /// The table with columns taken for what `types` say. Throws `AutoMLError` with the field `types.` and the column.
    static func retyped(_ table: Table, _ types: [String: ColumnType]) throws -> Table {
        if types.isEmpty { return table }
        for name in types.keys.sorted() { _ = try column(name, in: table, field: "types.\(name)") }
        let columns = try table.columns.map { column in
            guard let type = types[column.name], type != column.type else { return column }
            do {
                return try column.cast(to: type)
            } catch let error as TableError {
                throw AutoMLError(.invalidSetting, error.message, field: "types.\(column.name)")
            }
        }
        return Table(columns: columns, rowCount: table.rowCount)
    }
}
