public import Foundation

/// A value in one of SQLite's five storage classes.
public enum SQLiteValue: Sendable, Hashable {
    /// NULL.
    case null
    /// A whole number.
    case integer(Int64)
    /// A real number; SQLite stores NaN as NULL.
    case real(Double)
    /// UTF-8 text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
}

/// A Swift type that can be bound to a statement and read from a column.
public protocol SQLiteConvertible {
    /// The value as SQLite holds it.
    var sqliteValue: SQLiteValue { get }
    /// The value read from a column; nil where the column holds something else.
    init?(sqliteValue: SQLiteValue)
}

extension Int64: SQLiteConvertible {
    /// An integer.
    public var sqliteValue: SQLiteValue { .integer(self) }
    /// Reads an integer.
    public init?(sqliteValue: SQLiteValue) {
        guard case .integer(let value) = sqliteValue else { return nil }
        self = value
    }
}

extension Int: SQLiteConvertible {
    /// An integer.
    public var sqliteValue: SQLiteValue { .integer(Int64(self)) }
    /// Reads an integer.
    public init?(sqliteValue: SQLiteValue) {
        guard case .integer(let value) = sqliteValue else { return nil }
        self = Int(value)
    }
}

extension Bool: SQLiteConvertible {
    /// 0 or 1.
    public var sqliteValue: SQLiteValue { .integer(self ? 1 : 0) }
    /// Reads an integer; all but 0 is true.
    public init?(sqliteValue: SQLiteValue) {
        guard case .integer(let value) = sqliteValue else { return nil }
        self = value != 0
    }
}

extension Double: SQLiteConvertible {
    /// A real number.
    public var sqliteValue: SQLiteValue { .real(self) }
    /// Reads a real or a whole number.
    public init?(sqliteValue: SQLiteValue) {
        switch sqliteValue {
        case .real(let value): self = value
        case .integer(let value): self = Double(value)
        default: return nil
        }
    }
}

extension String: SQLiteConvertible {
    /// Text.
    public var sqliteValue: SQLiteValue { .text(self) }
    /// Reads text.
    public init?(sqliteValue: SQLiteValue) {
        guard case .text(let value) = sqliteValue else { return nil }
        self = value
    }
}

extension [UInt8]: SQLiteConvertible {
    /// A blob.
    public var sqliteValue: SQLiteValue { .blob(self) }
    /// Reads a blob.
    public init?(sqliteValue: SQLiteValue) {
        guard case .blob(let value) = sqliteValue else { return nil }
        self = value
    }
}

extension Data: SQLiteConvertible {
    /// A blob.
    public var sqliteValue: SQLiteValue { .blob([UInt8](self)) }
    /// Reads a blob.
    public init?(sqliteValue: SQLiteValue) {
        guard case .blob(let value) = sqliteValue else { return nil }
        self = Data(value)
    }
}

extension Optional: SQLiteConvertible where Wrapped: SQLiteConvertible {
    /// NULL for nil.
    public var sqliteValue: SQLiteValue { self?.sqliteValue ?? .null }
    /// Reads NULL as nil.
    public init?(sqliteValue: SQLiteValue) {
        if case .null = sqliteValue {
            self = .none
        } else if let value = Wrapped(sqliteValue: sqliteValue) {
            self = value
        } else {
            return nil
        }
    }
}
