internal import AutoML

// The messages on the topics: JSON with a version. Who reads ignores fields it does not know, and messages of a kind it does
// not know; a new field is optional or has a default.

/// Which trial of which experiment.
struct TrialKey: Sendable, Hashable, Codable, CustomStringConvertible {
    var experimentID: String
    var index: Int

    var description: String { "\(experimentID)/\(index)" }

    private enum CodingKeys: String, CodingKey {
        case experimentID = "experiment_id"
        case index
    }
}

/// A trial for a worker; the rest is in the store.
struct TrialMessage: Sendable, Hashable, Codable {
    var version = 1
    var trial: TrialKey
    /// Which workers failed at it before, and why.
    var failures: [TrialFailure]?
}

/// That a worker could not run a trial, or not store what it gave.
struct TrialFailure: Sendable, Hashable, Codable {
    var worker: String
    /// Why, in one line, where the worker said.
    var reason: String?
}

/// News for an experiment's coordinator.
struct ReportMessage: Sendable, Hashable, Codable {
    enum Kind: String, Sendable, Hashable, Codable {
        /// The experiment was accepted.
        case submitted
        /// A trial ended.
        case result
        /// A worker has too little memory for a trial.
        case refused
        /// A worker could not run a trial, or not store what it gave.
        case failed
    }

    var version = 1
    var kind: Kind
    var experimentID: String
    /// The trial's number, unless the experiment was just submitted.
    var index: Int?
    /// How the trial ended.
    var result: TrialResult?
    /// Who refused or failed.
    var worker: String?
    /// Bytes that the trial was expected to need.
    var bytes: Int?
    /// Why it failed, in one line.
    var reason: String?

    private enum CodingKeys: String, CodingKey {
        case version, kind
        case experimentID = "experiment_id"
        case index, result, worker, bytes, reason
    }
}

/// An experiment with its leaderboard, whose models are to be put together.
struct AssemblyMessage: Sendable, Hashable, Codable {
    var version = 1
    var experimentID: String

    private enum CodingKeys: String, CodingKey {
        case version
        case experimentID = "experiment_id"
    }
}

/// A trial that was given up.
struct DeadLetter: Sendable, Hashable, Codable {
    var version = 1
    var trial: TrialKey
    var spec: TrialSpec
    /// The workers that began it, in no order.
    var workers: [String]
    var reason: String
    var at: Timestamp
    /// When each began it and how that ended, the first one first.
    var starts: [DeadLetterRecord.Start]?
}

/// How far a trial is.
struct ProgressMessage: Sendable, Hashable, Codable {
    var version = 1
    var trial: TrialKey
    /// From 0 to 1.
    var share: Double
}

/// What a worker is and does.
struct WorkerMessage: Sendable, Hashable, Codable {
    var version = 1
    var name: String
    var startedAt: Timestamp
    /// Trials it trains at a time, and the threads of each.
    var slots: Int
    var threads: Int
    /// Expected bytes of the largest trial it takes.
    var trialMemory: Int
    /// The partitions of the trials topic that are its own.
    var partitions: Set<Int>
    /// Trials it trains now.
    var running: [TrialKey]
    /// Trials it has taken and trains next.
    var waiting: [TrialKey]?
    /// Trials it has done since its start.
    var trialsDone: Int
    /// How often it had a trial's data in memory, and had not.
    var dataHits: Int
    var dataMisses: Int
    /// How often the cache between workers and store had a part, and had not.
    var cacheHits: Int
    var cacheMisses: Int
    /// Whether it takes no more trials.
    var isLeaving: Bool

    private enum CodingKeys: String, CodingKey {
        case version, name
        case startedAt = "started_at"
        case slots, threads
        case trialMemory = "trial_memory"
        case partitions, running, waiting
        case trialsDone = "trials_done"
        case dataHits = "data_hits"
        case dataMisses = "data_misses"
        case cacheHits = "cache_hits"
        case cacheMisses = "cache_misses"
        case isLeaving = "is_leaving"
    }
}

extension WorkerMessage {
    /// Trials that it has taken and not ended.
    var held: [TrialKey] { running + (waiting ?? []) }
}

/// Something that all must know about an experiment.
struct ControlMessage: Sendable, Hashable, Codable {
    enum Command: String, Sendable, Hashable, Codable {
        /// Someone asked for its end.
        case cancel
        /// It has ended; what is kept for it can go.
        case ended
    }

    var version = 1
    var experimentID: String
    var command: Command

    private enum CodingKeys: String, CodingKey {
        case version
        case experimentID = "experiment_id"
        case command
    }
}
