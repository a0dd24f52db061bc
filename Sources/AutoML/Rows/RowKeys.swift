import Search
import Tabular

/// Numbers that tell values of columns apart, one for each row.
enum RowKeys {
    private static let missing: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// The bits of each row's value: equal where the values are; a missing value is one of its own.
    static func bits(_ column: Column, _ rows: [Int32]) -> [UInt64] {
        func packed(_ values: PackedIntegers) -> [UInt64] {
            switch values {
            case .int8(let values): rows.map { UInt64(bitPattern: Int64(values[Int($0)])) }
            case .int16(let values): rows.map { UInt64(bitPattern: Int64(values[Int($0)])) }
            case .int32(let values): rows.map { UInt64(bitPattern: Int64(values[Int($0)])) }
            case .int64(let values): rows.map { UInt64(bitPattern: values[Int($0)]) }
            }
        }
        var keys: [UInt64]
        switch column.storage {
        case .integers(let values), .dates(let values), .strings(let values, _): keys = packed(values)
        case .datetimes(let values): keys = rows.map { UInt64(bitPattern: values[Int($0)]) }
        case .booleans(let bits): keys = rows.map { bits[Int($0)] ? 1 : 0 }
        case .doubles(let values):
            keys = rows.map { row in
                let value = values[Int(row)]
                return value.isNaN ? missing : (value == 0 ? 0 : value).bitPattern
            }
        }
        if let validity = column.validity {
            for (place, row) in rows.enumerated() where !validity[Int(row)] { keys[place] = missing }
        }
        return keys
    }

    /// Adds a column to hashes of rows; the order of the columns does not matter, and what was added can be taken off again.
    static func add(_ bits: [UInt64], of column: Int, to hashes: inout [UInt64]) {
        let salt = Seed(0).child("row_keys", column).value
        for row in hashes.indices { hashes[row] &+= Seed.mix(bits[row] ^ salt) }
    }

    /// The hashes without a column.
    static func without(_ bits: [UInt64], of column: Int, _ hashes: [UInt64]) -> [UInt64] {
        let salt = Seed(0).child("row_keys", column).value
        return hashes.indices.map { hashes[$0] &- Seed.mix(bits[$0] ^ salt) }
    }

    /// How often equal keys come.
    struct Repeats: Hashable {
        /// Rows whose key comes at least twice.
        var rows = 0
        /// Keys that come at least twice.
        var groups = 0
        /// Pairs of rows with equal keys.
        var pairs = 0
        /// Rows beyond the first of each key.
        var surplus: Int { rows - groups }
    }

    /// Sets of more than `most` rows do not count.
    static func repeats(_ keys: [UInt64], most: Int) -> Repeats {
        let sorted = keys.sorted()
        var repeats = Repeats()
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
            let size = end - start
            if size > 1, size <= most {
                repeats.rows += size
                repeats.groups += 1
                repeats.pairs += size * (size - 1) / 2
            }
            start = end
        }
        return repeats
    }

    /// Numbers of the keys from 0, in the order of their first appearance; each row of a key that comes more than `most` times
    /// has a number of its own.
    static func numbered(_ keys: [UInt64], most: Int = .max) -> [Int32] {
        var counts: [UInt64: Int] = [:]
        if most < .max { for key in keys { counts[key, default: 0] += 1 } }
        var known: [UInt64: Int32] = [:]
        var next: Int32 = 0
        return keys.map { key in
            if let number = known[key] { return number }
            if counts[key, default: 0] <= most { known[key] = next }
            next += 1
            return next - 1
        }
    }
}
