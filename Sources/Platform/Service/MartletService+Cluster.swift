/// What the processes of an installation do.
public struct ClusterStatus: Sendable, Hashable, Codable {
    /// One process that trains.
    public struct Worker: Sendable, Hashable, Codable {
        /// A trial that it trains.
        public struct Trial: Sendable, Hashable, Codable {
            /// The experiment's id.
            public var experimentID: String
            /// The trial's number.
            public var index: Int

            private enum CodingKeys: String, CodingKey {
                case experimentID = "experiment_id"
                case index
            }
        }

        /// Its name.
        public var name: String
        /// Trials it can train at a time.
        public var slots: Int
        /// Trials it trains now.
        public var running: Int
        /// Which these are.
        public var trials: [Trial]
        /// Threads of each slot.
        public var threads: Int
        /// Trials it has done since it was started.
        public var trialsDone: Int
        /// When it was started.
        public var startedAt: Timestamp
        /// How often it had a trial's data in memory.
        public var dataHits: Int
        /// How often it had to prepare a trial's data.
        public var dataMisses: Int
        /// Parts of datasets that it got from the cache.
        public var cacheHits: Int
        /// Parts of datasets that it asked the cache for in vain.
        public var cacheMisses: Int

        private enum CodingKeys: String, CodingKey {
            case name, slots, running, trials, threads
            case trialsDone = "trials_done"
            case startedAt = "started_at"
            case dataHits = "data_hits"
            case dataMisses = "data_misses"
            case cacheHits = "cache_hits"
            case cacheMisses = "cache_misses"
        }

        init(_ message: WorkerMessage) {
            name = message.name
            slots = message.slots
            running = message.running.count
            trials = message.running.map { Trial(experimentID: $0.experimentID, index: $0.index) }
                .sorted { ($0.experimentID, $0.index) < ($1.experimentID, $1.index) }
            threads = message.threads
            trialsDone = message.trialsDone
            startedAt = message.startedAt
            dataHits = message.dataHits
            dataMisses = message.dataMisses
            cacheHits = message.cacheHits
            cacheMisses = message.cacheMisses
        }
    }

    /// The processes that train.
    public var workers: [Worker]
    /// Trials all of them can train at a time.
    public var slots: Int
    /// Trials they train now.
    public var busySlots: Int
    /// Trials given out that no result is there for, those in training included.
    public var queueLag: Int
    /// Experiments under way.
    public var runningExperiments: Int
    /// Experiments that wait for their turn.
    public var queuedExperiments: Int
    /// How the stores answer.
    public var storage: [StoreHealth]
    /// Share of trials that found their data ready in memory, from 0 to 1; null before the first.
    public var dataHitRate: Double?
    /// Share of the parts of datasets that the cache between workers and store had, from 0 to 1; null before the first and
    /// where there is no such cache.
    public var cacheHitRate: Double?

    private enum CodingKeys: String, CodingKey {
        case workers, slots
        case busySlots = "busy_slots"
        case queueLag = "queue_lag"
        case runningExperiments = "running_experiments"
        case queuedExperiments = "queued_experiments"
        case storage
        case dataHitRate = "data_hit_rate"
        case cacheHitRate = "cache_hit_rate"
    }
}

extension MartletService {
    /// What the installation does now.
    /// - Throws: `.unavailable` before the start.
    public func cluster() async throws -> ClusterStatus {
        try requireReady()
        let messages = coordinator.workforce.messages
        let workers = messages.map { ClusterStatus.Worker($0) }
        // What a store that is away would tell counts as nothing: that it is away is what one wants to see then.
        let storage = await StoreHealth.all(stores)
        let unfinished = (try? await stores.experiments.unfinishedExperiments()) ?? []
        let running = unfinished.count { $0.state == .running }
        return ClusterStatus(
            workers: workers, slots: workers.reduce(0) { $0 + $1.slots },
            busySlots: workers.reduce(0) { $0 + $1.running },
            queueLag: (try? await stores.log.lag(of: Topics.trials, group: Topics.workerGroup)) ?? 0,
            runningExperiments: running, queuedExperiments: unfinished.count - running, storage: storage,
            dataHitRate: rate(messages, \.dataHits, \.dataMisses),
            cacheHitRate: rate(messages, \.cacheHits, \.cacheMisses))
    }

    /// Trials that were given up, the newest first.
    /// - Throws: `.invalid` for a cursor that was not given out, `.unavailable` where the log cannot be asked.
    public func deadLetters(limit: Int, cursor: Cursor? = nil) async throws -> Page<DeadLetterRecord> {
        try requireReady()
        return try await stores.log.deadLetters(limit: limit, after: cursor)
    }

    private func rate(
        _ messages: [WorkerMessage], _ hits: KeyPath<WorkerMessage, Int>, _ misses: KeyPath<WorkerMessage, Int>
    ) -> Double? {
        let (hits, misses) = messages.reduce((0, 0)) { ($0.0 + $1[keyPath: hits], $0.1 + $1[keyPath: misses]) }
        return hits + misses == 0 ? nil : Double(hits) / Double(hits + misses)
    }
}
