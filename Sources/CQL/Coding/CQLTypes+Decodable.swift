internal import Foundation

extension CQLDate: CQLDecodable {
    /// From `date`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .date else { throw cell.mismatch(Self.self) }
        daysSinceEpoch = Int32(bitPattern: try cell.integer(UInt32.self) ^ 0x8000_0000)
    }
}

extension CQLTime: CQLDecodable {
    /// From `time`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .time else { throw cell.mismatch(Self.self) }
        nanosecondsSinceMidnight = try cell.integer()
    }
}

extension CQLTimestamp: CQLDecodable {
    /// From `timestamp`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .timestamp else { throw cell.mismatch(Self.self) }
        millisecondsSinceEpoch = try cell.integer()
    }
}

extension CQLDuration: CQLDecodable {
    /// From `duration`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .duration else { throw cell.mismatch(Self.self) }
        self = try cell.withUnsafeBytes { (raw) throws(CQLError) in
            var reader = ByteReader(raw)
            guard let months = Int32(exactly: try reader.signedVariable()),
                let days = Int32(exactly: try reader.signedVariable())
            else { throw CQLError(.typeMismatch, "a duration's months or days do not fit 32 bits") }
            return CQLDuration(months: months, days: days, nanoseconds: try reader.signedVariable())
        }
    }
}

extension CQLInet: CQLDecodable {
    /// From `inet`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .inet else { throw cell.mismatch(Self.self) }
        self = try cell.withUnsafeBytes { (raw) throws(CQLError) in try CQLInet(bytes: raw) }
    }
}

extension CQLVarint: CQLDecodable {
    /// From `varint`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .varint else { throw cell.mismatch(Self.self) }
        self.init(bytes: try cell.withUnsafeBytes { Array($0) })
    }
}

extension CQLDecimal: CQLDecodable {
    /// From `decimal`.
    public init(from cell: CQLCell) throws(CQLError) {
        guard cell.type == .decimal else { throw cell.mismatch(Self.self) }
        self = try cell.withUnsafeBytes { (raw) throws(CQLError) in
            var reader = ByteReader(raw)
            let scale = try reader.integer(Int32.self)
            return CQLDecimal(unscaled: CQLVarint(bytes: Array(try reader.take(reader.remaining))), scale: scale)
        }
    }
}

extension CQLValue: CQLDecodable {
    /// From any type; `.null` for null.
    public init(from cell: CQLCell) throws(CQLError) {
        guard !cell.isNull else {
            self = .null
            return
        }
        self =
            switch cell.type {
            case .ascii, .text: .text(try String(from: cell))
            case .bigint: .bigint(try cell.integer())
            case .blob: .blob(try [UInt8](from: cell))
            case .boolean: .boolean(try Bool(from: cell))
            case .counter: .counter(try cell.integer())
            case .date: .date(try CQLDate(from: cell))
            case .decimal: .decimal(try CQLDecimal(from: cell))
            case .double: .double(try Double(from: cell))
            case .duration: .duration(try CQLDuration(from: cell))
            case .float: .float(try Float(from: cell))
            case .inet: .inet(try CQLInet(from: cell))
            case .int: .int(try cell.integer())
            case .smallint: .smallint(try cell.integer())
            case .time: .time(try CQLTime(from: cell))
            case .timestamp: .timestamp(try CQLTimestamp(from: cell))
            case .timeuuid: .timeuuid(try UUID(from: cell))
            case .tinyint: .tinyint(try cell.integer())
            case .uuid: .uuid(try UUID(from: cell))
            case .varint: .varint(try CQLVarint(from: cell))
            case .list: .list(try Self.values(cell))
            case .set: .set(try Self.values(cell))
            case .tuple: .tuple(try Self.values(cell))
            case .vector: .vector(try Self.values(cell))
            case .map: .map(try Self.entries(cell))
            case .userDefined(let user): .userDefined(try Self.fields(user, cell))
            case .custom: .custom(try cell.withUnsafeBytes { Array($0) })
            }
    }

    private static func values(_ cell: CQLCell) throws(CQLError) -> [CQLValue] {
        var values: [CQLValue] = []
        for element in try cell.elements() { values.append(try CQLValue(from: element)) }
        return values
    }

    private static func entries(_ cell: CQLCell) throws(CQLError) -> [Entry] {
        let values = try values(cell)
        return stride(from: 0, to: values.count - 1, by: 2).map { Entry(values[$0], values[$0 + 1]) }
    }

    private static func fields(_ user: UserDefinedType, _ cell: CQLCell) throws(CQLError) -> [Field] {
        var fields: [Field] = []
        for (field, value) in zip(user.fields, try values(cell)) { fields.append(Field(field.name, value)) }
        return fields
    }
}
