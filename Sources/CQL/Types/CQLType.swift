/// The type of a column, a bound value or an element of one.
public indirect enum CQLType: Sendable, Hashable {
    /// ASCII text.
    case ascii
    /// 64-bit integer.
    case bigint
    /// Bytes.
    case blob
    /// True or false.
    case boolean
    /// A 64-bit counter.
    case counter
    /// A day.
    case date
    /// A number of any length with a decimal scale.
    case decimal
    /// 64-bit floating point.
    case double
    /// Months, days and nanoseconds.
    case duration
    /// 32-bit floating point.
    case float
    /// An IPv4 or IPv6 address.
    case inet
    /// 32-bit integer.
    case int
    /// 16-bit integer.
    case smallint
    /// UTF-8 text (`varchar` is the same).
    case text
    /// A time of the day.
    case time
    /// A moment, in milliseconds.
    case timestamp
    /// A UUID of version 1.
    case timeuuid
    /// 8-bit integer.
    case tinyint
    /// Any UUID.
    case uuid
    /// An integer of any length.
    case varint
    /// Elements in order.
    case list(CQLType)
    /// Elements without duplicates, in the order of their type.
    case set(CQLType)
    /// Keys and values.
    case map(CQLType, CQLType)
    /// A fixed number of elements of their own types.
    case tuple([CQLType])
    /// A type made with `CREATE TYPE`.
    case userDefined(UserDefinedType)
    /// A fixed number of elements of one type.
    case vector(CQLType, dimension: Int)
    /// A type of the server's own, by the name of its Java class.
    case custom(String)
}

/// A type made with `CREATE TYPE`.
public struct UserDefinedType: Sendable, Hashable {
    /// One of its fields.
    public struct Field: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// The field's type.
        public var type: CQLType

        /// A field of these parts.
        public init(name: String, type: CQLType) {
            self.name = name
            self.type = type
        }
    }

    /// Where the type was made.
    public var keyspace: String
    /// The type's name.
    public var name: String
    /// Its fields in order.
    public var fields: [Field]

    /// A type of these parts.
    public init(keyspace: String, name: String, fields: [Field]) {
        self.keyspace = keyspace
        self.name = name
        self.fields = fields
    }
}

extension CQLType: CustomStringConvertible {
    /// As CQL writes it.
    public var description: String {
        switch self {
        case .ascii: "ascii"
        case .bigint: "bigint"
        case .blob: "blob"
        case .boolean: "boolean"
        case .counter: "counter"
        case .date: "date"
        case .decimal: "decimal"
        case .double: "double"
        case .duration: "duration"
        case .float: "float"
        case .inet: "inet"
        case .int: "int"
        case .smallint: "smallint"
        case .text: "text"
        case .time: "time"
        case .timestamp: "timestamp"
        case .timeuuid: "timeuuid"
        case .tinyint: "tinyint"
        case .uuid: "uuid"
        case .varint: "varint"
        case .list(let element): "list<\(element)>"
        case .set(let element): "set<\(element)>"
        case .map(let key, let value): "map<\(key), \(value)>"
        case .tuple(let elements): "tuple<\(elements.map(\.description).joined(separator: ", "))>"
        case .userDefined(let type): "\(type.keyspace).\(type.name)"
        case .vector(let element, let dimension): "vector<\(element), \(dimension)>"
        case .custom(let name): "'\(name)'"
        }
    }

    /// The bytes of every value inside a vector, where they are always as many.
    var fixedSizeInVector: Int? {
        switch self {
        case .boolean: 1
        case .int, .float: 4
        case .bigint, .counter, .double, .timestamp: 8
        case .uuid, .timeuuid: 16
        case .vector(let element, let dimension):
            element.fixedSizeInVector.flatMap { size in
                let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
                return overflow ? nil : product
            }
        default: nil
        }
    }
}

extension CQLType {
    /// Types inside types go no deeper than this; a peer that announces more is refused.
    static let maximumDepth = 32

    /// The type as results and prepared statements announce it.
    init(_ reader: inout ByteReader, depth: Int = 0) throws(CQLError) {
        guard depth < Self.maximumDepth else {
            throw CQLError(.protocolViolation, "types are nested more than \(Self.maximumDepth) deep")
        }
        let option = try reader.integer(UInt16.self)
        if let native = Self.native(option) {
            self = native
            return
        }
        switch option {
        case 0x0000: self = try CQLType(className: try reader.string())
        case 0x0020: self = .list(try CQLType(&reader, depth: depth + 1))
        case 0x0021: self = .map(try CQLType(&reader, depth: depth + 1), try CQLType(&reader, depth: depth + 1))
        case 0x0022: self = .set(try CQLType(&reader, depth: depth + 1))
        case 0x0030:
            var type = UserDefinedType(keyspace: try reader.string(), name: try reader.string(), fields: [])
            for _ in 0..<(try reader.integer(UInt16.self)) {
                type.fields.append(.init(name: try reader.string(), type: try CQLType(&reader, depth: depth + 1)))
            }
            self = .userDefined(type)
        case 0x0031:
            var elements: [CQLType] = []
            for _ in 0..<(try reader.integer(UInt16.self)) {
                elements.append(try CQLType(&reader, depth: depth + 1))
            }
            self = .tuple(elements)
        default: throw CQLError(.protocolViolation, "there is no type of number \(option)")
        }
    }

    private static func native(_ option: UInt16) -> CQLType? {
        switch option {
        case 0x0001: .ascii
        case 0x0002: .bigint
        case 0x0003: .blob
        case 0x0004: .boolean
        case 0x0005: .counter
        case 0x0006: .decimal
        case 0x0007: .double
        case 0x0008: .float
        case 0x0009: .int
        case 0x000A, 0x000D: .text
        case 0x000B: .timestamp
        case 0x000C: .uuid
        case 0x000E: .varint
        case 0x000F: .timeuuid
        case 0x0010: .inet
        case 0x0011: .date
        case 0x0012: .time
        case 0x0013: .smallint
        case 0x0014: .tinyint
        case 0x0015: .duration
        default: nil
        }
    }
}
