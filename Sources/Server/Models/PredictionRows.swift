internal import Tabular

/// Rows to predict as they stand in a JSON body: `{"rows": [{column: value, …}, …]}`. They are read some at a time, straight
/// into a table's columns, so that they take little more memory than the body however many there are.
struct PredictionRows {
    private static let mostRows = 8192
    /// Cells of a part: what rows leave out takes room in a table, too.
    private static let mostCells = 1 << 18

    private let schema: Schema
    private let rowsPerPart: Int
    private let places: [String: Int]
    private var parser: JSONParser
    /// Columns that no row had yet.
    private var unseen: Int
    private var isSeen: [Bool]
    /// Rows read.
    private(set) var rowCount = 0
    private var isAtEnd = false
    /// The row that had each column last, counted from 1.
    private var lastRow: [Int]

    /// Reads up to the first row. Throws `Problem` 422 naming the field that is not as it should be, and `JSONError`.
    /// - Parameter rowsPerPart: rows of a table that `next` gives, at most; by default what is quickly predicted.
    init(_ body: [UInt8], schema: Schema, rowsPerPart: Int? = nil) throws {
        self.schema = schema
        let columns = schema.columns.count
        self.rowsPerPart =
            rowsPerPart ?? max(1, min(PredictionRows.mostRows, PredictionRows.mostCells / max(1, columns)))
        places = Dictionary(schema.columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
        unseen = places.count
        isSeen = [Bool](repeating: false, count: columns)
        lastRow = [Int](repeating: 0, count: columns)
        parser = JSONParser(body)
        guard try parser.enterObject(depth: 0) else {
            _ = try JSONParser.parse(body)
            throw Problem.field("body", "must be a JSON object")
        }
        guard let name = try parser.nextName(isFirst: true) else {
            try parser.end()
            throw Problem.field("rows", "must be a list of rows")
        }
        guard name == "rows" else { throw Problem.field(name, "there is no such field") }
        guard try parser.enterArray(depth: 1) else {
            _ = try parser.value(depth: 1)
            throw Problem.field("rows", "must be a list of rows")
        }
    }

    /// The next rows as a table of the schema; nil after the last, but a body without rows gives a table without any.
    ///
    /// A column that a row leaves out is missing there; one that every row leaves out is an error, for it is most likely
    /// misspelt.
    mutating func next() throws -> Table? {
        if isAtEnd { return nil }
        let first = rowCount
        var builder = TableBuilder(schema: schema)
        while builder.rowCount < rowsPerPart {
            guard try parser.hasElement(isFirst: rowCount == 0) else {
                try finish()
                break
            }
            builder.append(try row())
            rowCount += 1
        }
        if builder.rowCount == 0, first > 0 { return nil }
        do {
            return try builder.table()
        } catch let error as TableError {
            guard let row = error.row, let column = error.column else { throw error }
            throw Problem.field("rows[\(first + row - 1)].\(column)", error.message)
        }
    }

    /// What follows the last row.
    private mutating func finish() throws {
        isAtEnd = true
        if let name = try parser.nextName(isFirst: false) {
            throw name == "rows" ? parser.isTwice(name) : Problem.field(name, "there is no such field")
        }
        try parser.end()
        if rowCount > 0, unseen > 0, let place = isSeen.indices.first(where: { !isSeen[$0] }) {
            throw Problem.field(
                "rows", "no row has the column \"\(schema.columns[place].name)\", which the model needs")
        }
    }

    private mutating func row() throws -> [Cell] {
        guard try parser.enterObject(depth: 2) else {
            _ = try parser.value(depth: 2)
            throw Problem.field("rows[\(rowCount)]", "must be an object of values by column")
        }
        var cells = [Cell](repeating: .missing, count: schema.columns.count)
        var others: Set<String> = []
        var isFirst = true
        while let name = try parser.nextName(isFirst: isFirst) {
            isFirst = false
            if let place = places[name] {
                if lastRow[place] == rowCount + 1 { throw parser.isTwice(name) }
                lastRow[place] = rowCount + 1
                cells[place] = try cell(name)
                if !isSeen[place] {
                    isSeen[place] = true
                    unseen -= 1
                }
            } else {
                guard others.insert(name).inserted else { throw parser.isTwice(name) }
                _ = try cell(name)
            }
        }
        return cells
    }

    private mutating func cell(_ name: String) throws -> Cell {
        switch try parser.value(depth: 3) {
        case .null: return .missing
        case .bool(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string(let text): return .string(text)
        case .array, .object:
            throw Problem.field("rows[\(rowCount)].\(name)", "must be a string, a number, true, false or null")
        }
    }
}
