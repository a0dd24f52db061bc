public import Foundation

/// What can be bound to a marker of a statement.
public protocol CQLEncodable: Sendable {
    /// Writes the value once, as the column's type has it; throws `typeMismatch` where it does not fit.
    ///
    /// It is called while the request is put into the connection's buffer: it must not wait or use the session.
    func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError)
}

func mismatch<T>(_ value: T.Type, _ type: CQLType) -> CQLError {
    CQLError(.typeMismatch, "\(value) cannot be bound as \(type)")
}

extension FixedWidthInteger where Self: Sendable {
    /// Integers go into integer columns of every width, as long as the number fits.
    @inline(__always)
    func encodeInteger(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        func fitting<T: FixedWidthInteger>(_: T.Type) throws(CQLError) -> T {
            guard let value = T(exactly: self) else {
                throw CQLError(.typeMismatch, "\(self) does not fit \(type)")
            }
            return value
        }
        switch type {
        case .bigint, .counter: encoder.encode(integer: try fitting(Int64.self))
        case .int: encoder.encode(integer: try fitting(Int32.self))
        case .smallint: encoder.encode(integer: try fitting(Int16.self))
        case .tinyint: encoder.encode(integer: try fitting(Int8.self))
        case .varint: try encoder.encode(bytes: CQLVarint(self).bytes)
        default: throw mismatch(Self.self, type)
        }
    }
}

extension Int: CQLEncodable {
    /// Into any integer type that the number fits.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        try encodeInteger(as: type, into: &encoder)
    }
}

extension Int64: CQLEncodable {
    /// Into any integer type that the number fits.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        try encodeInteger(as: type, into: &encoder)
    }
}

extension Int32: CQLEncodable {
    /// Into any integer type that the number fits.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        try encodeInteger(as: type, into: &encoder)
    }
}

extension Int16: CQLEncodable {
    /// Into any integer type that the number fits.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        try encodeInteger(as: type, into: &encoder)
    }
}

extension Int8: CQLEncodable {
    /// Into any integer type that the number fits.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        try encodeInteger(as: type, into: &encoder)
    }
}

extension Double: CQLEncodable {
    /// Into `double`, and into `float` where no digit is lost.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        switch type {
        case .double: encoder.encode(integer: bitPattern)
        case .float:
            let value = Float(self)
            guard Double(value) == self || isNaN else {
                throw CQLError(.typeMismatch, "\(self) loses digits as float")
            }
            encoder.encode(integer: value.bitPattern)
        default: throw mismatch(Self.self, type)
        }
    }
}

extension Float: CQLEncodable {
    /// Into `float` and `double`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        switch type {
        case .float: encoder.encode(integer: bitPattern)
        case .double: encoder.encode(integer: Double(self).bitPattern)
        default: throw mismatch(Self.self, type)
        }
    }
}

extension Bool: CQLEncodable {
    /// Into `boolean`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .boolean else { throw mismatch(Self.self, type) }
        encoder.encode(integer: UInt8(self ? 1 : 0))
    }
}

extension String: CQLEncodable {
    /// Into `text`, and into `ascii` where every character is one.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        switch type {
        case .text: try encoder.encode(text: self)
        case .ascii:
            guard utf8.allSatisfy({ $0 < 0x80 }) else {
                throw CQLError(.typeMismatch, "the text has characters beyond ASCII")
            }
            try encoder.encode(text: self)
        default: throw mismatch(Self.self, type)
        }
    }
}

extension UUID: CQLEncodable {
    /// Into `uuid`, and into `timeuuid` where its version is 1.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        switch type {
        case .uuid: break
        case .timeuuid:
            guard uuid.6 >> 4 == 1 else { throw CQLError(.typeMismatch, "the UUID's version is not 1") }
        default: throw mismatch(Self.self, type)
        }
        encoder.writer.append(integer: Int32(16))
        withUnsafeBytes(of: uuid) { encoder.writer.bytes.append(contentsOf: $0) }
    }
}

extension Date: CQLEncodable {
    /// Into `timestamp`, rounded to milliseconds, and into `date`, the day in UTC.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        switch type {
        case .timestamp: try CQLTimestamp(self).encode(as: type, into: &encoder)
        case .date: try CQLDate(self).encode(as: type, into: &encoder)
        default: throw mismatch(Self.self, type)
        }
    }
}

extension Data: CQLEncodable {
    /// Into `blob`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .blob else { throw mismatch(Self.self, type) }
        try withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Result<Void, CQLError> in
            Result { () throws(CQLError) in try encoder.encode(bytes: raw) }
        }.get()
    }
}

extension Optional: CQLEncodable where Wrapped: CQLEncodable {
    /// Null where there is nothing.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        if let self { try self.encode(as: type, into: &encoder) } else { encoder.encodeNull() }
    }
}

extension Array: CQLEncodable where Element: CQLEncodable {
    /// `[UInt8]` into `blob`; others into `list`, `set` and `vector`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        switch type {
        case .blob:
            guard Element.self == UInt8.self else { throw mismatch(Self.self, type) }
            // A cast with `as` would look at every element.
            try encoder.encode(bytes: unsafeBitCast(self, to: [UInt8].self))
        case .list(let element), .set(let element): try encodeElements(of: element, into: &encoder)
        case .vector(let element, let dimension):
            try encoder.encodeVector(self, of: element, dimension: dimension)
        default: throw mismatch(Self.self, type)
        }
    }

    func encodeElements(of type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        try encoder.encodeCollection(count: count) { (encoder) throws(CQLError) in
            for element in self { try element.encode(as: type, into: &encoder) }
        }
    }
}

extension UInt8: CQLEncodable {
    /// As an element of a blob only; a single one fits no type of CQL.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        try encodeInteger(as: type, into: &encoder)
    }
}

extension Set: CQLEncodable where Element: CQLEncodable {
    /// Into `set`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard case .set = type else { throw mismatch(Self.self, type) }
        try Array(self).encode(as: type, into: &encoder)
    }
}

extension Dictionary: CQLEncodable where Key: CQLEncodable, Value: CQLEncodable {
    /// Into `map`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard case .map(let keyType, let valueType) = type else { throw mismatch(Self.self, type) }
        try encoder.encodeCollection(count: count) { (encoder) throws(CQLError) in
            for (key, value) in self {
                try key.encode(as: keyType, into: &encoder)
                try value.encode(as: valueType, into: &encoder)
            }
        }
    }
}
