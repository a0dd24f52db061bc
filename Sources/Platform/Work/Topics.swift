internal import Foundation
internal import Telemetry

/// The topics between coordinators and workers.
enum Topics {
    /// Trials to train, by experiment and index; a coordinator puts each into a partition of the worker that is to train it.
    static let trials = "martlet.trials"
    /// What the coordinator of an experiment must know: that it was submitted, and how its trials ended; by experiment.
    /// Whoever owns the experiment's partition coordinates it.
    static let results = "martlet.results"
    /// Experiments that have ended and whose models are to be put together, by experiment.
    static let assembly = "martlet.assembly"
    /// Trials that were given up, by experiment and index, for people to look at.
    static let deadLetters = "martlet.dead-letters"
    /// How far trials are, by experiment.
    static let progress = "martlet.progress"
    /// What workers do, by worker.
    static let workers = "martlet.workers"
    /// What all workers and coordinators must know at once, by experiment.
    static let control = "martlet.control"
    /// That an experiment has a new event, by experiment.
    static let events = "martlet.events"

    /// The group of all workers on `trials`.
    static let workerGroup = "martlet-workers"
    /// The group of all coordinators on `results` and `assembly`.
    static let coordinatorGroup = "martlet-coordinators"

    /// Partitions of `trials`: the most workers that can share the work.
    static let trialPartitions = 64
    /// Partitions of `results` and `assembly`: the most masters that can share the experiments.
    static let experimentPartitions = 16

    /// The one partition of `deadLetters`, so that they have an order.
    static let deadLetterPartition = 0

    /// The partition of `results` whose owner coordinates the experiment.
    static func partition(of experimentID: String) -> Int {
        Message.partition(ofKey: experimentID, count: experimentPartitions)
    }

    /// Makes the topics where they are missing.
    static func create(in log: any MessageLog) async throws {
        try await log.createTopic(trials, partitions: trialPartitions, retention: .untilCommitted)
        for topic in [results, assembly] {
            try await log.createTopic(topic, partitions: experimentPartitions, retention: .untilCommitted)
        }
        try await log.createTopic(deadLetters, partitions: 1, retention: .untilCommitted)
        for topic in [progress, workers, control, events] {
            try await log.createTopic(topic, partitions: 4, retention: .live)
        }
    }
}

extension MessageLog {
    func send(_ message: some Encodable, key: String, to topic: String, partition: Int? = nil) async throws {
        try await append(
            [UInt8](JSONEncoder().encode(message)), key: key, to: topic, partition: partition,
            headers: SpanContext.current?.headers ?? [:])
    }
}

extension Message {
    /// The message read from its payload; nil where it cannot be, so that one bad message does not stop a topic.
    func decoded<Content: Decodable>(_ type: Content.Type = Content.self) -> Content? {
        try? JSONDecoder().decode(Content.self, from: Data(payload))
    }
}
