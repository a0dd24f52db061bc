internal import AutoML
internal import Learners
internal import Tabular
internal import Telemetry

/// Tables and prepared experiments in this process, each made once and shared by all trials that need it.
final class ExperimentData: Sendable {
    let reader: DatasetReader
    private let learners: LearnerSet
    private let tables: SingleFlightCache<Table>
    private let prepared: SingleFlightCache<PreparedExperiment>
    private let thread = WorkThread(name: "martlet-data")
    /// Bins that workers share; nil where nobody else trains.
    private let bins: SharedBins?

    /// - Parameter sharesBins: whether binned features are shared through the stores' cache.
    init(
        stores: Stores, learners: LearnerSet, capacity: Int, sharesBins: Bool = false, metrics: MetricRegistry
    ) {
        bins = sharesBins ? stores.cache.map { SharedBins(cache: $0) } : nil
        reader = DatasetReader(store: stores.datasets, cache: stores.cache, reads: ReadCounters(metrics))
        self.learners = learners
        tables = SingleFlightCache(capacity: capacity)
        prepared = SingleFlightCache(capacity: capacity)
        register(in: metrics, shared: stores.cache)
    }

    /// The experiment ready for training. Throws `AutoMLError` where the table does not fit the settings.
    func experiment(_ record: ExperimentRecord) async throws -> PreparedExperiment {
        try await prepared.value(record.id) { [self] in try await prepare(record.request) }
    }

    /// Runs a trial of the experiment, with what other workers have derived from its data and they with what it does.
    func sharing<Outcome>(
        _ record: ExperimentRecord, _ experiment: PreparedExperiment, learner: String,
        run: () async throws -> Outcome
    ) async rethrows -> Outcome {
        guard let bins, experiment.learners.learner(learner)?.usesBins == true else { return try await run() }
        await bins.fetch(record.request, for: experiment.problem, on: thread)
        let outcome = try await run()
        await bins.offer(record.request, of: experiment.problem, on: thread)
        return outcome
    }

    /// The same without keeping it.
    func prepare(_ request: ExperimentRequest) async throws -> PreparedExperiment {
        let table = try await table(request.datasetID)
        return try await thread.run { [learners] in
            try PreparedExperiment(table, settings: request.settings, learners: learners)
        }
    }

    /// A dataset's table.
    func table(_ id: String) async throws -> Table {
        try await tables.value(id) { [self] in
            guard let record = try await reader.store.dataset(id) else {
                throw PlatformError(.notFound, "there is no dataset \(id)")
            }
            return try await reader.table(record, on: thread)
        }
    }

    /// Lets go of an experiment and of its table, which another experiment would load again.
    func release(_ experimentID: String, datasetID: String?) {
        prepared.remove(experimentID)
        if let datasetID { tables.remove(datasetID) }
        Allocator.giveBackSoon()
    }

    /// How often a prepared experiment was there, was not, and was given up for another.
    var statistics: (hits: Int, misses: Int, evictions: Int) { prepared.statistics }

    func stop() { thread.stop() }
}
