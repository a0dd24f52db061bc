import Learners

extension ONNXExport {
    /// Nearest training rows: distances as Martlet computes them, float for float, for one row at a time, so that memory
    /// does not grow with the number of rows; votes and means of all rows at once.
    static func predictions(_ model: NearestNeighborsModel, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        let graph = columns.graph
        let count = min(model.neighborCount, model.panels.rowCount)
        let rows: ONNXGraph.Value
        let distances: ONNXGraph.Value
        if let matrix = try ONNXDense.matrix(model.encoder, columns) {
            let found = graph.nodes(
                "Scan", [matrix], outputs: 2,
                [("body", .graph(search(model, count, graph))), ("num_scan_inputs", .integer(1))])
            distances = graph.cast(found[0], to: .double)
            rows = found[1]
        } else {
            rows = graph.places(count)
            distances = graph.number(0)
        }
        let offset = graph.number(1e-3)
        let roots = graph.add(graph.node("Sqrt", [distances]), offset)
        let ratio = graph.divide(graph.columns(roots, [0]), roots)
        let share = model.power == 1 ? ratio : graph.node("Pow", [ratio, graph.number(model.power)])
        let trained = graph.constant(.doubles(model.weights.map { Double($0) }, shape: [model.weights.count]))
        let weights = graph.multiply(share, graph.gather(trained, rows))
        let total = graph.rowSums(weights)
        let hasAny = graph.node("Greater", [total, graph.number(0)])
        if model.outputCount == 1 {
            let answers = graph.constant(.doubles(model.answers, shape: [model.answers.count]))
            let sum = graph.rowSums(graph.multiply(weights, graph.gather(answers, rows)))
            let mean = graph.choose(hasAny, graph.divide(sum, total), graph.number(model.prior[0]))
            return graph.add(mean, try columns.zeros())
        }
        let classes = graph.constant(.integers(model.answers.map { Int64($0) }, shape: [model.answers.count, 1]))
        let own = graph.node("Equal", [graph.gather(classes, rows), places(model.outputCount, graph)])
        let perNeighbor = graph.constant(.integers([1], shape: [1]))
        let spread = graph.node("Unsqueeze", [weights, perNeighbor])
        let votes = graph.node("MatMul", [spread, graph.cast(own, to: .double)])
        let sums = graph.node("Squeeze", [votes, perNeighbor])
        let extra = graph.choose(
            hasAny, graph.divide(graph.multiply(graph.number(model.smoothing), total), graph.number(Double(count))),
            graph.number(1))
        let smoothed = graph.add(sums, graph.multiply(extra, graph.row(model.prior)))
        return graph.add(graph.divide(smoothed, graph.add(total, extra)), try columns.zeros())
    }

    private static func places(_ count: Int, _ graph: ONNXGraph) -> ONNXGraph.Value {
        graph.constant(.integers((0..<count).map(Int64.init), shape: [1, 1, count]))
    }

    /// The graph that finds the nearest rows of one encoded row: squared differences summed column by column in the order
    /// of the columns, then the `count` least of them, of equal ones the lower row.
    private static func search(_ model: NearestNeighborsModel, _ count: Int, _ outer: ONNXGraph) -> [UInt8] {
        let body = ONNXGraph(prefix: "nearest_")
        let panels = model.panels
        let width = panels.columnCount
        let query = body.input("query", .float, shape: [width])
        let cells =
            width == 1
            ? [query]
            : body.nodes(
                "Split", [query], outputs: width, [("axis", .integer(0)), ("num_outputs", .integer(Int64(width)))])
        var sum: ONNXGraph.Value?
        for column in 0..<width {
            let known = outer.constant(.floats(panels.column(column), shape: [panels.rowCount]))
            let difference = body.subtract(known, cells[column])
            let square = body.multiply(difference, difference)
            sum = sum.map { body.add($0, square) } ?? square
        }
        let limit = outer.constant(.integers([Int64(count)], shape: [1]))
        let nearest = body.nodes(
            "TopK", [sum ?? query, limit], outputs: 2, [("axis", .integer(0)), ("largest", .integer(0))])
        body.output(nearest[0], named: "nearest_distances")
        body.output(nearest[1], named: "nearest_rows")
        return body.encoded(
            name: "nearest",
            outputs: [
                ONNX.Port(name: "nearest_distances", type: .float, shape: [count]),
                ONNX.Port(name: "nearest_rows", type: .int64, shape: [count]),
            ])
    }
}
