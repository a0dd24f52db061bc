/// Makes a table from rows of single cells under a schema, as they come in a request to predict.
public struct TableBuilder: Sendable {
    private let schema: Schema
    private let options: ReadOptions
    private var columns: [[Cell]]
    private let markers: Set<String>
    private let index: [String: Int]

    /// Number of rows added.
    public private(set) var rowCount = 0

    /// A builder of tables of `schema`; of `options`, the missing markers, what to do about mismatches, whether integers
    /// may have fractions and the order of dates count.
    public init(schema: Schema, options: ReadOptions = ReadOptions(widensIntegers: true)) {
        self.schema = schema
        self.options = options
        columns = Array(repeating: [], count: schema.columns.count)
        markers = Set(options.missingMarkers)
        index = Dictionary(schema.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Adds a row of cells by column name; columns that are not named are missing, names that the schema does not know
    /// are passed over.
    public mutating func append(_ row: [String: Cell]) {
        for (position, column) in schema.columns.enumerated() { columns[position].append(row[column.name] ?? .missing) }
        rowCount += 1
    }

    /// Adds a row of cells in the schema's order; cells that are not there are missing, those beyond are passed over.
    public mutating func append(_ row: [Cell]) {
        for position in columns.indices { columns[position].append(position < row.count ? row[position] : .missing) }
        rowCount += 1
    }

    /// The table of all rows added.
    /// - Throws: `TableError` naming column and row of a cell that is not of its column's type, unless mismatches count as
    ///   missing.
    public func table() throws -> Table {
        Table(
            columns: try schema.columns.enumerated().map { try column($1, columns[$0]) }, rowCount: rowCount)
    }

    private func column(_ schema: ColumnSchema, _ cells: [Cell]) throws -> Column {
        let type = storageType(schema, cells)
        var validity = Bitmap(repeating: true, count: cells.count)
        func values<Value>(_ nothing: Value, _ convert: (Cell) -> Value?) throws -> [Value] {
            try cells.enumerated().map { row, cell in
                if isMissing(cell) {
                    validity[row] = false
                    return nothing
                }
                if let value = convert(cell) { return value }
                if options.mismatch == .error {
                    throw TableError(
                        .typeMismatch, "\(Self.describe(cell)) is not of type \(type.rawValue)", column: schema.name,
                        row: row + 1)
                }
                validity[row] = false
                return nothing
            }
        }
        let storage: Column.Storage
        switch type {
        case .integer: storage = .integers(PackedIntegers(try values(0, Self.integer)))
        case .float: storage = .doubles(try values(.nan, Self.number))
        case .boolean:
            let values = try values(false, Self.boolean)
            var bits = Bitmap(repeating: false, count: cells.count)
            for (row, value) in values.enumerated() where value { bits[row] = true }
            storage = .booleans(bits)
        case .date: storage = .dates(PackedIntegers(try values(0) { moment($0).flatMap(Self.day) }))
        case .datetime: storage = .datetimes(try values(0) { moment($0)?.microseconds })
        case .categorical, .text, .constant, .idLike:
            var levels: [String] = []
            var known: [String: Int64] = [:]
            let codes = try values(Int64(-1)) { cell -> Int64? in
                let text = Self.text(cell)
                if let code = known[text] { return code }
                known[text] = Int64(levels.count)
                levels.append(text)
                return Int64(levels.count - 1)
            }
            storage = .strings(codes: PackedIntegers(codes), levels: levels)
        }
        return Column(
            name: schema.name, type: schema.type == .integer ? type : schema.type, storage: storage,
            validity: validity.setCount == cells.count ? nil : validity)
    }

    /// The type whose storage the column gets: integers with a fraction become floats if they may.
    private func storageType(_ schema: ColumnSchema, _ cells: [Cell]) -> ColumnType {
        guard schema.type == .integer, options.widensIntegers else { return schema.type }
        let fits = cells.allSatisfy { isMissing($0) || Self.integer($0) != nil || Self.number($0) == nil }
        return fits ? .integer : .float
    }

    private func isMissing(_ cell: Cell) -> Bool {
        switch cell {
        case .missing: true
        case .number(let value): !value.isFinite
        case .string(let text):
            text.isEmpty || markers.contains(text) || text.utf8.allSatisfy(RecordScanner.isSpace)
        case .integer, .boolean: false
        }
    }

    private static func trimmed<R>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        RecordScanner.trim(Array(text.utf8)).withUnsafeBufferPointer(body)
    }

    private static func integer(_ cell: Cell) -> Int64? {
        switch cell {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        case .string(let text): trimmed(text, NumberParser.integer)
        case .boolean(let value): value ? 1 : 0
        case .missing: nil
        }
    }

    private static func number(_ cell: Cell) -> Double? {
        switch cell {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string(let text): trimmed(text, NumberParser.double).flatMap { $0.isFinite ? $0 : nil }
        case .boolean(let value): value ? 1 : 0
        case .missing: nil
        }
    }

    private static func boolean(_ cell: Cell) -> Bool? {
        switch cell {
        case .boolean(let value): return value
        case .integer(let value): return value == 0 || value == 1 ? value == 1 : nil
        case .number(let value): return value == 0 || value == 1 ? value == 1 : nil
        case .string(let text):
            return trimmed(text) { bytes in
                if bytes.count == 1, bytes[0] == 48 || bytes[0] == 49 { return bytes[0] == 49 }
                let found = CellEvidence.boolean(bytes)
                return found.evidence.isEmpty ? nil : found.value
            }
        case .missing: return nil
        }
    }

    private func moment(_ cell: Cell) -> DateParser.Moment? {
        guard case .string(let text) = cell else { return nil }
        let other: DateParser.Order = options.dateOrder == .dayFirst ? .dayFirst : .monthFirst
        return Self.trimmed(text) { DateParser.parse($0, .yearFirst) ?? DateParser.parse($0, other) }
    }

    private static func day(_ moment: DateParser.Moment) -> Int64? {
        let day = DateParser.Moment.microsecondsPerDay
        return moment.microseconds % day == 0 ? moment.microseconds / day : nil
    }

    /// A cell as the text a file would hold; whole numbers have no fraction.
    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .string(let text): String(decoding: RecordScanner.trim(Array(text.utf8)), as: UTF8.self)
        case .integer(let value): String(value)
        case .number(let value): Int64(exactly: value).map(String.init) ?? "\(value)"
        case .boolean(let value): value ? "true" : "false"
        case .missing: ""
        }
    }

    private static func describe(_ cell: Cell) -> String {
        switch cell {
        case .string(let text): "\"\(text.prefix(40))\""
        default: text(cell)
        }
    }
}
