internal import AutoML
internal import Foundation
internal import Learners

/// Ends an experiment's training: selects the ensemble, and keeps leaderboard, models and their records.
struct Finisher: Sendable {
    /// The best model.
    struct Best: Sendable {
        let modelID: String
        let score: Double?
    }

    let stores: Stores
    let experimentID: String
    let datasetID: String

    /// How the best configuration is scored by time, which a cancellation skips.
    struct Timing: Sendable {
        /// Bytes that training it may be expected to need.
        var memory: Int
        let clock: BudgetClock
        let cancellation: Cancellation
    }

    /// Selects and keeps the best model and the leaderboard. Throws `AutoMLError.noModel` where no trial gave one.
    func finish(_ study: Study, timing: Timing, on thread: WorkThread, _ pool: LazyPool) async throws -> Best? {
        var predictions = try await blobs(of: study.compared, ModelNames.predictions)
        var selection = try await thread.run { [predictions] in
            try study.select(
                { try Finisher.bytes(predictions, $0) },
                context: TrainingContext(pool: pool.pool, deadline: timing.clock.deadline))
        }
        predictions = [:]
        if study.experiment.isScoredByTime {
            selection = try await thread.run { [selection] in
                var selection = selection
                study.scoreByTime(
                    &selection, runner: TrialRunner(memory: MemoryBudget(bytes: timing.memory)),
                    secondsLeft: timing.clock.secondsForTime,
                    context: TrainingContext(
                        pool: pool.pool, deadline: timing.clock.deadline, cancellation: timing.cancellation))
                return selection
            }
        }
        let models = try await blobs(of: selection.members.map(\.trial), ModelNames.models)
        let finished = try await thread.run { [models, selection] in
            try study.assemble(
                selection, { try Finisher.bytes(models, $0) }, context: TrainingContext(pool: pool.pool))
        }
        guard let best = finished.leaderboard.best else { return nil }
        let bestID = ModelNames.model(of: experimentID, best)
        try await stores.models.put(finished.artifact, name: ModelNames.artifact(bestID), of: experimentID)
        let now = Timestamp.now()
        let records = finished.leaderboard.entries.filter { $0.rank != nil }.map { entry in
            ModelRecord(
                id: ModelNames.model(of: experimentID, entry), experimentID: experimentID, datasetID: datasetID,
                name: entry.model, learner: entry.learner, target: study.experiment.settings.target,
                task: study.experiment.task, metric: study.experiment.metric, score: entry.score, createdAt: now)
        }
        try await records.concurrently { [stores] record in try await stores.models.put(record) }
        let leaderboard = try JSONEncoder().encode(finished.leaderboard)
        try await stores.models.put([UInt8](leaderboard), name: ModelNames.leaderboard, of: experimentID)
        return Best(modelID: bestID, score: best.score)
    }

    /// Puts every ranked model together as an artifact, which needs neither the dataset nor the trials any more, and lets the
    /// trials' blobs go. What is done already is not done again.
    func assembleAll(
        _ study: Study, _ leaderboard: Leaderboard, on thread: WorkThread, _ pool: LazyPool, isStopping: () -> Bool
    ) async throws {
        for entry in leaderboard.entries where entry.rank != nil {
            if isStopping() { throw CancellationError() }
            let name = ModelNames.artifact(ModelNames.model(of: experimentID, entry))
            if try await stores.models.open(name, of: experimentID) != nil { continue }
            let artifact = try await artifact(of: entry, study, on: thread, pool)
            try await stores.models.put(artifact, name: name, of: experimentID)
        }
        let blobs = study.endedResults.filter { $0.status == .completed }.flatMap {
            [ModelNames.predictions(trial: $0.index), ModelNames.models(trial: $0.index)]
        }
        try await stores.models.removeBlobs(blobs, of: experimentID)
    }

    /// The artifact of one ranked model, from what its trials left behind.
    func artifact(
        of entry: Leaderboard.Entry, _ study: Study, on thread: WorkThread, _ pool: LazyPool
    ) async throws -> [UInt8] {
        let members = study.members(of: entry).map(\.trial)
        let predictions = try await blobs(of: members, ModelNames.predictions)
        let models = try await blobs(of: members, ModelNames.models)
        return try await thread.run { [predictions, models] in
            try study.assemble(
                entry, predictions: { try Finisher.bytes(predictions, $0) },
                models: { try Finisher.bytes(models, $0) }, context: TrainingContext(pool: pool.pool)
            ).artifact
        }
    }

    private func blobs(of trials: [Int], _ name: @escaping @Sendable (Int) -> String) async throws -> [Int: [UInt8]] {
        let blobs = try await trials.concurrently { try await blob(name($0)) }
        return Dictionary(uniqueKeysWithValues: zip(trials, blobs))
    }

    private func blob(_ name: String) async throws -> [UInt8] {
        guard let bytes = try await stores.models.blob(name, of: experimentID) else {
            throw PlatformError(.damaged, "\(name) of experiment \(experimentID) is gone")
        }
        return bytes
    }

    private static func bytes(_ blobs: [Int: [UInt8]], _ trial: Int) throws -> [UInt8] {
        guard let bytes = blobs[trial] else {
            throw AutoMLError(.noModel, "what trial \(trial) left behind is gone")
        }
        return bytes
    }
}

extension ModelStore {
    /// The final leaderboard of an experiment, once it has ended.
    func leaderboard(of experimentID: String) async throws -> Leaderboard? {
        guard let bytes = try await blob(ModelNames.leaderboard, of: experimentID) else { return nil }
        guard let leaderboard = try? JSONDecoder().decode(Leaderboard.self, from: Data(bytes)) else {
            throw PlatformError(.damaged, "the leaderboard of experiment \(experimentID) cannot be read")
        }
        return leaderboard
    }
}
