import Learners

/// A dense encoder's entries in a graph, float for float as Martlet makes them.
struct ONNXDense {
    private let columns: ONNXColumns
    private var graph: ONNXGraph { columns.graph }

    /// `[rows, encoder.width]` floats; nil where the width is 0.
    static func matrix(_ encoder: DenseEncoder, _ columns: ONNXColumns) throws -> ONNXGraph.Value? {
        let dense = ONNXDense(columns: columns)
        let parts = try encoder.encodings.flatMap { encoding -> [ONNXGraph.Value] in
            switch encoding {
            case .number(let encoding): return try dense.number(encoding)
            case .levels(let encoding): return [try dense.levels(encoding)]
            case .statistics(let encoding): return [try dense.statistics(encoding)]
            case .text(let encoding): throw ONNXColumns.textError(encoding.column)
            }
        }
        return parts.isEmpty ? nil : columns.graph.concatenate(parts)
    }

    /// A number on the scale of the training rows, `[rows, 1]` doubles; missing ones as the median.
    static func scaled(_ encoding: NumberEncoding, _ columns: ONNXColumns) throws -> ONNXGraph.Value {
        let dense = ONNXDense(columns: columns)
        let graph = columns.graph
        let mapped = dense.mapped(try dense.known(encoding), encoding.shape)
        return graph.multiply(graph.subtract(mapped, graph.number(encoding.centre)), graph.number(encoding.scale))
    }

    private func known(_ encoding: NumberEncoding) throws -> ONNXGraph.Value {
        let value = try columns.number(encoding.column)
        let shape = encoding.shape
        let filled = graph.choose(graph.node("IsNaN", [value]), graph.number(shape.median), value)
        return graph.least(graph.greatest(filled, graph.number(shape.low)), graph.number(shape.high))
    }

    private func mapped(_ known: ONNXGraph.Value, _ shape: NumberScale) -> ONNXGraph.Value {
        if shape.ranks.isEmpty { return known }
        let last = shape.ranks.count - 1
        let upper = graph.least(graph.greatest(partition(known, shape.ranks), graph.integer(1)), graph.integer(last))
        let lower = graph.subtract(upper, graph.integer(1))
        let (ranks, scores) = (list(shape.ranks), list(shape.scores))
        let start = graph.gather(ranks, lower)
        let share = graph.divide(graph.subtract(known, start), graph.subtract(graph.gather(ranks, upper), start))
        let held = graph.least(graph.greatest(share, graph.number(0)), graph.number(1))
        let from = graph.gather(scores, lower)
        return graph.add(from, graph.multiply(held, graph.subtract(graph.gather(scores, upper), from)))
    }

    private func number(_ encoding: NumberEncoding) throws -> [ONNXGraph.Value] {
        var parts: [ONNXGraph.Value] = []
        if encoding.hasValue { parts.append(graph.cast(try ONNXDense.scaled(encoding, columns), to: .float)) }
        if !encoding.knots.isEmpty { parts.append(basis(try known(encoding), encoding.knots)) }
        if encoding.hasIndicator {
            let value = try columns.number(encoding.column)
            parts.append(graph.cast(graph.node("IsNaN", [value]), to: .float))
        }
        return parts
    }

    /// The piecewise linear basis: of the two knots around a value, each has the share of the other's distance.
    private func basis(_ known: ONNXGraph.Value, _ knots: [Double]) -> ONNXGraph.Value {
        let count = knots.count
        let upper = partition(known, knots)
        let lower = graph.subtract(upper, graph.integer(1))
        let (first, last) = (graph.integer(0), graph.integer(count - 1))
        let places = list(knots)
        let start = graph.gather(places, graph.greatest(lower, first))
        let end = graph.gather(places, graph.least(upper, last))
        let inside = graph.cast(graph.divide(graph.subtract(known, start), graph.subtract(end, start)), to: .float)
        let (zero, one) = (float(0), float(1))
        let below = graph.node("Equal", [upper, first])
        let above = graph.node("Equal", [upper, graph.integer(count)])
        let share = graph.choose(below, one, graph.choose(above, zero, inside))
        let isUpper = graph.node("Equal", [upper, graph.places(count)])
        let isLower = graph.node("Equal", [lower, graph.places(count)])
        return graph.choose(isLower, graph.subtract(one, share), graph.choose(isUpper, share, zero))
    }

    private func levels(_ encoding: LevelEncoding) throws -> ONNXGraph.Value {
        let code = try columns.codes(
            encoding.column, levels: encoding.lookup.levels, missing: Int(encoding.missingEntry), unknown: -1)
        return graph.cast(graph.node("Equal", [code, graph.places(encoding.width)]), to: .float)
    }

    private func statistics(_ encoding: StatisticsEncoding) throws -> ONNXGraph.Value {
        let statistics = encoding.statistics
        let count = statistics.lookup.levels.count
        let code = try columns.codes(
            statistics.column, levels: statistics.lookup.levels, missing: count, unknown: count + 1)
        let values = encoding.scaled(statistics.statistics)
        let table = (0..<statistics.width).map { place in
            let column = stride(from: place, to: values.count, by: statistics.width).map { values[$0] }
            return graph.gather(graph.constant(.floats(column, shape: [count + 2])), code)
        }
        return graph.concatenate(table)
    }

    /// How many of the rising values are at or below each known one.
    private func partition(_ known: ONNXGraph.Value, _ values: [Double]) -> ONNXGraph.Value {
        graph.rowSums(graph.cast(graph.node("GreaterOrEqual", [known, graph.row(values)]), to: .int64))
    }

    private func list(_ values: [Double]) -> ONNXGraph.Value { graph.constant(.doubles(values, shape: [values.count])) }
    private func float(_ value: Float) -> ONNXGraph.Value { graph.constant(.floats([value], shape: [1, 1])) }
}
