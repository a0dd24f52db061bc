public import Foundation

/// What a value of a result can be read as.
public protocol CQLDecodable {
    /// Reads the value; throws `typeMismatch` where the type or the bytes do not fit, also for null.
    init(from cell: CQLCell) throws(CQLError)
}

extension FixedWidthInteger {
    /// Integers are read from integer columns of every width, as long as the number fits.
    @inline(__always)
    init(integerFrom cell: CQLCell) throws(CQLError) {
        let value: Int64
        switch cell.type {
        case .bigint, .counter: value = try cell.integer(Int64.self)
        case .int: value = Int64(try cell.integer(Int32.self))
        case .smallint: value = Int64(try cell.integer(Int16.self))
        case .tinyint: value = Int64(try cell.integer(Int8.self))
        case .varint:
            let long = try CQLVarint(from: cell)
            guard let value = Self(exactly: long) else {
                throw CQLError(.typeMismatch, "\(cell.type) holds a number that does not fit \(Self.self)")
            }
            self = value
            return
        default: throw cell.mismatch(Self.self)
        }
        guard let fitting = Self(exactly: value) else {
            throw CQLError(.typeMismatch, "\(value) does not fit \(Self.self)")
        }
        self = fitting
    }
}

extension Int: CQLDecodable {
    /// From any integer type.
    public init(from cell: CQLCell) throws(CQLError) { try self.init(integerFrom: cell) }
}

extension Int64: CQLDecodable {
    /// From any integer type.
    public init(from cell: CQLCell) throws(CQLError) { try self.init(integerFrom: cell) }
}

extension Int32: CQLDecodable {
    /// From any integer type.
    public init(from cell: CQLCell) throws(CQLError) { try self.init(integerFrom: cell) }
}

extension Int16: CQLDecodable {
    /// From any integer type.
    public init(from cell: CQLCell) throws(CQLError) { try self.init(integerFrom: cell) }
}

extension Int8: CQLDecodable {
    /// From any integer type.
    public init(from cell: CQLCell) throws(CQLError) { try self.init(integerFrom: cell) }
}

extension UInt8: CQLDecodable {
    /// From any integer type, where the number is not negative.
    public init(from cell: CQLCell) throws(CQLError) { try self.init(integerFrom: cell) }
}

extension Double: CQLDecodable {
    /// From `double` and `float`.
    public init(from cell: CQLCell) throws(CQLError) {
        switch cell.type {
        case .double: self.init(bitPattern: try cell.integer())
        case .float: self.init(Float(bitPattern: try cell.integer()))
        default: throw cell.mismatch(Self.self)
        }
    }
}

extension Float: CQLDecodable {
    /// From `float`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .float else { throw cell.mismatch(Self.self) }
        self.init(bitPattern: try cell.integer())
    }
}

extension Bool: CQLDecodable {
    /// From `boolean`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .boolean else { throw cell.mismatch(Self.self) }
        self = try cell.integer(UInt8.self) != 0
    }
}

extension String: CQLDecodable {
    /// From `text` and `ascii`.
    public init(from cell: CQLCell) throws(CQLError) {
        switch cell.type {
        case .text, .ascii: self = try cell.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        default: throw cell.mismatch(Self.self)
        }
    }
}

extension UUID: CQLDecodable {
    /// From `uuid` and `timeuuid`.
    public init(from cell: CQLCell) throws(CQLError) {
        switch cell.type {
        case .uuid, .timeuuid: break
        default: throw cell.mismatch(Self.self)
        }
        self = try cell.withUnsafeBytes { (raw) throws(CQLError) in
            guard raw.count == 16 else { throw CQLError(.typeMismatch, "\(raw.count) bytes where a UUID has 16") }
            return UUID(uuid: raw.loadUnaligned(as: uuid_t.self))
        }
    }
}

extension Date: CQLDecodable {
    /// From `timestamp`, and from `date`, the day's first moment in UTC.
    public init(from cell: CQLCell) throws(CQLError) {
        switch cell.type {
        case .timestamp: self = try CQLTimestamp(from: cell).date
        case .date: self = try CQLDate(from: cell).start
        default: throw cell.mismatch(Self.self)
        }
    }
}

extension Data: CQLDecodable {
    /// From `blob`; the bytes of other types are given as they are.
    public init(from cell: CQLCell) throws(CQLError) { self = try cell.withUnsafeBytes { Data($0) } }
}

extension Optional: CQLDecodable where Wrapped: CQLDecodable {
    /// Nil for null.
    public init(from cell: CQLCell) throws(CQLError) { self = cell.isNull ? nil : try Wrapped(from: cell) }
}

extension Array: CQLDecodable where Element: CQLDecodable {
    /// `[UInt8]` from `blob`; others from `list`, `set` and `vector`. A null collection is an empty one: the server keeps
    /// no difference.
    public init(from cell: CQLCell) throws(CQLError) {
        switch cell.type {
        case .list, .set, .vector:
            var elements: [Element] = []
            for element in try cell.elements() { elements.append(try Element(from: element)) }
            self = elements
        default:
            guard Element.self == UInt8.self else { throw cell.mismatch(Self.self) }
            // A cast with `as` would look at every element.
            self = unsafeBitCast(try cell.withUnsafeBytes { [UInt8]($0) }, to: Self.self)
        }
    }
}

extension Set: CQLDecodable where Element: CQLDecodable {
    /// From `set`; empty for null.
    public init(from cell: CQLCell) throws(CQLError) {
        guard case .set = cell.type else { throw cell.mismatch(Self.self) }
        self = Set(try Array<Element>(from: cell))
    }
}

extension Dictionary: CQLDecodable where Key: CQLDecodable, Value: CQLDecodable {
    /// From `map`; empty for null.
    public init(from cell: CQLCell) throws(CQLError) {
        guard case .map = cell.type else { throw cell.mismatch(Self.self) }
        self.init()
        let cells = try cell.elements()
        for index in stride(from: 0, to: cells.count - 1, by: 2) {
            self[try Key(from: cells[index])] = try Value(from: cells[index + 1])
        }
    }
}
