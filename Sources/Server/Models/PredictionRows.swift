internal import Tabular

/// Rows to predict as they stand in a JSON body: `{"rows": [{column: value, …}, …]}`.
struct PredictionRows {
    private let rows: [[JSONValue.Member]]
    private let schema: Schema

    /// Throws `Problem` 422 naming the field that is not as it should be.
    init(_ value: JSONValue, schema: Schema) throws {
        guard let members = value.members else { throw Problem.field("body", "must be a JSON object") }
        if let unknown = members.first(where: { $0.name != "rows" }) {
            throw Problem.field(unknown.name, "there is no such field")
        }
        guard let list = value["rows"]?.elements else { throw Problem.field("rows", "must be a list of rows") }
        rows = try list.enumerated().map { index, row in
            guard let members = row.members else {
                throw Problem.field("rows[\(index)]", "must be an object of values by column")
            }
            return members
        }
        self.schema = schema
    }

    /// The rows as a table of the schema. A column that a row leaves out is missing there; one that every row leaves out
    /// is an error, for it is most likely misspelt.
    func table() throws -> Table {
        var builder = TableBuilder(schema: schema)
        var unseen = Set(schema.columns.map(\.name))
        for (index, members) in rows.enumerated() {
            var cells: [String: Cell] = [:]
            for member in members {
                cells[member.name] = try cell(member, row: index)
                unseen.remove(member.name)
            }
            builder.append(cells)
        }
        if !rows.isEmpty, let column = schema.columns.first(where: { unseen.contains($0.name) }) {
            throw Problem.field("rows", "no row has the column \"\(column.name)\", which the model needs")
        }
        do {
            return try builder.table()
        } catch let error as TableError {
            guard let row = error.row, let column = error.column else { throw error }
            throw Problem.field("rows[\(row - 1)].\(column)", error.message)
        }
    }

    private func cell(_ member: JSONValue.Member, row: Int) throws -> Cell {
        switch member.value {
        case .null: return .missing
        case .bool(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string(let text): return .string(text)
        case .array, .object:
            throw Problem.field("rows[\(row)].\(member.name)", "must be a string, a number, true, false or null")
        }
    }
}
