import Foundation
import Tabular

/// A categorical column as an entry a level, and one for missing where training has it; unseen levels have none set.
package struct LevelEncoding: Sendable, Hashable {
    package let column: String
    package let lookup: LevelLookup
    package let hasMissing: Bool

    /// The levels that some of `rows` has.
    init(_ column: Column, rows: [Int32]) {
        var isUsed = [Bool](repeating: false, count: column.levels.count)
        var hasMissing = false
        if case .strings(let codes, _) = column.storage {
            for row in rows {
                let code = Int(codes[Int(row)])
                if code < 0 { hasMissing = true } else { isUsed[code] = true }
            }
        }
        self.column = column.name
        self.hasMissing = hasMissing
        lookup = LevelLookup(levels: zip(column.levels, isUsed).filter(\.1).map(\.0))
    }

    package var width: Int { lookup.levels.count + (hasMissing ? 1 : 0) }

    /// The entry of missing rows, −1 for none.
    package var missingEntry: Int32 { hasMissing ? Int32(lookup.levels.count) : -1 }

    init(from reader: inout BinaryReader) throws {
        column = try reader.readString()
        lookup = try LevelLookup(from: &reader)
        hasMissing = try reader.readInt(in: 0...1) == 1
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(column)
        lookup.write(to: &writer)
        writer.write(Int64(hasMissing ? 1 : 0))
    }
}

/// Target statistics, as log-odds for classes, scaled to mean 0 and deviation 1 on the training rows.
package struct StatisticsEncoding: Sendable, Hashable {
    package let statistics: TargetStatisticsEncoder
    let isProbability: Bool
    let centres: [Float]
    let scales: [Float]

    init(_ statistics: TargetStatisticsEncoder, _ training: [Float], isProbability: Bool) {
        self.statistics = statistics
        self.isProbability = isProbability
        let width = statistics.width
        let count = Double(max(1, training.count / width))
        var centres: [Float] = []
        var scales: [Float] = []
        for output in 0..<width {
            let values = stride(from: output, to: training.count, by: width).map {
                Double(StatisticsEncoding.mapped(training[$0], isProbability))
            }
            let mean = values.reduce(0, +) / count
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
            let scale = Float(1 / variance.squareRoot())
            centres.append(Float(mean))
            scales.append(scale.isFinite && variance > 1e-12 * mean * mean ? scale : 0)
        }
        self.centres = centres
        self.scales = scales
    }

    private static func mapped(_ value: Float, _ isProbability: Bool) -> Float {
        if !isProbability { return value }
        let share = min(max(value, 1e-4), 1 - 1e-4)
        return log(share / (1 - share))
    }

    /// Row-major statistics as entries.
    package func scaled(_ values: [Float]) -> [Float] {
        values.indices.map { index in
            let output = index % statistics.width
            return (StatisticsEncoding.mapped(values[index], isProbability) - centres[output]) * scales[output]
        }
    }

    init(from reader: inout BinaryReader) throws {
        statistics = try TargetStatisticsEncoder(from: &reader)
        isProbability = try reader.readInt(in: 0...1) == 1
        centres = try reader.readFinite(count: statistics.width)
        scales = try reader.readFinite(count: statistics.width)
    }

    func write(to writer: inout BinaryWriter) {
        statistics.write(to: &writer)
        writer.write(Int64(isProbability ? 1 : 0))
        writer.write(centres)
        writer.write(scales)
    }
}

extension DenseEncoder {
    /// Reads what `write(to:)` wrote.
    public init(from reader: inout BinaryReader) throws {
        let count = try reader.readCount(elementSize: 9)
        var encodings: [Encoding] = []
        for _ in 0..<count {
            switch try reader.read(UInt8.self) {
            case 0: encodings.append(.number(try NumberEncoding(from: &reader)))
            case 1: encodings.append(.levels(try LevelEncoding(from: &reader)))
            case 2: encodings.append(.statistics(try StatisticsEncoding(from: &reader)))
            case 3: encodings.append(.text(try HashedTextEncoder(from: &reader)))
            default: throw reader.failure("an encoding of no known kind")
            }
        }
        self.init(encodings: encodings)
    }

    /// Appends all that `init(from:)` needs.
    public func write(to writer: inout BinaryWriter) {
        writer.write(UInt64(encodings.count))
        for encoding in encodings {
            switch encoding {
            case .number(let encoding):
                writer.write(UInt8(0))
                encoding.write(to: &writer)
            case .levels(let encoding):
                writer.write(UInt8(1))
                encoding.write(to: &writer)
            case .statistics(let encoding):
                writer.write(UInt8(2))
                encoding.write(to: &writer)
            case .text(let encoding):
                writer.write(UInt8(3))
                encoding.write(to: &writer)
            }
        }
    }
}
