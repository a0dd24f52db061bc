/// A column of a result, or a marker of a statement.
public struct Column: Sendable, Hashable {
    /// Where the table is.
    public let keyspace: String
    /// The table.
    public let table: String
    /// The column's or marker's name.
    public let name: String
    /// Its type.
    public let type: CQLType
}

/// The columns of a result; shared by its rows.
final class ColumnList: Sendable {
    let columns: [Column]
    /// Only for many columns: a few are found faster by looking at each.
    private let indexes: [String: Int]

    var count: Int { columns.count }

    init(_ columns: [Column]) {
        self.columns = columns
        indexes =
            columns.count > 12
            ? Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }) : [:]
    }

    convenience init(_ reader: inout ByteReader, count: Int, hasGlobalTable: Bool) throws(CQLError) {
        var keyspace = ""
        var table = ""
        if hasGlobalTable {
            keyspace = try reader.string()
            table = try reader.string()
        }
        var columns: [Column] = []
        columns.reserveCapacity(min(count, 64))
        for _ in 0..<count {
            if !hasGlobalTable {
                keyspace = try reader.string()
                table = try reader.string()
            }
            columns.append(
                Column(
                    keyspace: keyspace, table: table, name: try reader.string(), type: try CQLType(&reader)))
        }
        self.init(columns)
    }

    func index(of name: String) -> Int? {
        indexes.isEmpty ? columns.firstIndex { $0.name == name } : indexes[name]
    }
}
