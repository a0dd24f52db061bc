import Learners

/// Writes a model as an ONNX file that predicts what the model predicts, from a table's own columns on.
///
/// Every step is computed in double precision, but for what Martlet itself computes in floats.
enum ONNXExport {
    /// The file of `model`; throws `AutoMLError` with the code `notExportable` where ONNX cannot hold some part of it.
    static func file(of model: ModelArtifact, check: @escaping () throws -> Void) throws -> [UInt8] {
        let header = model.header
        let graph = ONNXGraph(check: check)
        let columns = try ONNXColumns(header.plan, in: graph)
        var blend: ONNXGraph.Value?
        for (member, bag) in zip(header.members, model.bags) {
            let own = try predictions(bag, columns)
            if model.bags.count == 1 {
                blend = own
            } else {
                let share = graph.multiply(own, graph.number(member.weight))
                blend = blend.map { graph.add($0, share) } ?? share
            }
        }
        guard let blend else { throw AutoMLError(.notExportable, "the model has no members") }
        let outputs = name(blend, header, in: graph)
        let bytes = encoded(graph.encoded(name: header.name, outputs: outputs), header)
        guard bytes.count <= ONNX.largestFile else {
            throw AutoMLError(
                .notExportable,
                "the model takes \(bytes.count >> 20) MiB as ONNX, and a file of that format holds 2048 MiB at most")
        }
        return bytes
    }

    /// The mean of a trial's models, summed in their order.
    private static func predictions(_ bag: ModelBag, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        let graph = columns.graph
        let all = try bag.models.map { model in
            try graph.check()
            return try predictions(model, columns)
        }
        if all.count == 1 { return all[0] }
        let sum = all.dropFirst().reduce(all[0]) { graph.add($0, $1) }
        return graph.divide(sum, graph.number(Double(all.count)))
    }

    /// One model's predictions, `[rows, outputs]` doubles.
    private static func predictions(_ model: any FittedModel, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        switch model {
        case let model as GradientBoostingModel: return try predictions(model, columns)
        case let model as ForestModel: return try predictions(model, columns)
        case let model as LinearModel: return try predictions(model, columns)
        case let model as NearestNeighborsModel: return try predictions(model, columns)
        case let model as GaussianNaiveBayesModel: return try predictions(model, columns)
        default:
            throw AutoMLError(
                .notExportable, "a model of the kind \"\(type(of: model).kind)\" cannot be written as ONNX")
        }
    }

    /// Names the outputs: label and probabilities, or prediction.
    private static func name(
        _ blend: ONNXGraph.Value, _ header: ModelHeader, in graph: ONNXGraph
    ) -> [ONNX.Port] {
        guard header.task.isClassification else {
            graph.output(blend, named: "prediction")
            return [ONNX.Port(name: "prediction", type: .double, shape: [nil, 1])]
        }
        let chosen: ONNXGraph.Value
        if header.task == .binary, let threshold = header.threshold {
            let first = graph.constant(.integers([1], shape: []))
            let positive = graph.node("Gather", [blend, first], [("axis", .integer(1))])
            let limit = graph.constant(.doubles([threshold], shape: []))
            chosen = graph.cast(graph.node("Greater", [positive, limit]), to: .int64)
        } else {
            var weighed = blend
            if let weights = header.classWeights {
                weighed = graph.node("Mul", [blend, graph.constant(.doubles(weights, shape: [1, weights.count]))])
            }
            chosen = graph.node("ArgMax", [weighed], [("axis", .integer(1)), ("keepdims", .integer(0))])
        }
        let names = graph.constant(.strings(header.classes, shape: [header.classes.count]))
        graph.output(graph.gather(names, chosen), named: "label")
        graph.output(blend, named: "probabilities")
        return [
            ONNX.Port(name: "label", type: .string, shape: [nil]),
            ONNX.Port(name: "probabilities", type: .double, shape: [nil, header.classes.count]),
        ]
    }

    /// A `ModelProto`.
    private static func encoded(_ graph: [UInt8], _ header: ModelHeader) -> [UInt8] {
        var writer = WireWriter()
        writer.integer(1, ONNX.irVersion)
        writer.string(2, "Martlet")
        writer.string(3, header.martletVersion)
        writer.string(6, "Predicts \(header.target) (\(header.task.rawValue)) from the columns of a table.")
        writer.data(7, graph)
        for (domain, version) in [("", ONNX.operatorSet), (ONNX.learningDomain, ONNX.learningOperatorSet)] {
            writer.message(8) { set in
                set.string(1, domain)
                set.integer(2, version)
            }
        }
        let properties = [
            ("martlet.model", header.name), ("martlet.target", header.target), ("martlet.task", header.task.rawValue),
            ("martlet.metric", header.metric.rawValue),
        ]
        for (key, value) in properties {
            writer.message(14) { entry in
                entry.string(1, key)
                entry.string(2, value)
            }
        }
        return writer.bytes
    }
}

extension ModelArtifact {
    /// The whole model as an ONNX file, from the raw columns to label and probabilities: one input a column of `schema`, by
    /// its name, `[rows, 1]`; doubles for numbers, strings for everything else, NaN and the empty string where missing.
    /// Outputs are `label` `[rows]` and `probabilities` `[rows, classes]` in the order of `header.classes`, or `prediction`
    /// `[rows, 1]`. The same model gives the same bytes.
    /// - Parameter check: called for every tree and every model; it ends the work by throwing.
    /// - Throws: `AutoMLError` with the code `notExportable`, naming the column or the learner that ONNX cannot hold.
    public func onnx(check: @escaping () throws -> Void = {}) throws -> [UInt8] {
        try ONNXExport.file(of: self, check: check)
    }
}
