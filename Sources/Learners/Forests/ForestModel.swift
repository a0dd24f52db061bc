public import Tabular

/// Trees whose answers are averaged, with the bins of their features: a random forest, extra trees, or a single tree.
public struct ForestModel: FittedModel, Hashable {
    /// `forest`.
    public static let kind = "forest"

    package let outputCount: Int
    package let encoder: TreeFeatureEncoder
    /// What is added to a regression's average.
    public let base: Double
    /// The bins of each feature that a tree may ask for.
    public let mappers: [BinMapper]
    /// The trees; a leaf has one value (a regression's, or the second of two classes'), or one a class.
    public let ensemble: TreeEnsemble
    /// The trees laid out for contributions, from the first that are asked for.
    let layout = Kept<TreeLayout?>()

    init(
        outputCount: Int, base: Double, encoder: TreeFeatureEncoder, mappers: [BinMapper], ensemble: TreeEnsemble
    ) {
        self.outputCount = outputCount
        self.base = base
        (self.mappers, self.ensemble) = ensemble.keepingUsedFeatures(of: mappers)
        self.encoder = encoder.needed(by: self.mappers)
    }

    /// Predicts every row.
    public func predict(_ features: Table, context: TrainingContext) throws -> Predictions {
        let features = try encoder.adding(to: features)
        return try predict(BinnedTable(features, mappers: mappers, pool: context.pool), context)
    }

    /// Predicts rows of the problem from its shared bins.
    public func predict(_ problem: LearningProblem, rows: [Int32], context: TrainingContext) throws -> Predictions {
        let features = problem.binnedFeatures(pool: context.pool)
        let known = Set(features.mappers)
        guard mappers.allSatisfy(known.contains) else {
            return try predict(problem.features.selecting(rows), context: context)
        }
        return try predict(BinnedTable(features, mappers: mappers, rows: rows, pool: context.pool), context)
    }

    private func predict(_ table: BinnedTable, _ context: TrainingContext) throws -> Predictions {
        try context.check()
        let (width, outputs) = (ensemble.leafWidth, outputCount)
        let raw = NumberBuffer<Double>(repeating: 0, count: table.rowCount * width)
        let values = NumberBuffer<Double>(repeating: 0, count: table.rowCount * outputs)
        let share = 1 / Double(ensemble.treeCount)
        context.pool.forEachBlock(of: table.rowCount, size: 512) { _, range in
            if (try? context.check()) == nil { return }
            ensemble.add(
                bins: table.bins.base + range.lowerBound * table.width, width: table.width, rows: range.count,
                first: 0, step: 1, scores: raw.base + range.lowerBound * width, scoreStride: width)
            for row in range {
                let source = raw.base + row * width
                let target = values.base + row * outputs
                if outputs == 1 {
                    target[0] = base + source[0] * share
                } else if width == 1 {
                    let positive = max(0, min(1, source[0] * share))
                    (target[0], target[1]) = (1 - positive, positive)
                } else {
                    var sum = 0.0
                    for index in 0..<width { sum += source[index] }
                    for index in 0..<width { target[index] = sum > 0 ? source[index] / sum : 1 / Double(width) }
                }
            }
        }
        try context.check()
        return Predictions(
            outputCount: outputs,
            values: Array(UnsafeBufferPointer(start: values.base, count: table.rowCount * outputs)))
    }

    /// Appends base, bins and trees.
    public func write(to writer: inout BinaryWriter) {
        writer.write(UInt8(2))
        writer.write(UInt32(outputCount))
        writer.write(base)
        encoder.write(to: &writer)
        writer.write(UInt64(mappers.count))
        for mapper in mappers { mapper.write(to: &writer) }
        ensemble.write(to: &writer)
    }

    /// Reads what `write(to:)` wrote, checking that every part fits the others.
    public init(from reader: inout BinaryReader) throws {
        let version = try reader.read(UInt8.self)
        guard (1...2).contains(version) else { throw reader.failure("an unknown version of a forest") }
        let outputCount = Int(try reader.read(UInt32.self))
        let base = try reader.read(Double.self)
        let encoder = try TreeFeatureEncoder(from: &reader)
        let mapperCount = try reader.readCount(elementSize: 17)
        var mappers: [BinMapper] = []
        for _ in 0..<mapperCount { mappers.append(try BinMapper(from: &reader)) }
        let width = outputCount <= 2 ? 1 : outputCount
        let ensemble = try TreeEnsemble(
            from: &reader, featureCount: mapperCount, leafWidth: width, hasCovers: version > 1)
        guard outputCount > 0, ensemble.treeCount > 0 else { throw reader.failure("a forest without trees") }
        self.init(outputCount: outputCount, base: base, encoder: encoder, mappers: mappers, ensemble: ensemble)
    }
}
