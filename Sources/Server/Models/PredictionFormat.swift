internal import AutoML
internal import Learners
internal import Tabular

/// How a model's predictions stand in JSON and in files.
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
    func writeJSON(_ predictions: Predictions, isFirst: inout Bool, to writer: inout JSONWriter) {
        let labels = model.labels(predictions)
        for row in 0..<predictions.rowCount {
            writer.separate(&isFirst)
            writer.raw("{\"prediction\":")
            if classes.isEmpty {
                writer.number(predictions.values[row])
            } else {
                writer.string(labels[row])
                writer.raw(",\"probabilities\":{")
                var isFirstClass = true
                for (index, name) in names.enumerated() {
                    writer.separate(&isFirstClass)
                    writer.raw(name)
                    writer.number(predictions.values[row * names.count + index])
                }
                writer.raw("}")
            }
            writer.raw("}")
        }
    }

    /// Writes the first row as `{"prediction", "probabilities"}`.
    func writeRow(_ predictions: Predictions, to writer: inout JSONWriter) {
        writer.raw("{\"prediction\":")
        if classes.isEmpty {
            writer.number(predictions.values[0])
        } else {
            writer.string(model.labels(predictions)[0])
            writer.raw(",\"probabilities\":{")
            var isFirst = true
            for (index, name) in names.enumerated() {
                writer.separate(&isFirst)
                writer.raw(name)
                writer.number(predictions.values[index])
            }
            writer.raw("}")
        }
        writer.raw("}")
    }

    /// Writes the names of a file's columns.
    func writeHeader(to csv: inout CSVWriter) throws {
        csv.cell("prediction")
        for name in classes { csv.cell("probability_\(name)") }
        try csv.endRow()
    }

    /// Writes a row for a row.
    func writeCSV(_ predictions: Predictions, to csv: inout CSVWriter) throws {
        let labels = model.labels(predictions)
        for row in 0..<predictions.rowCount {
            if classes.isEmpty {
                csv.cell(predictions.values[row])
            } else {
                csv.cell(labels[row])
                for index in classes.indices { csv.cell(predictions.values[row * classes.count + index]) }
            }
            try csv.endRow()
        }
    }
}
