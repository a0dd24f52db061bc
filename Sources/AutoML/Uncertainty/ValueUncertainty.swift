import Learners
import Tabular

/// Uncertainty of numbers: out-of-fold residuals in units of their local size, which a small model tells (normalised conformal
/// prediction, Papadopoulos, Gammerman, Vovk 2008); both tails by themselves.
struct ValueUncertainty: Sendable {
    /// Predicts the mean absolute residual from features and prediction, in `unit`s; nil where it is taken for the same everywhere.
    let scale: ModelBag?
    /// The mean absolute residual; above 0.
    let unit: Double
    /// Residuals, true less predicted, divided by their predicted size.
    let residuals: SortedScores
    /// Whether no value of the target lies below 0, so that no interval has to.
    let isNonNegative: Bool

    /// The least local size, in units.
    static let leastScale = 0.02

    /// The highest level that these residuals tell.
    var highestLevel: Double { 1 - 2 / Double(residuals.count + 1) }

    /// Features with a prediction beside them, as the model of the scale takes them.
    static func features(_ features: Table, _ predictions: [Double]) -> Table {
        var name = "prediction"
        while features.column(name) != nil { name += "'" }
        return Table(
            columns: features.columns + [Column(name: name, type: .float, storage: .doubles(predictions))],
            rowCount: features.rowCount)
    }

    /// The limits of `residuals` at `level`; nil where there are too few.
    static func limits(_ residuals: SortedScores, _ level: Double) -> (low: Double, high: Double)? {
        let tail = (1 - level) / 2
        guard let low = residuals.lower(tail), let high = residuals.upper(1 - tail) else { return nil }
        // The prediction itself always lies within.
        return (min(0, Double(low)), max(0, Double(high)))
    }

    func intervals(
        _ predictions: [Double], features: Table?, level: Double, context: TrainingContext
    ) throws -> PredictionRanges {
        let limits = ValueUncertainty.limits(residuals, level) ?? (-.greatestFiniteMagnitude, .greatestFiniteMagnitude)
        let scales: [Double]?
        if let scale, let features, !predictions.isEmpty {
            let table = ValueUncertainty.features(features, predictions)
            scales = try scale.predict(table, context: context).values
            guard scales?.count == predictions.count else {
                throw AutoMLError(.damagedModel, "the model of the residuals' size does not predict a value a row")
            }
        } else {
            scales = nil
        }
        var (lows, highs) = (predictions, predictions)
        for row in predictions.indices {
            let size = unit * max(ValueUncertainty.leastScale, scales?[row] ?? 1)
            let least = isNonNegative ? min(0, predictions[row]) : -.greatestFiniteMagnitude
            lows[row] = max(least, predictions[row] + limits.low * size)
            highs[row] = min(.greatestFiniteMagnitude, predictions[row] + limits.high * size)
        }
        return .intervals(low: lows, high: highs)
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(unit)
        writer.write(UInt8(isNonNegative ? 1 : 0))
        residuals.write(to: &writer)
        writer.write(UInt8(scale == nil ? 0 : 1))
        scale?.write(to: &writer)
    }

    init(scale: ModelBag?, unit: Double, residuals: SortedScores, isNonNegative: Bool) {
        self.scale = scale
        self.unit = unit
        self.residuals = residuals
        self.isNonNegative = isNonNegative
    }

    init(from reader: inout BinaryReader, learners: LearnerSet) throws {
        unit = try reader.read(Double.self)
        isNonNegative = try reader.read(UInt8.self) == 1
        residuals = try SortedScores(from: &reader)
        scale = try reader.read(UInt8.self) == 1 ? try ModelBag(from: &reader, learners: learners) : nil
        guard unit > 0, unit.isFinite else { throw reader.failure("the unit of the residuals is not above 0") }
    }
}
