public import AutoML
internal import Foundation
internal import Synchronization
public import Telemetry

/// Everything a user can ask of Martlet, over ports: datasets, experiments, models. The HTTP API is a thin layer above it.
public final class MartletService: Sendable {
    /// How a service works.
    public struct Options: Sendable, Hashable {
        /// Trials trained at a time by this process; 0 for a process that only coordinates.
        public var slots = 1
        /// Threads of each slot.
        public var threads = ProcessLimits.current.processors
        /// Experiments under way at a time; the others wait in the order they came.
        public var runningExperiments = 1
        /// Where uploads are kept while they are read; made and emptied at the start.
        public var spoolFolder = FileManager.default.temporaryDirectory.path + "/martlet-spool"
        /// Expected bytes, beyond the data, of the trials under way in this process; a trial that would take more than its
        /// slot's share is refused.
        public var memoryLimit = Int.max
        /// The folder whose room metrics tell besides the spool's; nil for none.
        public var dataFolder: String?
        /// Bytes of artifacts whose models are kept in memory for predictions, the last used ones; one stays whatever its
        /// size.
        public var modelCache = 256 << 20
        /// How much of what requests ask for and takes long is done at a time.
        public var longWork = LongWork.Limits()
        /// How long those who watch an experiment may miss news whose message was lost.
        var reminder = Duration.seconds(15)

        /// The defaults: one slot with a thread a processor.
        public init() {}
    }

    /// How the service works.
    public let options: Options
    /// The learners it uses.
    public let learners: LearnerSet
    let stores: Stores
    let pokes = Pokes()
    /// Does what requests ask for and takes long.
    public let longWork: LongWork
    /// Decodes rows and puts models together.
    let serviceThread = WorkThread(name: "martlet-service")
    let data: ExperimentData
    let coordinator: Coordinator
    let worker: Worker?
    let loadedModels: SingleFlightCache<LoadedModel>
    /// Artifacts that are being put together.
    let assemblies = SingleFlightCache<Bool>(capacity: .max)
    /// Explanations as JSON, made one at a time on a thread of their own.
    let explanations = SingleFlightCache<[UInt8]>(bytes: 32 << 20) { $0.count }
    let explanationThread = WorkThread(name: "martlet-explanations")
    private let sampler: StoreSampler
    private let crashes: CrashRecord?
    private let log: Logger
    private let lifecycle = Mutex(Lifecycle())

    private struct Lifecycle {
        enum Phase {
            case new, starting, ready, ended
        }
        var phase = Phase.new
        var startedAt = Timestamp.now()
        var watcher: (any MessageConsumer)?
        var watching: _Concurrency.Task<Void, Never>?
    }

    /// A service over these ports; it does nothing before it is started.
    /// - Parameter crashes: where it finds how the process before ended, and takes down how this one does; for a process
    ///   that does it all.
    public init(
        stores: Stores, options: Options = Options(), learners: LearnerSet = .standard, crashes: CrashRecord? = nil,
        instruments: Instruments = Instruments()
    ) {
        self.crashes = crashes
        log = instruments.log
        let (solitude, pauses) = (Solitude(), Pauses(instruments))
        self.stores = stores
        self.options = options
        self.learners = learners
        longWork = LongWork(options.longWork)
        let slots = max(0, options.slots)
        let threads = max(1, options.threads)
        data = ExperimentData(
            stores: stores, learners: learners, capacity: max(1, options.runningExperiments) + 1,
            metrics: instruments.metrics)
        coordinator = Coordinator(
            stores: stores, data: data,
            options: .init(
                runningExperiments: options.runningExperiments, threads: threads, memory: options.memoryLimit,
                settling: stores.isShared ? Workforce.settling : 0), solitude: solitude, pauses: pauses,
            instruments: instruments)
        worker =
            slots > 0
            ? Worker(
                name: WorkerName.make(), stores: stores, data: data, ownsData: false,
                capacity: .init(slots: slots, threads: threads, memory: options.memoryLimit), solitude: solitude,
                isOnly: !stores.isShared, crashes: crashes, pauses: pauses, instruments: instruments) : nil
        var volumes = ["spool": options.spoolFolder]
        volumes["data"] = options.dataFolder
        sampler = StoreSampler(stores, volumes: volumes, instruments)
        loadedModels = SingleFlightCache(bytes: options.modelCache) { $0.bytes }
        instruments.metrics.collect([
            PlatformMetrics.modelCacheRequests, PlatformMetrics.modelCacheBytes, PlatformMetrics.modelCacheEvictions,
        ]) { [loadedModels] collection in
            let statistics = loadedModels.statistics
            collection.add(PlatformMetrics.modelCacheRequests, ["hit"], statistics.hits)
            collection.add(PlatformMetrics.modelCacheRequests, ["miss"], statistics.misses)
            collection.add(PlatformMetrics.modelCacheEvictions, statistics.evictions)
            collection.add(PlatformMetrics.modelCacheBytes, loadedModels.bytes)
        }
    }

