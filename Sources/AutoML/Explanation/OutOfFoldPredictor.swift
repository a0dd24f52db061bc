import Foundation
import Learners
import Tabular

/// Predicts rows with the parts of a model that have not seen them; or, for rows that none has seen, with all of it.
struct RowPredictor {
    let model: ModelArtifact
    /// For rows that were trained on, who has not seen which; nil for new ones.
    private let folds: (of: [[UInt8]], count: Int)?

    /// For the rows that the model carries; nil where its parts do not fit them.
    init?(outOfFold model: ModelArtifact) {
        guard let sample = model.evaluation?.sample,
            model.bags.allSatisfy({ $0.models.count == sample.foldCount * sample.folds.count })
        else { return nil }
        self.model = model
        folds = (sample.folds, sample.foldCount)
    }

    /// For new rows.
    init(whole model: ModelArtifact) {
        self.model = model
        folds = nil
    }

    /// Predictions for `table`, whose rows are all of the sample's, in their order, where that is what this is for.
    func predict(_ table: Table, context: TrainingContext) throws -> Predictions {
        guard let folds else {
            try context.check()
            return try model.predict(table, context: context)
        }
        let features = try model.features(of: table)
        let width = model.header.task == .regression ? 1 : model.header.classes.count
        var sums = [Double](repeating: 0, count: table.rowCount * width)
        for (repetition, assigned) in folds.of.enumerated() {
            for fold in 0..<folds.count {
                let rows = assigned.indices.filter { Int(assigned[$0]) == fold }.map { Int32($0) }
                if rows.isEmpty { continue }
                let part = features.selecting(rows)
                for (member, bag) in zip(model.header.members, model.bags) {
                    try context.check()
                    let own = try bag.models[repetition * folds.count + fold].predict(part, context: context)
                    guard own.values.count == rows.count * width else {
                        throw AutoMLError(
                            .damagedModel, "the model \(member.model) does not predict \(width) values a row")
                    }
                    let share = member.weight / Double(folds.of.count)
                    for (index, row) in rows.enumerated() {
                        for output in 0..<width {
                            sums[Int(row) * width + output] += share * own.values[index * width + output]
                        }
                    }
                }
            }
        }
        return Predictions(outputCount: width, values: sums)
    }
}

extension RowPredictor {
    /// The same for some of the rows.
    func selecting(_ rows: [Int]) -> RowPredictor {
        RowPredictor(model: model, folds: folds.map { all in (all.of.map { own in rows.map { own[$0] } }, all.count) })
    }

    private init(model: ModelArtifact, folds: (of: [[UInt8]], count: Int)?) {
        self.model = model
        self.folds = folds
    }
}
