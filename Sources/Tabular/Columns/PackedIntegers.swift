/// Whole numbers in the narrowest of four widths that holds them all.
public enum PackedIntegers: Sendable, Hashable {
    /// One byte a value.
    case int8([Int8])
    /// Two bytes a value.
    case int16([Int16])
    /// Four bytes a value.
    case int32([Int32])
    /// Eight bytes a value.
    case int64([Int64])

    /// Packs `values` into the narrowest width that holds every one of them.
    public init(_ values: [Int64]) {
        self = values.withUnsafeBufferPointer { PackedIntegers(packing: $0) }
    }

    /// Packs `values` into the narrowest width that holds every one of them.
    init(packing values: UnsafeBufferPointer<Int64>) {
        var low: Int64 = 0
        var high: Int64 = 0
        for value in values {
            low = min(low, value)
            high = max(high, value)
        }
        if low >= Int64(Int8.min), high <= Int64(Int8.max) {
            self = .int8(values.map { Int8(truncatingIfNeeded: $0) })
        } else if low >= Int64(Int16.min), high <= Int64(Int16.max) {
            self = .int16(values.map { Int16(truncatingIfNeeded: $0) })
        } else if low >= Int64(Int32.min), high <= Int64(Int32.max) {
            self = .int32(values.map { Int32(truncatingIfNeeded: $0) })
        } else {
            self = .int64(Array(values))
        }
    }

    /// The values of all `parts` one after another, in the narrowest width that holds them if each part's is its own.
    init(joining parts: [PackedIntegers]) {
        let widths = parts.map { part in
            switch part {
            case .int8: 1
            case .int16: 2
            case .int32: 4
            case .int64: 8
            }
        }
        let count = parts.reduce(0) { $0 + $1.count }
        switch widths.max() ?? 1 {
        case 1:
            var all: [Int8] = []
            all.reserveCapacity(count)
            for case .int8(let values) in parts { all += values }
            self = .int8(all)
        case 2:
            var all: [Int16] = []
            all.reserveCapacity(count)
            for part in parts {
                if case .int16(let values) = part { all += values }
                if case .int8(let values) = part { all += values.map(Int16.init) }
            }
            self = .int16(all)
        case 4:
            var all: [Int32] = []
            all.reserveCapacity(count)
            for part in parts {
                if case .int32(let values) = part { all += values }
                if case .int16(let values) = part { all += values.map(Int32.init) }
                if case .int8(let values) = part { all += values.map(Int32.init) }
            }
            self = .int32(all)
        default:
            var all: [Int64] = []
            all.reserveCapacity(count)
            for part in parts { all += part.int64s() }
            self = .int64(all)
        }
    }

    /// Number of values.
    public var count: Int {
        switch self {
        case .int8(let values): values.count
        case .int16(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        }
    }

    /// The value at `index`; for whole columns `int64s()` or `doubles()` is faster.
    public subscript(index: Int) -> Int64 {
        switch self {
        case .int8(let values): Int64(values[index])
        case .int16(let values): Int64(values[index])
        case .int32(let values): Int64(values[index])
        case .int64(let values): values[index]
        }
    }

    /// All values at full width.
    public func int64s() -> [Int64] {
        switch self {
        case .int8(let values): values.map(Int64.init)
        case .int16(let values): values.map(Int64.init)
        case .int32(let values): values.map(Int64.init)
        case .int64(let values): values
        }
    }

    /// All values as floating point; those beyond 2^53 are rounded.
    public func doubles() -> [Double] {
        switch self {
        case .int8(let values): values.map(Double.init)
        case .int16(let values): values.map(Double.init)
        case .int32(let values): values.map(Double.init)
        case .int64(let values): values.map(Double.init)
        }
    }

    /// The values of `rows`, in that order.
    public func selecting(_ rows: [Int32]) -> PackedIntegers {
        switch self {
        case .int8(let values): .int8(rows.map { values[Int($0)] })
        case .int16(let values): .int16(rows.map { values[Int($0)] })
        case .int32(let values): .int32(rows.map { values[Int($0)] })
        case .int64(let values): .int64(rows.map { values[Int($0)] })
        }
    }
}
