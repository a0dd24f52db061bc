import Tabular

/// The levels a categorical column had when an encoder was fitted, to find the codes of other tables by their bytes.
package struct LevelLookup: Sendable, Hashable {
    /// Distinct levels; a level's index here is its own code.
    package let levels: [String]

    /// The own code of each of `others`, −1 for levels that are not known.
    func codes(of others: [String]) -> [Int32] {
        if others.count >= levels.count, others.starts(with: levels, by: { $0.isSpelled(as: $1) }) {
            return (0..<others.count).map { $0 < levels.count ? Int32($0) : -1 }
        }
        var index: [Spelling: Int32] = [:]
        index.reserveCapacity(levels.count)
        for (code, level) in levels.enumerated() { index[Spelling(level)] = Int32(code) }
        return others.map { index[Spelling($0)] ?? -1 }
    }

    /// Own codes of `column`'s rows; `unknown` for other levels and `missing` for missing rows.
    func codes(_ column: Column, rows: [Int32]?, unknown: Int32, missing: Int32) throws -> [Int32] {
        guard case .strings(let packed, let others) = column.storage else {
            throw FeatureError(message: "holds numbers where categories are expected", column: column.name)
        }
        let map = codes(of: others).map { $0 < 0 ? unknown : $0 }
        func own(_ code: Int) -> Int32 { code < 0 ? missing : map[code] }
        if let rows { return rows.map { own(Int(packed[Int($0)])) } }
        switch packed {
        case .int8(let codes): return codes.map { own(Int($0)) }
        case .int16(let codes): return codes.map { own(Int($0)) }
        case .int32(let codes): return codes.map { own(Int($0)) }
        case .int64(let codes): return codes.map { own(Int($0)) }
        }
    }

    init(levels: [String]) { self.levels = levels }

    init(from reader: inout BinaryReader) throws {
        levels = try reader.readStrings()
        guard Set(levels.map(Spelling.init)).count == levels.count else {
            throw reader.failure("a level is there twice")
        }
    }

    func write(to writer: inout BinaryWriter) { writer.write(levels) }
}

extension BinaryReader {
    /// Reads an array of `count` finite numbers; anything else throws.
    mutating func readFinite<Value: BinaryFloatingPoint & BitwiseCopyable>(
        _ type: Value.Type = Value.self, count: Int
    ) throws -> [Value] {
        let values = try readArray(Value.self)
        guard values.count == count else { throw failure("\(values.count) numbers where \(count) are expected") }
        guard values.allSatisfy(\.isFinite) else { throw failure("a number is not finite") }
        return values
    }

    /// Reads a count in `range`; anything else throws.
    mutating func readInt(in range: ClosedRange<Int>) throws -> Int {
        let raw = try read(Int64.self)
        guard let value = Int(exactly: raw), range.contains(value) else {
            throw failure("\(raw) is not within \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }
}
