internal import CSQLite

/// A prepared statement, confined to its connection.
final class Statement {
    let handle: OpaquePointer
    let sql: String
    private let connection: OpaquePointer

    /// Prepares the first statement of `sql`; text after it is an error, an empty statement too.
    init(connection: OpaquePointer, sql: String) throws {
        var handle: OpaquePointer?
        var rest = 0
        let status = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let status = sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail)
            if let tail { rest = Statement.meaningfulBytes(tail) }
            return status
        }
        guard status == SQLITE_OK else { throw SQLiteError(connection: connection, status: status, sql: sql) }
        guard let handle, rest == 0 else {
            sqlite3_finalize(handle)
            throw SQLiteError(code: .misuse, message: "expected exactly one statement", sql: sql)
        }
        self.handle = handle
        self.sql = sql
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    /// Whether the statement leaves the database as it is.
    var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

    func bind(_ values: [any SQLiteConvertible]) throws {
        let expected = Int(sqlite3_bind_parameter_count(handle))
        guard values.count == expected else {
            throw SQLiteError(
                code: .misuse, message: "\(values.count) values given for \(expected) parameters", sql: sql)
        }
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let status: Int32
            switch value.sqliteValue {
            case .null: status = sqlite3_bind_null(handle, index)
            case .integer(let number): status = sqlite3_bind_int64(handle, index, number)
            case .real(let number): status = sqlite3_bind_double(handle, index, number)
            case .text(var text):
                status = text.withUTF8 { utf8 in
                    utf8.withMemoryRebound(to: CChar.self) { bytes in
                        if let base = bytes.baseAddress {
                            martlet_sqlite_bind_text(handle, index, base, UInt64(bytes.count))
                        } else {
                            martlet_sqlite_bind_text(handle, index, "", 0)
                        }
                    }
                }
            case .blob(let bytes):
                status = bytes.withUnsafeBytes {
                    martlet_sqlite_bind_blob(handle, index, $0.baseAddress, UInt64($0.count))
                }
            }
            guard status == SQLITE_OK else { throw SQLiteError(connection: connection, status: status, sql: sql) }
        }
    }

    /// Goes to the next row; false when there is none.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let status: throw SQLiteError(connection: connection, status: status, sql: sql)
        }
    }

    /// Makes the statement ready for its next use.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private static func meaningfulBytes(_ text: UnsafePointer<CChar>) -> Int {
        var count = 0
        var place = text
        while place.pointee != 0 {
            let byte = UInt8(bitPattern: place.pointee)
            if byte > 0x20, byte != UInt8(ascii: ";") { count += 1 }
            place += 1
        }
        return count
    }
}

/// The row a query stands on; valid within the closure it is lent to.
public struct Row {
    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    /// Number of columns.
    public var count: Int { Int(sqlite3_column_count(statement.handle)) }

    /// The value of the column at `index`, from 0; a value of another type throws `.mismatch`.
    public func value<Value: SQLiteConvertible>(_ index: Int, as type: Value.Type = Value.self) throws -> Value {
        let raw = try self[index]
        guard let value = Value(sqliteValue: raw) else {
            throw SQLiteError(
                code: .mismatch, message: "column \(index) cannot be read as \(Value.self)", sql: statement.sql)
        }
        return value
    }

    /// The value of the column at `index`, from 0, as it is stored; an index that is not there throws `.misuse`.
    public subscript(index: Int) -> SQLiteValue {
        get throws {
            guard index >= 0, index < count else {
                throw SQLiteError(code: .misuse, message: "there is no column \(index)", sql: statement.sql)
            }
            let handle = statement.handle
            let column = Int32(index)
            switch sqlite3_column_type(handle, column) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
            case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
            case SQLITE_TEXT:
                guard let bytes = sqlite3_column_text(handle, column) else { return .text("") }
                let length = Int(sqlite3_column_bytes(handle, column))
                return .text(String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self))
            case SQLITE_BLOB:
                guard let bytes = sqlite3_column_blob(handle, column) else { return .blob([]) }
                let length = Int(sqlite3_column_bytes(handle, column))
                return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: length)))
            default: return .null
            }
        }
    }
}
