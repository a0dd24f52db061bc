import Learners

extension ONNXExport {
    /// A linear model: the encoded row times the coefficients, summed in double precision.
    static func predictions(_ model: LinearModel, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        let graph = columns.graph
        let width = model.encoder.width
        let scoreCount = model.parameters.count / (width + 1)
        let intercepts = graph.row((0..<scoreCount).map { Double(model.parameters[$0 * (width + 1) + width]) })
        let scores: ONNXGraph.Value
        if let matrix = try ONNXDense.matrix(model.encoder, columns) {
            // The model has a row an output, the operator wants a column an output.
            let coefficients = (0..<width).flatMap { column in
                (0..<scoreCount).map { Double(model.parameters[$0 * (width + 1) + column]) }
            }
            let weights = graph.constant(.doubles(coefficients, shape: [width, scoreCount]))
            scores = graph.add(graph.node("MatMul", [graph.cast(matrix, to: .double), weights]), intercepts)
        } else {
            scores = graph.add(try columns.zeros(), intercepts)
        }
        switch model.outputCount {
        case 1: return graph.add(graph.number(model.centre), graph.multiply(graph.number(model.scale), scores))
        case 2:
            let negative = graph.node("Sigmoid", [graph.node("Neg", [scores])])
            return graph.concatenate([negative, graph.node("Sigmoid", [scores])])
        default: return graph.node("Softmax", [scores], [("axis", .integer(1))])
        }
    }
}
