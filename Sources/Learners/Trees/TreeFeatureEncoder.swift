import Foundation
import Search
import Tabular

/// Numbers that trees get beside a table's own columns, fitted inside each fold: target statistics of categorical columns
/// with more levels than bins, and hashed words of text columns.
package struct TreeFeatureEncoder: Sendable, Hashable {
    package private(set) var texts: [HashedTextEncoder] = []
    package private(set) var levels: [TargetStatisticsEncoder] = []

    /// Sets an added column's name apart from every name in a table.
    private static let separator = "\u{1F}"

    /// An encoder that adds nothing.
    init() {}

    /// Whether nothing is added.
    var isEmpty: Bool { texts.isEmpty && levels.isEmpty }

    /// Columns of `table` whose content bins alone would lose.
    private static func needy(_ table: Table) -> (texts: [Column], levels: [Column]) {
        var texts: [Column] = []
        var levels: [Column] = []
        for column in table.columns {
            guard case .strings(_, let names) = column.storage else { continue }
            if column.type == .text {
                texts.append(column)
            } else if names.count >= BinMapper.maximumBins {
                levels.append(column)
            }
        }
        return (texts, levels)
    }

    /// The problem's bins, with those of the added columns where there are any. Training rows get out-of-fold statistics,
    /// so that their own target never reaches their features.
    static func features(
        of problem: LearningProblem, training: [Int32], seed: Seed, context: TrainingContext
    ) throws -> (BinnedFeatures, TreeFeatureEncoder) {
        let shared = problem.binnedFeatures(pool: context.pool)
        let needy = needy(problem.features)
        var encoder = TreeFeatureEncoder()
        guard !training.isEmpty, !needy.texts.isEmpty || !needy.levels.isEmpty else { return (shared, encoder) }
        var added: [Column] = []
        for column in needy.texts {
            try context.check()
            let width = problem.rowCount > 200_000 ? 32 : problem.rowCount > 50_000 ? 64 : 128
            let text = try HashedTextEncoder(fitting: column, rows: training, width: width)
            added += columns(column.name, try text.encode(column), width: width)
            encoder.texts.append(text)
        }
        for column in needy.levels {
            try context.check()
            let fitted = try TargetStatisticsEncoder.fit(
                column, problem.target, rows: training, weights: problem.weights, seed: seed.child(column.name))
            let width = fitted.encoder.width
            var values = try fitted.encoder.encode(column)
            for (index, row) in training.enumerated() {
                for place in 0..<width { values[Int(row) * width + place] = fitted.outOfFold[index * width + place] }
            }
            added += columns(column.name, values, width: width)
            encoder.levels.append(fitted.encoder)
        }
        let extra = BinnedFeatures(Table(columns: added, rowCount: problem.rowCount), pool: context.pool)
        return (BinnedFeatures(shared, and: extra, pool: context.pool), encoder)
    }

    /// `table` with the added columns; what the table does not have, or has as numbers, adds nothing.
    func adding(to table: Table) throws -> Table {
        if isEmpty { return table }
        var added: [Column] = []
        for text in texts {
            guard let column = table.column(text.column), !column.isNumeric else { continue }
            added += TreeFeatureEncoder.columns(text.column, try text.encode(column), width: text.width)
        }
        for level in levels {
            guard let column = table.column(level.column), !column.isNumeric else { continue }
            added += TreeFeatureEncoder.columns(level.column, try level.encode(column), width: level.width)
        }
        return Table(columns: table.columns + added, rowCount: table.rowCount)
    }

    /// This encoder, or one that adds nothing where none of `mappers` is of an added column.
    func needed(by mappers: [BinMapper]) -> TreeFeatureEncoder {
        mappers.contains { $0.name.contains(TreeFeatureEncoder.separator) } ? self : TreeFeatureEncoder()
    }

    private static func columns(_ name: String, _ values: [Float], width: Int) -> [Column] {
        (0..<width).map { place in
            let numbers = stride(from: place, to: values.count, by: width).map { Double(values[$0]) }
            return Column(name: "\(name)\(separator)\(place)", type: .float, storage: .doubles(numbers))
        }
    }

    /// The column and the place among its numbers that an added column's name stands for; nil for a table's own column.
    package static func source(ofAdded name: String) -> (column: String, place: Int)? {
        guard let end = name.range(of: separator, options: .backwards), let place = Int(name[end.upperBound...]) else {
            return nil
        }
        return (String(name[..<end.lowerBound]), place)
    }

    /// Appends the encoders.
    func write(to writer: inout BinaryWriter) {
        writer.write(UInt64(texts.count))
        for text in texts { text.write(to: &writer) }
        writer.write(UInt64(levels.count))
        for level in levels { level.write(to: &writer) }
    }

    /// Reads what `write(to:)` wrote.
    init(from reader: inout BinaryReader) throws {
        for _ in 0..<(try reader.readCount(elementSize: 8)) { texts.append(try HashedTextEncoder(from: &reader)) }
        for _ in 0..<(try reader.readCount(elementSize: 8)) {
            levels.append(try TargetStatisticsEncoder(from: &reader))
        }
    }
}
