public import AutoML

extension MartletService {
    /// Accepts an experiment; it runs as soon as there is room. Everything about it is checked first, against the whole
    /// table.
    /// - Throws: `.invalid` naming the field, `.unavailable` before the start.
    public func createExperiment(_ request: ExperimentRequest) async throws -> ExperimentRecord {
        try requireReady()
        if let name = request.name, !(1...200).contains(name.count) {
            throw PlatformError(.invalid, "must have 1 to 200 characters", field: "name")
        }
        guard try await stores.datasets.dataset(request.datasetID) != nil else {
            throw PlatformError(.invalid, "there is no dataset \(request.datasetID)", field: "dataset_id")
        }
        var record = ExperimentRecord(id: Identifier.make(), request: request, createdAt: .now())
        do {
            try request.settings.validate()
            // Where nothing runs, what is prepared for the check is kept for the run.
            let prepared =
                coordinator.isIdle
                ? try await data.experiment(record) : try await data.prepare(record.request)
            record.resolvedTask = prepared.task
            record.resolvedMetric = prepared.metric
        } catch let error as AutoMLError {
            throw PlatformError(error)
        }
        try await stores.experiments.create(record)
        // Its coordinator, here or elsewhere, hears of it; where the message is lost it finds the experiment by itself.
        try? await stores.log.send(
            ReportMessage(kind: .submitted, experimentID: record.id), key: record.id, to: Topics.results)
        return record
    }

    /// An experiment as it stands.
    /// - Throws: `.notFound`.
    public func experiment(_ id: String) async throws -> ExperimentRecord {
        guard let record = try await stores.experiments.experiment(id) else {
            throw PlatformError(.notFound, "there is no experiment \(id)")
        }
        return record
    }

    /// Experiments, the newest first; `limit` from 1 to 1000.
    public func experiments(limit: Int = 50, cursor: Cursor? = nil) async throws -> Page<ExperimentRecord> {
        try await stores.experiments.experiments(limit: checked(limit), after: cursor)
    }

    /// Asks for an experiment's end; its trials stop at once and what was found is kept. One that has ended stays as it is.
    /// - Returns: the record as it stands, which may still be running for a moment.
    /// - Throws: `.notFound`.
    public func cancelExperiment(_ id: String) async throws -> ExperimentRecord {
        try requireReady()
        let record = try await experiment(id)
        if record.state.isFinal { return record }
        try await stores.experiments.requestCancellation(of: id)
        try await stores.log.send(
            ControlMessage(experimentID: id, command: .cancel), key: id, to: Topics.control)
        return try await experiment(id)
    }

    /// An experiment's trials, in the order of their indices.
    /// - Throws: `.notFound`.
    public func trials(ofExperiment id: String) async throws -> [TrialRecord] {
        _ = try await experiment(id)
        return try await stores.experiments.trials(of: id)
    }

    /// A part of an experiment's trials, in the order of their indices, each with the worker that trains it now; `limit` from
    /// 1 to 1000.
    /// - Throws: `.notFound`.
    public func trials(ofExperiment id: String, limit: Int, cursor: Cursor?) async throws -> Page<TrialProgress> {
        let limit = try checked(limit)
        let first = try cursor.map { cursor in
            guard let index = Int(try cursor.position()), index >= 0 else {
                throw PlatformError(.invalid, "this is not a cursor that was given out", field: "cursor")
            }
            return index
        }
        let rest = try await trials(ofExperiment: id).drop { $0.index < first ?? 0 }
        let workers = coordinator.workforce.messages
        let items = rest.prefix(limit).map { trial in
            let key = TrialKey(experimentID: id, index: trial.index)
            return TrialProgress(trial, worker: workers.first { $0.running.contains(key) }?.name)
        }
        return Page(
            items: items, nextCursor: rest.dropFirst(limit).first.map { Cursor(position: String($0.index)) })
    }

    /// What an experiment would do, without starting it.
    /// - Throws: as `createExperiment`.
    public func preview(_ request: ExperimentRequest) async throws -> ExperimentPreview {
        let workers = coordinator.workforce.messages
        let slots = workers.reduce(0) { $0 + $1.slots }
        let threads = workers.map(\.threads).max() ?? options.threads
        do {
            try request.settings.validate()
            let table = try await data.table(request.datasetID)
            return try await longWork.run { [learners] _ in
                try ExperimentPreview(
                    table, settings: request.settings, learners: learners, slots: slots, threads: threads)
            }
        } catch let error as AutoMLError {
            throw PlatformError(error)
        } catch let error as PlatformError where error.code == .notFound {
            throw PlatformError(.invalid, error.message, field: "dataset_id")
        }
    }

    /// Removes an ended experiment with its models. Waits while models of ended experiments are put together.
    /// - Throws: `.notFound`, and `.conflict` while it has not ended.
    public func deleteExperiment(_ id: String) async throws {
        try requireReady()
        guard try await experiment(id).state.isFinal else {
            throw PlatformError(.conflict, "experiment \(id) has not ended: cancel it first")
        }
        try await waitForAssembly()
        try await stores.models.deleteAll(of: id)
        guard try await stores.experiments.delete(id) else {
            throw PlatformError(.notFound, "there is no experiment \(id)")
        }
        loadedModels.removeAll()
        explanations.removeAll()
    }

    func checked(_ limit: Int) throws -> Int {
        guard (1...1000).contains(limit) else {
            throw PlatformError(.invalid, "must be from 1 to 1000", field: "limit")
        }
        return limit
    }
}
