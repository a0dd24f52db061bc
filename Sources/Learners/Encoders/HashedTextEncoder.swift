import Foundation
public import Tabular

/// Turns a text column into `width` numbers: words and pairs of words, lower-cased and hashed (Weinberger et al. 2009), as
/// (1 + log count) × inverse document frequency, each row of length 1.
///
/// A word is a run of ASCII letters and digits and of any characters beyond ASCII. Missing and empty text is all zeros.
public struct HashedTextEncoder: Sendable, Hashable {
    /// The column it reads.
    public let column: String
    /// Numbers a row.
    public let width: Int
    /// Inverse document frequency of each hash bucket.
    let inverseFrequency: [Float]

    /// One entry of a row that is not zero.
    struct Entry {
        let bucket: Int32
        let value: Float
    }

    /// Counts the words in `rows` of `column`, which must hold strings; `width` is at least 1.
    public init(fitting column: Column, rows: [Int32], width: Int = 256) throws {
        guard case .strings(let codes, let levels) = column.storage else {
            throw FeatureError(message: "holds numbers where text is expected", column: column.name)
        }
        var frequency = [Int](repeating: 0, count: levels.count)
        var documents = 0
        for row in rows {
            let code = Int(codes[Int(row)])
            if code < 0 { continue }
            frequency[code] += 1
            documents += 1
        }
        var found = [Int](repeating: 0, count: max(1, width))
        for (level, count) in zip(levels, frequency) where count > 0 {
            for bucket in HashedTextEncoder.counts(level, width: max(1, width)).map(\.bucket) { found[bucket] += count }
        }
        self.column = column.name
        self.width = max(1, width)
        inverseFrequency = found.map { Float(log(Double(1 + documents) / Double(1 + $0)) + 1) }
    }

    /// Row-major numbers, `rows × width`; nil for all rows of the column.
    public func encode(_ column: Column, rows: [Int32]? = nil) throws -> [Float] {
        guard case .strings(let codes, let levels) = column.storage else {
            throw FeatureError(message: "holds numbers where text is expected", column: column.name)
        }
        let entries = entries(levels, used: codes, rows: rows)
        let count = rows?.count ?? codes.count
        var values = [Float](repeating: 0, count: count * width)
        for index in 0..<count {
            let code = Int(codes[rows.map { Int($0[index]) } ?? index])
            if code < 0 { continue }
            for entry in entries[code] { values[index * width + Int(entry.bucket)] = entry.value }
        }
        return values
    }

    /// The entries of each level that some row has.
    func entries(_ levels: [String], used codes: PackedIntegers, rows: [Int32]?) -> [[Entry]] {
        var isUsed = [Bool](repeating: rows == nil, count: levels.count)
        for row in rows ?? [] {
            let code = Int(codes[Int(row)])
            if code >= 0 { isUsed[code] = true }
        }
        return levels.indices.map { isUsed[$0] ? entries(levels[$0]) : [] }
    }

    private func entries(_ text: String) -> [Entry] {
        let counts = HashedTextEncoder.counts(text, width: width)
        let values = counts.map { (1 + log(Float($0.count))) * inverseFrequency[$0.bucket] }
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { return [] }
        return zip(counts, values).map { Entry(bucket: Int32($0.bucket), value: $1 / length) }
    }

    /// How often each bucket is hit, by rising bucket.
    private static func counts(_ text: String, width: Int) -> [(bucket: Int, count: Int)] {
        let basis: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
        let prime: UInt64 = 0x100_0000_01b3
        var hits: [Int] = []
        var word = basis
        var pair: UInt64?
        var isInWord = false
        func hit(_ hash: UInt64) { hits.append(Int((hash ^ hash >> 32) % UInt64(width))) }
        for byte in Array(text.lowercased().utf8) + [0] {
            let isWordByte = byte >= 0x80 || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
            if isWordByte {
                word = (word ^ UInt64(byte)) &* prime
                pair = pair.map { ($0 ^ UInt64(byte)) &* prime }
                isInWord = true
            } else if isInWord {
                hit(word)
                if let pair { hit(pair) }
                pair = (word ^ 0x20) &* prime
                word = basis
                isInWord = false
            }
        }
        hits.sort()
        var counts: [(bucket: Int, count: Int)] = []
        for bucket in hits {
            if counts.last?.bucket == bucket {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((bucket, 1))
            }
        }
        return counts
    }

    /// Reads what `write(to:)` wrote.
    public init(from reader: inout BinaryReader) throws {
        column = try reader.readString()
        width = try reader.readInt(in: 1...1 << 20)
        inverseFrequency = try reader.readFinite(count: width)
    }

    /// Appends all that `init(from:)` needs.
    public func write(to writer: inout BinaryWriter) {
        writer.write(column)
        writer.write(Int64(width))
        writer.write(inverseFrequency)
    }
}
