public import Learners
import Search

extension Study {
    /// The model of one entry of the leaderboard, ranked first or not: a trial's, or an ensemble's with the weights that its
    /// entry names.
    ///
    /// `predictions` and `models` are the blobs (`TrialBlobs`) of its trials. Throws `AutoMLError.noModel` for an entry
    /// without a model.
    public func assemble(
        _ entry: Leaderboard.Entry, predictions: (_ trial: Int) throws -> [UInt8],
        models: (_ trial: Int) throws -> [UInt8], context: TrainingContext = TrainingContext()
    ) throws -> FinishedExperiment {
        let members = members(of: entry)
        guard entry.rank != nil, !members.isEmpty else {
            throw AutoMLError(.noModel, "\(entry.model) has no model: \(entry.reason ?? "it was not completed")")
        }
        let candidates = try members.map { try OutOfFold(decoding: predictions($0.trial)) }
        let ensemble = Ensemble(
            members: members.enumerated().map { Ensemble.Member(candidate: $0.offset, weight: $0.element.weight) })
        var alone = leaderboard
        alone.entries = [entry]
        alone.entries[0].rank = 1
        let blend = ensemble.blend(candidates)
        let selection = EnsembleSelection(
            leaderboard: alone, members: members, decision: experiment.decision(blend), outOfFold: blend)
        return try assemble(selection, models, board: leaderboard, context: context)
    }

    /// The trials of an entry's model, in the order of their indices; none where it has no model.
    public func members(of entry: Leaderboard.Entry) -> [EnsembleSelection.Member] {
        if let trial = entry.trial {
            return results.indices.contains(trial) ? [EnsembleSelection.Member(trial: trial, weight: 1)] : []
        }
        return endedResults.compactMap { result in
            let weight = entry.hyperparameters.double(result.modelName, default: 0)
            return weight > 0 ? EnsembleSelection.Member(trial: result.index, weight: weight) : nil
        }
    }
}
