import Learners

extension ONNXExport {
    /// Naive Bayes: the log-likelihoods of all columns, summed in their order.
    static func predictions(_ model: GaussianNaiveBayesModel, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        let graph = columns.graph
        let classCount = model.logPriors.count
        var sum = try columns.zeros()
        for part in model.parts { sum = graph.add(sum, try logLikelihoods(part, classCount, columns)) }
        let weighted = graph.multiply(graph.number(model.likelihoodWeight), sum)
        return graph.node("Softmax", [graph.add(graph.row(model.logPriors), weighted)], [("axis", .integer(1))])
    }

    /// A column's, `[rows, classes]`; nothing where it is missing.
    private static func logLikelihoods(
        _ part: NaiveBayesPart, _ classCount: Int, _ columns: ONNXColumns
    ) throws -> ONNXGraph.Value {
        let graph = columns.graph
        func list(_ values: some Sequence<Float>) -> [Double] { values.map { Double($0) } }
        switch part {
        case .number(let part):
            let isMissing = graph.node("IsNaN", [try columns.number(part.encoding.column)])
            let distance = graph.subtract(try ONNXDense.scaled(part.encoding, columns), graph.row(part.means))
            let factors = graph.row(part.variances.map { -0.5 / $0 })
            let square = graph.multiply(graph.multiply(factors, distance), distance)
            let offsets = graph.row(part.logOffsets)
            return graph.choose(isMissing, graph.number(0), graph.add(offsets, square))
        case .pair(let part):
            let value = try columns.number(part.column)
            let lower = graph.row(list(part.logShares[..<classCount]))
            let upper = graph.row(list(part.logShares[classCount...]))
            let isUpper = graph.node("Greater", [value, graph.number(part.threshold)])
            return graph.choose(
                graph.node("IsNaN", [value]), graph.number(0), graph.choose(isUpper, upper, lower))
        case .levels(let part):
            let encoding = part.encoding
            let none = encoding.width
            let code = try columns.codes(
                encoding.column, levels: encoding.lookup.levels,
                missing: encoding.hasMissing ? Int(encoding.missingEntry) : none, unknown: none)
            let shares = list(part.logShares) + [Double](repeating: 0, count: classCount)
            let table = graph.constant(.doubles(shares, shape: [none + 1, classCount]))
            let rows = graph.node("Squeeze", [code, graph.constant(.integers([1], shape: [1]))])
            return graph.gather(table, rows)
        case .text(let part): throw ONNXColumns.textError(part.encoder.column)
        }
    }
}
