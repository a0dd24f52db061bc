internal import AutoML
internal import Learners
internal import Tabular

/// How a model's predictions stand in JSON.
struct PredictionFormat {
    private let model: ModelArtifact
    private let classes: [String]
    /// The classes as names of JSON members.
    private let names: [[UInt8]]

    init(_ model: ModelArtifact) {
        self.model = model
        classes = model.header.classes
        names = classes.map { name in
            var writer = JSONWriter()
            writer.name(name)
            return writer.bytes
        }
    }

    /// Writes what stands before the predictions' list in `{"predictions": [{"prediction", "probabilities": {class: p}}, …]}`.
    func writeStart(to writer: inout JSONWriter) { writer.raw("{\"predictions\":[") }

    /// Writes what stands after it.
    func writeEnd(to writer: inout JSONWriter) { writer.raw("]}") }

    /// Writes elements of the list, with a comma before the first unless it is the list's; regression has no probabilities.
    /// Ranges stand as `"interval": [low, high]` or `"labels": [class, …]`.
    func writeJSON(_ rows: PredictedRows, isFirst: inout Bool, to writer: inout JSONWriter) {
        for row in 0..<rows.rowCount {
            writer.separate(&isFirst)
            write(row, of: rows, to: &writer)
        }
    }

    /// Writes the first row as an element of the list.
    func writeRow(_ predictions: Predictions, to writer: inout JSONWriter) {
        let rows = PredictedRows(predictions: predictions, labels: model.labels(predictions), ranges: nil)
        write(0, of: rows, to: &writer)
    }

    private func write(_ row: Int, of rows: PredictedRows, to writer: inout JSONWriter) {
        writer.raw("{\"prediction\":")
        if classes.isEmpty {
            writer.number(rows.predictions.values[row])
        } else {
            writer.string(rows.labels[row])
            writer.raw(",\"probabilities\":{")
            var isFirst = true
            for (index, name) in names.enumerated() {
                writer.separate(&isFirst)
                writer.raw(name)
                writer.number(rows.predictions.values[row * names.count + index])
            }
            writer.raw("}")
        }
        switch rows.ranges {
        case .intervals(let low, let high):
            writer.raw(",\"interval\":[")
            writer.number(low[row])
            writer.raw(",")
            writer.number(high[row])
            writer.raw("]")
        case .labels(let sets):
            writer.raw(",\"labels\":[")
            var isFirst = true
            for index in sets[row] {
                writer.separate(&isFirst)
                writer.string(classes[Int(index)])
            }
            writer.raw("]")
        case nil: break
        }
        writer.raw("}")
    }
}
