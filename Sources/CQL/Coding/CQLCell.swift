/// The bytes of one value in a result, with its type. It shares the result's memory: nothing is copied until decoded.
public struct CQLCell: Sendable {
    /// The value's type.
    public let type: CQLType
    /// Nothing for null.
    let range: Range<Int>?
    let storage: Body

    init(type: CQLType, storage: Body, range: Range<Int>?) {
        self.type = type
        self.storage = storage
        self.range = range
    }

    /// Whether there is no value.
    public var isNull: Bool { range == nil }

    /// The bytes; nil for null. They may be a part of the result's memory, so that holding them holds the whole page.
    public var bytes: ArraySlice<UInt8>? { range.map { storage[$0] } }

    /// Calls `body` with the bytes; throws for null.
    @inline(__always)
    public func withUnsafeBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws(CQLError) -> Value
    ) throws(CQLError) -> Value {
        guard let range else { throw CQLError(.typeMismatch, "null where a value of \(type) is wanted") }
        return try storage.withRawBytes { (raw) throws(CQLError) -> Value in
            guard range.upperBound <= raw.count else { throw CQLError(.protocolViolation, "a value without bytes") }
            return try body(UnsafeRawBufferPointer(rebasing: raw[range]))
        }
    }

    /// The big-endian integer that the bytes are; throws where they are more or fewer.
    @inline(__always)
    func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws(CQLError) -> T {
        try withUnsafeBytes { (raw) throws(CQLError) in
            guard raw.count == MemoryLayout<T>.size else {
                throw CQLError(.typeMismatch, "\(raw.count) bytes where a value of \(type) has \(MemoryLayout<T>.size)")
            }
            return T(bigEndian: raw.loadUnaligned(as: T.self))
        }
    }

    func mismatch<T>(_: T.Type) -> CQLError { CQLError(.typeMismatch, "\(type) cannot be read as \(T.self)") }

    /// The elements of a list, set, vector or tuple, or keys and values of a map in turn; none for null.
    public func elements() throws(CQLError) -> [CQLCell] {
        guard let range else { return [] }
        return try withUnsafeBytes { (raw) throws(CQLError) in
            var reader = ByteReader(raw)
            var cells: [CQLCell] = []
            func next(_ type: CQLType) throws(CQLError) {
                let length = Int(try reader.integer(Int32.self))
                let start = range.lowerBound + reader.offset
                if length >= 0 { try reader.skip(length) }
                cells.append(CQLCell(type: type, storage: storage, range: length < 0 ? nil : start..<(start + length)))
            }
            switch type {
            case .list(let element), .set(let element):
                let count = try reader.count(elementSize: 4)
                cells.reserveCapacity(count)
                for _ in 0..<count { try next(element) }
            case .map(let key, let value):
                let count = try reader.count(elementSize: 8)
                cells.reserveCapacity(count * 2)
                for _ in 0..<count {
                    try next(key)
                    try next(value)
                }
            case .tuple(let types):
                // Values written before fields were added are shorter than the type.
                for type in types {
                    if reader.remaining > 0 {
                        try next(type)
                    } else {
                        cells.append(CQLCell(type: type, storage: storage, range: nil))
                    }
                }
            case .userDefined(let user):
                for field in user.fields {
                    if reader.remaining > 0 {
                        try next(field.type)
                    } else {
                        cells.append(CQLCell(type: field.type, storage: storage, range: nil))
                    }
                }
            case .vector(let element, let dimension):
                for _ in 0..<dimension {
                    var length = 0
                    if let fixed = element.fixedSizeInVector {
                        length = fixed
                    } else {
                        let announced = try reader.unsignedVariable()
                        length = Int(clamping: announced)
                    }
                    let start = range.lowerBound + reader.offset
                    try reader.skip(length)
                    cells.append(CQLCell(type: element, storage: storage, range: start..<(start + length)))
                }
            default: throw CQLError(.typeMismatch, "\(type) has no elements")
            }
            return cells
        }
    }
}
