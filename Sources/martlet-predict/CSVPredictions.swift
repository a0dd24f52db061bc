import AutoML
import Foundation
import Learners
import StandardIO
import Tabular

/// Predictions as CSV, the same as `martlet predict` writes.
struct CSVPredictions: ~Copyable {
    private var writer: CSVWriter

    init(_ model: ModelArtifact, to output: OutputFile) throws {
        writer = CSVWriter { try output.write($0) }
        writer.cell("prediction")
        for name in model.header.classes { writer.cell("probability_\(name)") }
        try writer.endRow()
    }

    mutating func write(_ predictions: Predictions, of model: ModelArtifact) throws {
        let labels = model.labels(predictions)
        let width = predictions.outputCount
        for row in 0..<predictions.rowCount {
            if !labels.isEmpty { writer.cell(labels[row]) }
            for output in 0..<width { writer.cell(predictions.values[row * width + output]) }
            try writer.endRow()
        }
    }

    consuming func finish() throws { try writer.finish() }
}
