public import AutoML
public import Learners
public import Tabular

extension MartletService {
    /// An experiment's leaderboard: the final one, or while it runs that of the trials that have ended.
    /// - Throws: `.notFound`.
    public func leaderboard(ofExperiment id: String) async throws -> LeaderboardRecord {
        let record = try await experiment(id)
        if let leaderboard = try await stores.models.leaderboard(of: id) {
            return LeaderboardRecord(experimentID: id, leaderboard: leaderboard)
        }
        guard let task = record.resolvedTask, let metric = record.resolvedMetric else {
            throw PlatformError(.conflict, "experiment \(id) has no leaderboard")
        }
        let results = try await stores.experiments.trials(of: id).compactMap(\.result)
        return LeaderboardRecord(
            experimentID: id, leaderboard: Leaderboard(task: task, metric: metric, results: results))
    }

    /// A model's record.
    /// - Throws: `.notFound`; `.conflict` for a model of an experiment that has not ended.
    public func model(_ id: String) async throws -> ModelRecord {
        if let record = try await stores.models.model(id) { return record }
        let missing = PlatformError(.notFound, "there is no model \(id)")
        guard let experimentID = ModelRecord.experimentID(ofModel: id),
            let experiment = try await stores.experiments.experiment(experimentID), !experiment.state.isFinal
        else { throw missing }
        let known = try await leaderboard(ofExperiment: experimentID)
        guard known.leaderboard.entries.contains(where: { known.modelID(of: $0) == id }) else { throw missing }
        throw PlatformError(.conflict, "model \(id) can be used once experiment \(experimentID) has ended")
    }

    /// An experiment's models in the order of their ids; `limit` from 1 to 1000. None before the experiment has ended.
    /// - Throws: `.notFound`.
    public func models(ofExperiment id: String, limit: Int = 50, cursor: Cursor? = nil) async throws -> Page<
        ModelRecord
    > {
        _ = try await experiment(id)
        return try await stores.models.models(of: id, limit: checked(limit), after: cursor)
    }

    /// A model's artifact: the file that `martlet predict` takes, all of it in memory.
    /// - Throws: `.notFound`, or `.conflict` before the experiment has ended.
    public func artifact(ofModel id: String) async throws -> [UInt8] {
        let record = try await model(id)
        _ = try await openArtifact(of: record)
        guard let bytes = try await stores.models.blob(ModelNames.artifact(id), of: record.experimentID) else {
            throw PlatformError(.notFound, "there is no model \(id)")
        }
        return bytes
    }

    /// A model's artifact as it is stored: its size, and its bytes in pieces.
    /// - Throws: `.notFound`, or `.conflict` before the experiment has ended.
    public func openArtifact(ofModel id: String) async throws -> StoredBlob {
        try await openArtifact(of: try await model(id))
    }

    private func openArtifact(of record: ModelRecord) async throws -> StoredBlob {
        let name = ModelNames.artifact(record.id)
        if let stored = try await stores.models.open(name, of: record.experimentID) { return stored }
        // The experiment ended, and this model was not put together yet; who asks meanwhile waits for the same.
        _ = try await assemblies.value(record.id) { [self] in
            try await assemble(record)
            return true
        }
        assemblies.remove(record.id)
        guard let stored = try await stores.models.open(name, of: record.experimentID) else {
            throw PlatformError(.notFound, "there is no model \(record.id)")
        }
        return stored
    }

    private func assemble(_ record: ModelRecord) async throws {
        let (id, name) = (record.id, ModelNames.artifact(record.id))
        let experiment = try await experiment(record.experimentID)
        let entry = try await leaderboard(ofExperiment: experiment.id).leaderboard.entries
            .first { $0.rank != nil && ModelNames.model(of: experiment.id, $0) == id }
        guard let entry else { throw PlatformError(.notFound, "there is no model \(id)") }
        let trials = try await stores.experiments.trials(of: experiment.id)
        let prepared = try await data.prepare(experiment.request)
        let study = try await serviceThread.run {
            Study(prepared, resuming: trials.map(\.spec), results: trials.compactMap(\.result))
        }
        let finisher = Finisher(
            stores: stores, experimentID: experiment.id, datasetID: experiment.request.datasetID)
        do {
            let bytes = try await finisher.artifact(of: entry, study, on: serviceThread, LazyPool(threads: 1))
            try await stores.models.put(bytes, name: name, of: experiment.id)
        } catch {
            // The experiment's own end may have come first, and the trials' blobs are gone.
            if try await stores.models.open(name, of: experiment.id) == nil { throw error }
        }
    }

    /// A model ready to be used, from memory where it was used lately.
    /// - Throws: as `artifact(ofModel:)`.
    public func loadedModel(_ id: String) async throws -> ModelArtifact {
        try await loadedModels.value(id) { [self] in
            let bytes = try await artifact(ofModel: id)
            return try await longWork.run { [learners] _ in
                do {
                    return LoadedModel(
                        model: try ModelArtifact(loading: bytes, learners: learners), bytes: bytes.count)
                } catch let error as AutoMLError {
                    throw PlatformError(error)
                }
            }
        }.model
    }

    /// Predicts every row of a table; runs on threads outside the cooperative pool.
    /// - Throws: as `artifact(ofModel:)`, and `.invalid` naming the column where the table cannot be predicted.
    public func predict(
        model id: String, _ table: Table
    ) async throws -> (model: ModelArtifact, predictions: Predictions) {
        let model = try await loadedModel(id)
        let predictions = try await longWork.run { turn in
            do {
                return try model.predict(table, context: turn.context)
            } catch let error as AutoMLError {
                throw PlatformError(error)
            }
        }
        return (model, predictions)
    }
}

/// A model in memory, and the bytes of its artifact, which are about those that it takes.
struct LoadedModel: Sendable {
    let model: ModelArtifact
    let bytes: Int
}
