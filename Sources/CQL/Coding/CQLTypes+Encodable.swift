extension CQLDate: CQLEncodable {
    /// Into `date`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .date else { throw mismatch(Self.self, type) }
        encoder.encode(integer: UInt32(bitPattern: daysSinceEpoch) ^ 0x8000_0000)
    }
}

extension CQLTime: CQLEncodable {
    /// Into `time`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .time else { throw mismatch(Self.self, type) }
        encoder.encode(integer: nanosecondsSinceMidnight)
    }
}

extension CQLTimestamp: CQLEncodable {
    /// Into `timestamp`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .timestamp else { throw mismatch(Self.self, type) }
        encoder.encode(integer: millisecondsSinceEpoch)
    }
}

extension CQLDuration: CQLEncodable {
    /// Into `duration`; its parts must not have different signs.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .duration else { throw mismatch(Self.self, type) }
        let isPositive = months > 0 || days > 0 || nanoseconds > 0
        guard !isPositive || (months >= 0 && days >= 0 && nanoseconds >= 0) else {
            throw CQLError(.typeMismatch, "a duration's months, days and nanoseconds have different signs")
        }
        try encoder.sized { encoder in
            encoder.writer.append(signedVariable: Int64(months))
            encoder.writer.append(signedVariable: Int64(days))
            encoder.writer.append(signedVariable: nanoseconds)
        }
    }
}

extension CQLInet: CQLEncodable {
    /// Into `inet`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .inet else { throw mismatch(Self.self, type) }
        encoder.writer.append(integer: Int32(isIPv4 ? 4 : 16))
        append(to: &encoder.writer)
    }
}

extension CQLVarint: CQLEncodable {
    /// Into `varint`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .varint else { throw mismatch(Self.self, type) }
        try encoder.encode(bytes: bytes)
    }
}

extension CQLDecimal: CQLEncodable {
    /// Into `decimal`.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        guard type == .decimal else { throw mismatch(Self.self, type) }
        try encoder.writer.append(int: 4 + unscaled.bytes.count)
        encoder.writer.append(integer: scale)
        encoder.writer.bytes.append(contentsOf: unscaled.bytes)
    }
}

extension CQLValue: CQLEncodable {
    /// Into the type that the case names; integers into any integer type that they fit.
    public func encode(as type: CQLType, into encoder: inout CQLEncoder) throws(CQLError) {
        switch self {
        case .null: encoder.encodeNull()
        case .unset: encoder.encodeUnset()
        case .text(let value): try value.encode(as: type, into: &encoder)
        case .bigint(let value), .counter(let value): try value.encode(as: type, into: &encoder)
        case .blob(let value): try value.encode(as: type, into: &encoder)
        case .boolean(let value): try value.encode(as: type, into: &encoder)
        case .date(let value): try value.encode(as: type, into: &encoder)
        case .decimal(let value): try value.encode(as: type, into: &encoder)
        case .double(let value): try value.encode(as: type, into: &encoder)
        case .duration(let value): try value.encode(as: type, into: &encoder)
        case .float(let value): try value.encode(as: type, into: &encoder)
        case .inet(let value): try value.encode(as: type, into: &encoder)
        case .int(let value): try value.encode(as: type, into: &encoder)
        case .smallint(let value): try value.encode(as: type, into: &encoder)
        case .time(let value): try value.encode(as: type, into: &encoder)
        case .timestamp(let value): try value.encode(as: type, into: &encoder)
        case .timeuuid(let value), .uuid(let value): try value.encode(as: type, into: &encoder)
        case .tinyint(let value): try value.encode(as: type, into: &encoder)
        case .varint(let value): try value.encode(as: type, into: &encoder)
        case .list(let elements):
            guard case .list(let element) = type else { throw mismatch(Self.self, type) }
            try elements.encodeElements(of: element, into: &encoder)
        case .set(let elements):
            guard case .set(let element) = type else { throw mismatch(Self.self, type) }
            try elements.encodeElements(of: element, into: &encoder)
        case .vector(let elements):
            guard case .vector = type else { throw mismatch(Self.self, type) }
            try elements.encode(as: type, into: &encoder)
        case .map(let entries): try encode(entries, as: type, into: &encoder)
        case .tuple(let elements): try encode(elements, as: type, into: &encoder)
        case .userDefined(let fields): try encode(fields, as: type, into: &encoder)
        case .custom(let bytes): try encoder.encode(bytes: bytes)
        }
    }

    private func encode(
        _ entries: [Entry], as type: CQLType, into encoder: inout CQLEncoder
    ) throws(CQLError) {
        guard case .map(let keyType, let valueType) = type else { throw mismatch(Self.self, type) }
        try encoder.encodeCollection(count: entries.count) { (encoder) throws(CQLError) in
            for entry in entries {
                try entry.key.encode(as: keyType, into: &encoder)
                try entry.value.encode(as: valueType, into: &encoder)
            }
        }
    }

    private func encode(
        _ elements: [CQLValue], as type: CQLType, into encoder: inout CQLEncoder
    ) throws(CQLError) {
        guard case .tuple(let types) = type else { throw mismatch(Self.self, type) }
        guard elements.count == types.count else {
            throw CQLError(.typeMismatch, "\(elements.count) elements cannot be bound as \(type)")
        }
        try encoder.encodeTuple { (encoder) throws(CQLError) in
            for (element, type) in zip(elements, types) { try element.encode(as: type, into: &encoder) }
        }
    }

    private func encode(
        _ fields: [Field], as type: CQLType, into encoder: inout CQLEncoder
    ) throws(CQLError) {
        guard case .userDefined(let user) = type else { throw mismatch(Self.self, type) }
        for field in fields where !user.fields.contains(where: { $0.name == field.name }) {
            throw CQLError(.typeMismatch, "\(type) has no field '\(field.name)'")
        }
        try encoder.encodeTuple { (encoder) throws(CQLError) in
            for field in user.fields {
                let value = fields.first { $0.name == field.name }?.value ?? .null
                try value.encode(as: field.type, into: &encoder)
            }
        }
    }
}
