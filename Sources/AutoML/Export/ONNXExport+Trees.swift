import Learners

extension ONNXExport {
    /// Boosted trees: base scores, the sums of the trees, and what the objective makes of them.
    static func predictions(_ model: GradientBoostingModel, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        let graph = columns.graph
        let scores = model.baseScores.count
        let sums = try ONNXTrees.sums(
            of: model.ensemble, model.mappers, model.encoder, in: columns, targetCount: scores
        ) { tree, leaf in
            [(tree % scores, Double(model.ensemble.leaves[leaf]))]
        }
        let raw = graph.add(graph.cast(sums, to: .double), graph.row(model.baseScores))
        switch model.link {
        case .identity: return model.isLogTarget ? graph.exponentialMinusOne(raw) : raw
        case .exponential:
            let held = graph.greatest(graph.number(-700), graph.least(graph.number(700), raw))
            return graph.node("Exp", [held])
        case .sigmoid:
            let positive = graph.node("Sigmoid", [raw])
            return graph.concatenate([graph.subtract(graph.number(1), positive), positive])
        case .softmax: return graph.node("Softmax", [raw], [("axis", .integer(1))])
        }
    }

    /// Averaged trees.
    static func predictions(_ model: ForestModel, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        let graph = columns.graph
        let width = model.ensemble.leafWidth
        let share = 1 / Double(model.ensemble.treeCount)
        if model.outputCount == 1 {
            let sums = try ONNXTrees.sums(
                of: model.ensemble, model.mappers, model.encoder, in: columns, targetCount: 1
            ) { _, leaf in
                [(0, Double(model.ensemble.leaves[leaf]))]
            }
            let mean = graph.multiply(graph.cast(sums, to: .double), graph.number(share))
            return graph.add(graph.number(model.base), mean)
        }
        // The operator's sums are floats, in which the shares of two classes could tie that do not. Each leaf's share is
        // split into a coarse part, whose sum is exact, and the small rest.
        let sums = try ONNXTrees.sums(
            of: model.ensemble, model.mappers, model.encoder, in: columns, targetCount: 2 * width,
            hasWideLeaves: true
        ) { _, leaf in
            (0..<width).flatMap { place in
                let value = Double(model.ensemble.leaves[leaf * width + place])
                let coarse = (value * 4_096).rounded() / 4_096
                // A leaf needs one value; zeros of the others are left out.
                return [(place, coarse), (place + width, value - coarse)].filter { $0.1 != 0 || $0.0 == 0 }
            }
        }
        let exact = graph.cast(sums, to: .double)
        let total = graph.add(
            graph.columns(exact, Array(0..<width)), graph.columns(exact, Array(width..<(2 * width))))
        guard width > 1 else {
            let mean = graph.multiply(total, graph.number(share))
            let positive = graph.greatest(graph.number(0), graph.least(graph.number(1), mean))
            return graph.concatenate([graph.subtract(graph.number(1), positive), positive])
        }
        let whole = graph.rowSums(total)
        let isPositive = graph.node("Greater", [whole, graph.number(0)])
        return graph.choose(isPositive, graph.divide(total, whole), graph.number(1 / Double(width)))
    }
}

extension ONNXGraph {
    /// e to the power of `value`, at most 700, less 1.
    fileprivate func exponentialMinusOne(_ value: Value) -> Value {
        subtract(node("Exp", [least(number(700), value)]), number(1))
    }
}
