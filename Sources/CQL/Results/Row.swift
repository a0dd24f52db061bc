/// One row; its values are decoded when they are asked for. Holding a row holds its page.
public struct Row: Sendable {
    let columnNames: ColumnList
    let body: Body
    let start: Int

    /// The columns.
    public var columns: [Column] { columnNames.columns }

    /// The number of columns.
    public var count: Int { columnNames.count }

    /// The bytes of a column's value with its type; throws `noSuchColumn`.
    public func cell(_ index: Int) throws(CQLError) -> CQLCell {
        guard index >= 0, index < columnNames.count else {
            throw CQLError(.noSuchColumn, "there is no column \(index), the row has \(columnNames.count)")
        }
        let range: Range<Int>? = try body.withRawBytes { (raw) throws(CQLError) in
            var reader = ByteReader(raw, at: start)
            for _ in 0..<index { try reader.skipValue() }
            let length = Int(try reader.integer(Int32.self))
            guard length >= 0 else { return nil }
            let start = reader.offset
            try reader.skip(length)
            return start..<(start + length)
        }
        return CQLCell(type: columnNames.columns[index].type, storage: body, range: range)
    }

    /// The bytes of a column's value with its type; throws `noSuchColumn`.
    public func cell(_ name: String) throws(CQLError) -> CQLCell {
        guard let index = columnNames.index(of: name) else {
            throw CQLError(
                .noSuchColumn,
                "there is no column '\(name)', the row has \(columns.map(\.name).joined(separator: ", "))")
        }
        return try cell(index)
    }

    /// The value of a column, read as `type`; throws `noSuchColumn` or `typeMismatch`, the latter also for null unless
    /// `type` is optional.
    public subscript<Value: CQLDecodable>(index: Int, as type: Value.Type) -> Value {
        get throws(CQLError) { try value(index) }
    }

    /// The value of a column, read as `type`; throws `noSuchColumn` or `typeMismatch`, the latter also for null unless
    /// `type` is optional.
    public subscript<Value: CQLDecodable>(name: String, as type: Value.Type) -> Value {
        get throws(CQLError) {
            guard let index = columnNames.index(of: name) else {
                _ = try cell(name)
                throw CQLError(.noSuchColumn, "there is no column '\(name)'")
            }
            return try value(index)
        }
    }

    /// All values as they come.
    public func values() throws(CQLError) -> [CQLValue] {
        var values: [CQLValue] = []
        for index in 0..<count { values.append(try value(index)) }
        return values
    }

    private func value<Value: CQLDecodable>(_ index: Int) throws(CQLError) -> Value {
        do throws(CQLError) { return try Value(from: try cell(index)) } catch {
            var error = error
            if error.code == .typeMismatch { error.message = "column '\(columns[index].name)': \(error.message)" }
            throw error
        }
    }
}
