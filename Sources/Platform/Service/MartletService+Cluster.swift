/// What the processes of an installation do.
public struct ClusterStatus: Sendable, Hashable, Codable {
    /// One process that trains.
    public struct Worker: Sendable, Hashable, Codable {
        /// Its name.
        public var name: String
        /// Trials it can train at a time.
        public var slots: Int
        /// Trials it trains now.
        public var running: Int
        /// Threads of each slot.
        public var threads: Int
        /// Trials it has done since it was started.
        public var trialsDone: Int
        /// When it was started.
        public var startedAt: Timestamp

        private enum CodingKeys: String, CodingKey {
            case name, slots, running, threads
            case trialsDone = "trials_done"
            case startedAt = "started_at"
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
    /// Share of trials that found their data ready in memory, from 0 to 1; null before the first.
    public var cacheHitRate: Double?

    private enum CodingKeys: String, CodingKey {
        case workers, slots
        case busySlots = "busy_slots"
        case queueLag = "queue_lag"
        case runningExperiments = "running_experiments"
        case queuedExperiments = "queued_experiments"
        case cacheHitRate = "cache_hit_rate"
    }
}

extension MartletService {
    /// What the installation does now.
    /// - Throws: `.unavailable` before the start.
    public func cluster() async throws -> ClusterStatus {
        try requireReady()
        let workers =
            worker.map {
                [
                    ClusterStatus.Worker(
                        name: "local", slots: options.slots, running: $0.runningCount, threads: options.threads,
                        trialsDone: $0.trialsDone, startedAt: startedAt)
                ]
            } ?? []
        let experiments = coordinator.counts
        let (hits, misses) = data.statistics
        return ClusterStatus(
            workers: workers, slots: workers.reduce(0) { $0 + $1.slots },
            busySlots: workers.reduce(0) { $0 + $1.running },
            queueLag: try await stores.log.lag(of: Topics.trials, group: Topics.workers),
            runningExperiments: experiments.running, queuedExperiments: experiments.waiting,
            cacheHitRate: hits + misses == 0 ? nil : Double(hits) / Double(hits + misses))
    }
}
