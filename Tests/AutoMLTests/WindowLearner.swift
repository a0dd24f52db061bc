import AutoML
import Learners
import Search
import Tabular

/// Fits the class shares, or the mean, of the rows in each of a few bins of one feature: a tiny learner that is right enough
/// to rank and fast enough for hundreds of trials.
struct WindowLearner: Learner {
    var name = "window"
    /// Throws in every fit.
    var fails = false
    /// Expected bytes.
    var bytes = 1000

    func searchSpace(for shape: ProblemShape) -> SearchSpace {
        SearchSpace(parameters: [
            Parameter("bins", .integer(low: 2, high: 64, log: true), default: .integer(8)),
            Parameter("feature", .choice([.integer(0), .integer(1)]), default: .integer(0)),
        ])
    }

    func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        1e-6 * Double(shape.rows)
    }

    func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int { bytes }

    func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        try context.check()
        if fails { throw TrainingError.unsuitable("it never works") }
        let feature = configuration.integer("feature", default: 0)
        let bins = max(1, configuration.integer("bins", default: 8))
        let outputs = problem.target.outputCount
        let values = problem.features.columns[feature].doubles() ?? []
        var sums = [Double](repeating: 1 / Double(outputs), count: bins * outputs)
        var counts = [Double](repeating: 1, count: bins)
        for row in training {
            let bin = WindowModel.bin(values[Int(row)], bins)
            counts[bin] += 1
            let target = problem.target.values[Int(row)]
            if outputs == 1 { sums[bin] += target } else { sums[bin * outputs + Int(target)] += 1 }
        }
        for index in sums.indices { sums[index] /= counts[index / outputs] }
        context.progress(1)
        return WindowModel(feature: feature, bins: bins, outputs: outputs, means: sums)
    }
}

struct WindowModel: FittedModel {
    static let kind = "window"
    var feature: Int
    var bins: Int
    var outputs: Int
    var means: [Double]

    init(feature: Int, bins: Int, outputs: Int, means: [Double]) {
        self.feature = feature
        self.bins = bins
        self.outputs = outputs
        self.means = means
    }

    static func bin(_ value: Double, _ bins: Int) -> Int {
        value.isNaN ? 0 : Int(min(Double(bins - 1), max(0, (value + 3) / 6 * Double(bins))))
    }

    func predict(_ features: Table, context: TrainingContext) throws -> Predictions {
        let values = features.columns[feature].doubles() ?? []
        var out: [Double] = []
        for value in values {
            let bin = WindowModel.bin(value, bins)
            out += means[bin * outputs..<(bin + 1) * outputs]
        }
        return Predictions(outputCount: outputs, values: out)
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(UInt32(feature))
        writer.write(UInt32(outputs))
        writer.write(means)
    }

    init(from reader: inout BinaryReader) throws {
        feature = Int(try reader.read(UInt32.self))
        outputs = Int(try reader.read(UInt32.self))
        means = try reader.readArray(Double.self)
        guard outputs > 0, !means.isEmpty, means.count % outputs == 0 else { throw reader.failure("no window model") }
        bins = means.count / outputs
    }
}

extension LearnerSet {
    /// The window learner alone.
    static let window = LearnerSet([WindowLearner()], models: [WindowModel.self])
}
