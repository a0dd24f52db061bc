import AutoML
import Foundation
import Learners
import StandardIO
import Tabular

/// Predictions as CSV, the same as `martlet predict` writes.
struct CSVPredictions: ~Copyable {
    private var writer: CSVWriter
    private let cells: PredictionCells

    init(_ cells: PredictionCells, to output: OutputFile) throws {
        self.cells = cells
        writer = CSVWriter { try output.write($0) }
        cells.writeNames(to: &writer)
        try writer.endRow()
    }

    mutating func write(_ rows: PredictedRows) throws {
        for row in 0..<rows.rowCount {
            cells.write(row, of: rows, to: &writer)
            try writer.endRow()
        }
    }

    consuming func finish() throws { try writer.finish() }
}
