public import Learners
public import Tabular

/// How far a model's predictions can be from the truth, learnt from rows that its parts have not seen.
public struct Uncertainty: Sendable {
    /// What it is made of, by task.
    enum Kind: Sendable {
        case values(ValueUncertainty)
        case labels(LabelUncertainty)
    }

    let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    /// Levels that can be asked for.
    public static let levels = 0.01...0.9999

    private static let version: UInt8 = 1

    func write(to writer: inout BinaryWriter) {
        writer.write(Uncertainty.version)
        switch kind {
        case .values(let values): values.write(to: &writer)
        case .labels(let labels): labels.write(to: &writer)
        }
    }

    init(from reader: inout BinaryReader, header: ModelHeader, learners: LearnerSet) throws {
        let version = try reader.read(UInt8.self)
        guard version == Uncertainty.version else {
            throw reader.failure("version \(version) of an uncertainty is unknown")
        }
        if header.task == .regression {
            kind = .values(try ValueUncertainty(from: &reader, learners: learners))
        } else {
            kind = .labels(try LabelUncertainty(from: &reader, classes: header.classes.count))
        }
    }
}

/// What holds the truth with a wanted probability, row by row.
public enum PredictionRanges: Sendable, Hashable {
    /// From low to high, both of them in.
    case intervals(low: [Double], high: [Double])
    /// The classes' indices, ascending; the predicted class is always among them.
    case labels([[Int32]])
}

extension ModelArtifact {
    /// For each row of `table`, of which `predictions` are this model's, what holds the truth with a probability of at least
    /// `level`, where rows to come are like those that were scored.
    ///
    /// A model without uncertainty, a level out of range and one that the scored rows are too few for throw `AutoMLError`
    /// with the field `interval`.
    public func ranges(
        _ predictions: Predictions, of table: Table, level: Double, context: TrainingContext = TrainingContext()
    ) throws -> PredictionRanges {
        try checkInterval(level)
        switch uncertainty?.kind {
        case .values(let values):
            let features = values.scale == nil ? nil : try header.plan.apply(table)
            return try values.intervals(predictions.values, features: features, level: level, context: context)
        case .labels(let labels):
            return .labels(labels.sets(predictions, predicted: predictedClasses(predictions), level: level))
        case nil: return .labels([])
        }
    }

    /// The highest level that `ranges` takes; nil for a model without uncertainty.
    public var highestInterval: Double? {
        guard let uncertainty else { return nil }
        if case .values(let values) = uncertainty.kind {
            return min(values.highestLevel, Uncertainty.levels.upperBound)
        }
        return Uncertainty.levels.upperBound
    }

    /// Throws where `ranges` would, before there are any rows.
    public func checkInterval(_ level: Double) throws {
        func fail(_ message: String) -> AutoMLError { AutoMLError(.unsuitableInput, message, field: "interval") }
        guard let uncertainty else {
            throw fail("this model has no intervals: it was made by a version that had none, or was cut short")
        }
        let levels = Uncertainty.levels
        guard levels.contains(level) else {
            throw fail("interval must be from \(levels.lowerBound) to \(levels.upperBound)")
        }
        if case .values(let values) = uncertainty.kind, level > values.highestLevel {
            throw fail(
                "the model was scored on \(values.residuals.count) rows, which tell intervals of up to "
                    + "\((values.highestLevel * 1000).rounded(.down) / 1000), not of \(level)")
        }
    }
}