    /// Where the caller keeps an upload while it is read; there once the service is started.
    public var spoolFolder: String { options.spoolFolder }

    /// Whether the service is started and not shut down.
    public var isReady: Bool { lifecycle.withLock { $0.phase == .ready } }

    /// When the service was started.
    public var startedAt: Timestamp { lifecycle.withLock { $0.startedAt } }

    /// Makes topics and spool, clears what interrupted uploads left, and resumes experiments that have not ended. To be
    /// called once.
    public func start() async throws {
        let isFirst = lifecycle.withLock { lifecycle in
            guard lifecycle.phase == .new else { return false }
            lifecycle.phase = .starting
            lifecycle.startedAt = .now()
            return true
        }
        guard isFirst else { throw PlatformError(.conflict, "the service was started before") }
        try prepareSpool()
        // Where others use the stores, what was begun lately may be under way with them.
        try await stores.datasets.removeIncomplete(begunBefore: .now().adding(seconds: stores.isShared ? -86_400 : 0))
        try await Topics.create(in: stores.log)
        if let crashes, let worker {
            if let crash = crashes.previous {
                try await Autopsy(experiments: stores.experiments, log: log).run(crash)
            }
            crashes.arm(worker: worker.name)
        }
        let watcher = try await stores.log.watcher(of: Topics.events)
        let watching = _Concurrency.Task { [pokes, reminder = options.reminder] in
            // News whose message was lost is found a little later.
            let reminding = _Concurrency.Task {
                while (try? await _Concurrency.Task.sleep(for: reminder)) != nil { pokes.pokeAll() }
            }
            while let message = try? await watcher.next() { pokes.poke(message.key) }
            reminding.cancel()
        }
        lifecycle.withLock { lifecycle in
            lifecycle.watcher = watcher
            lifecycle.watching = watching
        }
        try await coordinator.start()
        try await worker?.start()
        lifecycle.withLock { $0.phase = .ready }
        sampler.start()
    }

    /// Ends gracefully: experiments are left to be resumed by the next start, and running trials are handed back. Event
    /// streams end. The stores are closed.
    public func shutdown() async {
        let (watcher, watching) = lifecycle.withLock { lifecycle in
            lifecycle.phase = .ended
            return (lifecycle.watcher, lifecycle.watching)
        }
        sampler.stop()
        await worker?.stop()
        await coordinator.stop()
        await watcher?.close()
        await watching?.value
        pokes.finish()
        data.stop()
        longWork.stop()
        serviceThread.stop()
        explanationThread.stop()
        await stores.close()
    }

    /// Lets go of what can be had again, and stops a trial, because the process's memory runs short.
    public func relieve() {
        loadedModels.removeAll()
        explanations.removeAll()
        worker?.relieve()
        Allocator.giveBackSoon()
    }

    func requireReady() throws {
        guard isReady else { throw PlatformError(.unavailable, "the service is not ready") }
    }

    private func prepareSpool() throws {
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: spoolFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for name in try files.contentsOfDirectory(atPath: spoolFolder) {
                try files.removeItem(atPath: spoolFolder + "/" + name)
            }
        } catch {
            throw PlatformError(
                .unavailable, "the folder for uploads \(spoolFolder) cannot be used: \(error.localizedDescription)")
        }
    }
}
