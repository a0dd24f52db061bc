import Foundation
public import Tabular

/// A trained nearest-neighbour model: its encoded rows and their answers.
public struct NearestNeighborsModel: FittedModel {
    /// Names it in an artifact.
    public static let kind = "k_nearest_neighbors"
    /// Rows that are encoded at once, which bounds the memory of a prediction.
    private static let batch = 16_384
    /// Rows that share one pass over the panels: their numbers fit the cache.
    private static let queries = 32
    /// Panels of a tile, few enough for a tile to stay in the cache while all queries pass over it.
    private static let tile = 64

    package let encoder: DenseEncoder
    /// Classes, or 1 for regression.
    package let outputCount: Int
    package let neighborCount: Int
    /// A neighbour counts 1 / distance to this power; 0 for all alike.
    package let power: Double
    /// The prior counts as this many neighbours.
    package let smoothing: Double
    package let panels: NeighborPanels
    /// Class index or value a row.
    package let answers: [Double]
    package let weights: [Float]
    /// The classes' shares of the training rows; the mean for regression.
    package let prior: [Double]

    /// Votes and means of the nearest training rows. A class's probability counts the prior as `smoothing` more neighbours.
    public func predict(_ features: Table, context: TrainingContext) throws -> Predictions {
        try context.check()
        var values: [Double] = []
        values.reserveCapacity(features.rowCount * outputCount)
        for start in stride(from: 0, to: features.rowCount, by: NearestNeighborsModel.batch) {
            let end = min(start + NearestNeighborsModel.batch, features.rowCount)
            let isWhole = start == 0 && end == features.rowCount
            let part = isWhole ? features : features.selecting((Int32(start)..<Int32(end)).map { $0 })
            values += try answers(of: try encoder.encode(part, context: context), context)
        }
        return Predictions(outputCount: outputCount, values: values)
    }

    private func answers(of matrix: DenseMatrix, _ context: TrainingContext) throws -> [Double] {
        var result = [Double](repeating: 0, count: matrix.rowCount * outputCount)
        SharedArray.with(&result) { buffer in
            context.pool.forEachRowBlock(of: matrix.rowCount, size: NearestNeighborsModel.queries) { [self] _, rows in
                if context.cancellation.isCancelled || context.deadline.hasPassed { return }
                answer(rows, matrix, into: buffer)
            }
        }
        try context.check()
        return result
    }

    private func answer(_ rows: Range<Int>, _ matrix: DenseMatrix, into buffer: SharedArray<Double>) {
        var nearest = [NearestRows](repeating: NearestRows(limit: neighborCount), count: rows.count)
        matrix.values.withUnsafeBufferPointer { queries in
            panels.values.withUnsafeBufferPointer { values in
                // Without columns every row is equally near and there is no storage to point at.
                guard let query = queries.baseAddress, let base = values.baseAddress else {
                    for row in 0..<min(neighborCount, panels.rowCount) {
                        for index in nearest.indices { nearest[index].insert(Int32(row), 0) }
                    }
                    return
                }
                for start in stride(from: 0, to: panels.panelCount, by: NearestNeighborsModel.tile) {
                    let tile = start..<min(start + NearestNeighborsModel.tile, panels.panelCount)
                    for index in stride(from: 0, to: rows.count, by: 2) {
                        let other = min(index + 1, rows.count - 1)
                        let first = query + (rows.lowerBound + index) * matrix.columnCount
                        let second = query + (rows.lowerBound + other) * matrix.columnCount
                        for panel in tile {
                            let (a, b) = panels.distances(panel, base, first, second)
                            take(a, panel, into: &nearest[index])
                            if other != index { take(b, panel, into: &nearest[other]) }
                        }
                    }
                }
            }
        }
        for index in nearest.indices {
            answer(nearest[index], into: buffer.base + (rows.lowerBound + index) * outputCount)
        }
    }

    @inline(__always)
    private func take(_ distances: SIMD8<Float>, _ panel: Int, into nearest: inout NearestRows) {
        if !any(distances .< nearest.bound) { return }
        let first = panel * NeighborPanels.lanes
        for lane in 0..<min(NeighborPanels.lanes, panels.rowCount - first) where distances[lane] < nearest.bound {
            nearest.insert(Int32(first + lane), distances[lane])
        }
    }

    private func answer(_ nearest: NearestRows, into answer: UnsafeMutablePointer<Double>) {
        // Inverse distances relative to the nearest one, so that they neither vanish nor grow without bounds.
        let closest = Double(nearest.distances.first ?? 0).squareRoot()
        var total = 0.0
        for index in 0..<outputCount { answer[index] = 0 }
        for (row, squared) in zip(nearest.rows, nearest.distances) {
            let ratio = (closest + 1e-3) / (Double(squared).squareRoot() + 1e-3)
            let share = power == 0 ? 1 : power == 1 ? ratio : pow(ratio, power)
            let weight = share * Double(weights[Int(row)])
            total += weight
            if outputCount == 1 {
                answer[0] += weight * answers[Int(row)]
            } else {
                answer[Int(answers[Int(row)])] += weight
            }
        }
        if outputCount == 1 {
            answer[0] = total > 0 ? answer[0] / total : prior[0]
            return
        }
        let extra = total > 0 ? smoothing * total / Double(nearest.rows.count) : 1
        for index in 0..<outputCount { answer[index] = (answer[index] + extra * prior[index]) / (total + extra) }
    }

    /// Reads what `write(to:)` wrote.
    public init(from reader: inout BinaryReader) throws {
        outputCount = try reader.readInt(in: 1...1 << 20)
        neighborCount = try reader.readInt(in: 1...1 << 20)
        let numbers = try reader.readFinite(Double.self, count: 2)
        (power, smoothing) = (numbers[0], numbers[1])
        encoder = try DenseEncoder(from: &reader)
        panels = try NeighborPanels(from: &reader, columnCount: encoder.width)
        answers = try reader.readFinite(count: panels.rowCount)
        weights = try reader.readFinite(count: panels.rowCount)
        prior = try reader.readFinite(count: outputCount)
        let classCount = Double(outputCount)
        guard power >= 0, power <= 8, smoothing >= 0, weights.allSatisfy({ $0 >= 0 }),
            outputCount == 1 || answers.allSatisfy({ $0 >= 0 && $0 < classCount && $0 == $0.rounded() })
        else { throw reader.failure("a neighbour's class or weight is not valid") }
    }

    /// Appends all that `init(from:)` needs.
    public func write(to writer: inout BinaryWriter) {
        writer.write(Int64(outputCount))
        writer.write(Int64(neighborCount))
        writer.write([power, smoothing])
        encoder.write(to: &writer)
        panels.write(to: &writer)
        writer.write(answers)
        writer.write(weights)
        writer.write(prior)
    }

    init(
        encoder: DenseEncoder, outputCount: Int, neighborCount: Int, power: Double, smoothing: Double,
        panels: NeighborPanels, answers: [Double], weights: [Float], prior: [Double]
    ) {
        self.encoder = encoder
        self.outputCount = outputCount
        self.neighborCount = neighborCount
        self.power = power
        self.smoothing = smoothing
        self.panels = panels
        self.answers = answers
        self.weights = weights
        self.prior = prior
    }
}
