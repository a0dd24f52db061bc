import Foundation
import Learners
public import Tabular

/// How predictions stand in a table: `prediction`, `probability_CLASS` for each class, and with ranges `prediction_low` and
/// `prediction_high`, or `labels`, a JSON list of classes.
public struct PredictionCells: Sendable {
    private let classes: [String]
    private let hasRanges: Bool
    /// The classes as JSON strings.
    private let quoted: [String]

    /// The cells of a model's predictions, with or without ranges.
    public init(_ model: ModelArtifact, hasRanges: Bool) throws {
        classes = model.header.classes
        self.hasRanges = hasRanges
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        quoted = try classes.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    }

    /// Writes the columns' names, without the end of the row.
    public func writeNames(to writer: inout CSVWriter) {
        writer.cell("prediction")
        for name in classes { writer.cell("probability_\(name)") }
        guard hasRanges else { return }
        if classes.isEmpty {
            writer.cell("prediction_low")
            writer.cell("prediction_high")
        } else {
            writer.cell("labels")
        }
    }

    /// Writes one row, without its end.
    public func write(_ row: Int, of rows: PredictedRows, to writer: inout CSVWriter) {
        if !classes.isEmpty { writer.cell(rows.labels[row]) }
        let width = rows.predictions.outputCount
        for output in 0..<width { writer.cell(rows.predictions.values[row * width + output]) }
        switch rows.ranges {
        case .intervals(let low, let high):
            writer.cell(low[row])
            writer.cell(high[row])
        case .labels(let sets):
            writer.cell("[\(sets[row].map { quoted[Int($0)] }.joined(separator: ","))]")
        case nil: break
        }
    }
}
