internal import AutoML
internal import Learners
internal import Platform
internal import Tabular

/// How contributions stand in JSON.
struct ContributionFormat {
    private let model: ModelArtifact
    private let scale: RowContributions.Scale
    private let turn: Turn

    init(_ model: ModelArtifact, _ scale: RowContributions.Scale, _ turn: Turn) {
        self.turn = turn
        self.model = model
        self.scale = scale
    }

    /// Some of the rows that the model carries, with what is true of them.
    func sample(offset: Int, limit: Int) throws -> [UInt8] {
        guard let sample = model.evaluation?.sample else {
            return try rows(model.goldenRows, offset: 0, total: model.goldenRows.rowCount)
        }
        let start = min(offset, sample.rowCount)
        let end = min(start + limit, sample.rowCount)
        let chosen = (start..<end).map { Int32($0) }
        let actual = chosen.map { sample.target[Int($0)] }
        let width = sample.predictions.outputCount
        let outOfFold = sample.predictions.values[start * width..<end * width].map(Double.init)
        return try rows(
            sample.table.selecting(chosen), actual: actual,
            outOfFold: Predictions(outputCount: width, values: outOfFold), offset: start, total: sample.rowCount)
    }

    /// Rows of any table of the model's schema.
    func rows(
        _ table: Table, actual: [Double]? = nil, outOfFold: Predictions? = nil, offset: Int = 0, total: Int? = nil
    ) throws -> [UInt8] {
        let predictions = try model.predict(table, context: turn.context)
        let own: RowContributions
        do {
            own = try model.contributions(table, scale: scale, predictionBudget: 20_000, context: turn.context)
        } catch let error as AutoMLError where error.code == .invalidSetting {
            throw Problem.field("scale", error.message)
        }
        var writer = JSONWriter()
        writer.raw("{\"scale\":")
        writer.string(own.scale.rawValue)
        writer.raw(",\"outputs\":")
        write(own.outputs, to: &writer)
        writer.raw(",\"columns\":")
        write(own.columns, to: &writer)
        writer.raw(",\"base\":")
        write(own.base[...], to: &writer)
        writer.raw(",\"is_exact\":")
        writer.bool(own.standardErrors == nil)
        writer.raw(",\"offset\":")
        writer.integer(Int64(offset))
        writer.raw(",\"total\":")
        writer.integer(Int64(total ?? table.rowCount))
        writer.raw(",\"rows\":[")
        let used = Table(columns: own.columns.compactMap(table.column), rowCount: table.rowCount)
        let values = TableJSON(used)
        var isFirst = true
        for row in 0..<table.rowCount {
            try turn.checkpoint()
            writer.separate(&isFirst)
            writer.raw("{\"values\":")
            values.write(row, to: &writer)
            writer.raw(",\"prediction\":")
            write(predictions, row, to: &writer)
            if let actual {
                writer.raw(",\"actual\":")
                writeTarget(actual[row], to: &writer)
            }
            if let outOfFold {
                writer.raw(",\"out_of_fold_prediction\":")
                write(outOfFold, row, to: &writer)
            }
            writer.raw(",\"contributions\":")
            writeMatrix(own.values, row, own, to: &writer)
            if let errors = own.standardErrors {
                writer.raw(",\"standard_errors\":")
                writeMatrix(errors, row, own, to: &writer)
            }
            writer.raw("}")
        }
        writer.raw("]}")
        return writer.bytes
    }

    private func write(_ names: [String], to writer: inout JSONWriter) {
        writer.raw("[")
        var isFirst = true
        for name in names {
            writer.separate(&isFirst)
            writer.string(name)
        }
        writer.raw("]")
    }

    private func write(_ numbers: ArraySlice<Double>, to writer: inout JSONWriter) {
        writer.raw("[")
        var isFirst = true
        for number in numbers {
            writer.separate(&isFirst)
            writer.number(number)
        }
        writer.raw("]")
    }

    /// A list a column of a number an output.
    private func writeMatrix(_ values: [Double], _ row: Int, _ own: RowContributions, to writer: inout JSONWriter) {
        writer.raw("[")
        var isFirst = true
        let outputs = own.outputs.count
        for column in own.columns.indices {
            writer.separate(&isFirst)
            let start = (row * own.columns.count + column) * outputs
            write(values[start..<start + outputs], to: &writer)
        }
        writer.raw("]")
    }

    /// `{"prediction", "probabilities"}` as `predict` has it.
    private func write(_ predictions: Predictions, _ row: Int, to writer: inout JSONWriter) {
        let width = predictions.outputCount
        let one = Predictions(outputCount: width, values: Array(predictions.values[row * width..<(row + 1) * width]))
        PredictionFormat(model).writeRow(one, to: &writer)
    }

    private func writeTarget(_ value: Double, to writer: inout JSONWriter) {
        let classes = model.header.classes
        if classes.isEmpty { writer.number(value) } else { writer.string(classes[Int(value)]) }
    }
}
