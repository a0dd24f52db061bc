/// Columns of equal length with distinct names.
public struct Table: Sendable, Hashable {
    /// The columns, in the order of the source.
    public let columns: [Column]
    /// Number of rows.
    public let rowCount: Int

    /// A table of `columns`, all of them `rowCount` long (taken from the first where it is not given).
    public init(columns: [Column], rowCount: Int? = nil) {
        self.columns = columns
        self.rowCount = rowCount ?? columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == self.rowCount }, "columns differ in length")
    }

    /// The column called `name`, if there is one.
    public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

    /// Names and types, in order.
    public var schema: Schema { Schema(columns: columns.map { ColumnSchema(name: $0.name, type: $0.type) }) }

    /// The given rows, in that order.
    public func selecting(_ rows: [Int32]) -> Table {
        Table(columns: columns.map { $0.selecting(rows) }, rowCount: rows.count)
    }

    /// The columns called `names`, in that order; names that are not there are left out.
    public func selecting(columns names: [String]) -> Table {
        Table(columns: names.compactMap(column), rowCount: rowCount)
    }
}

/// Name and type of one column.
public struct ColumnSchema: Sendable, Hashable, Codable {
    /// The column's name.
    public var name: String
    /// What its values mean.
    public var type: ColumnType

    /// A column's name and type.
    public init(name: String, type: ColumnType) {
        self.name = name
        self.type = type
    }
}

/// The columns of a table without its values; travels with a dataset and with a model.
public struct Schema: Sendable, Hashable, Codable {
    /// The columns, in the order of the source.
    public var columns: [ColumnSchema]

    /// A schema of these columns.
    public init(columns: [ColumnSchema]) { self.columns = columns }

    /// The column called `name`, if there is one.
    public func column(_ name: String) -> ColumnSchema? { columns.first { $0.name == name } }
}
