public import AutoML
internal import Foundation
public import Telemetry

/// A process that does nothing but train: takes trials from the log, reads data through the cache, and reports.
public final class MartletWorker: Sendable {
    /// How a worker works.
    public struct Options: Sendable, Hashable {
        /// Trials trained at a time.
        public var slots = 1
        /// Threads of each slot.
        public var threads = ProcessLimits.current.processors
        /// Expected bytes, beyond the data, of the trials under way; one that would take more than its slot's share is
        /// refused, and goes to a worker with more.
        public var memoryLimit = Int.max
        /// Prepared datasets kept in memory.
        public var datasets = 3
        /// Seconds that running trials get to end when the worker is stopped; then they are handed back.
        public var grace = 20.0

        /// The defaults: one slot with a thread a processor.
        public init() {}
    }

    /// Its name among all workers, made at the start.
    public let name: String
    private let stores: Stores
    private let options: Options
    private let data: ExperimentData
    private let worker: Worker
    private let sampler: StoreSampler

    /// A worker over these ports; it does nothing before it is started.
    public init(
        stores: Stores, options: Options = Options(), learners: LearnerSet = .standard,
        instruments: Instruments = Instruments()
    ) {
        self.stores = stores
        self.options = options
        name = WorkerName.make()
        data = ExperimentData(
            stores: stores, learners: learners, capacity: options.datasets, sharesBins: true,
            metrics: instruments.metrics)
        worker = Worker(
            name: name, stores: stores, data: data, ownsData: true,
            capacity: .init(
                slots: max(1, options.slots), threads: max(1, options.threads), memory: options.memoryLimit),
            pauses: Pauses(instruments), instruments: instruments)
        sampler = StoreSampler(stores, volumes: nil, instruments)
    }

    /// Makes the topics that are missing, and begins to take trials. To be called once.
    public func start() async throws {
        try await Topics.create(in: stores.log)
        try await worker.start()
        sampler.start()
    }

    /// Whether it takes trials: it has been started, and is not being stopped.
    public var isReady: Bool { worker.isReady }

    /// Stops a trial, because the process's memory runs short.
    public func relieve() {
        worker.relieve()
        Allocator.giveBackSoon()
    }

    /// Takes no more trials, lets running ones end within the grace, hands back the others, and closes the stores.
    public func shutdown() async {
        sampler.stop()
        await worker.stop(grace: options.grace)
        data.stop()
        await stores.close()
    }
}
