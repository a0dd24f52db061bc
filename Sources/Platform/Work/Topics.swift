internal import AutoML
internal import Foundation

/// The topics between coordinators and workers, and the messages on them: JSON with a version; unknown fields are ignored.
enum Topics {
    /// Trials to train, by experiment and index.
    static let trials = "martlet.trials"
    /// Results of trials, by experiment.
    static let results = "martlet.results"
    /// Experiments that have ended and whose models are to be put together, by experiment.
    static let assembly = "martlet.assembly"
    /// How far trials are, by experiment.
    static let progress = "martlet.progress"
    /// What all workers and coordinators must know at once, by experiment.
    static let control = "martlet.control"
    /// That an experiment has a new event, by experiment.
    static let events = "martlet.events"

    /// The group of all workers on `trials`.
    static let workers = "workers"
    /// The group of all coordinators on `results` and `assembly`.
    static let coordinators = "coordinators"

    /// Makes the topics where they are missing.
    static func create(in log: any MessageLog) async throws {
        try await log.createTopic(trials, partitions: 64, retention: .untilCommitted)
        try await log.createTopic(results, partitions: 16, retention: .untilCommitted)
        try await log.createTopic(assembly, partitions: 16, retention: .untilCommitted)
        for topic in [progress, control, events] {
            try await log.createTopic(topic, partitions: 16, retention: .live)
        }
    }
}

/// A trial for some worker; the rest is in the store.
struct TrialMessage: Sendable, Hashable, Codable {
    var version = 1
    var experimentID: String
    var index: Int

    var key: String { "\(experimentID)/\(index)" }
}

/// How a trial ended.
struct ResultMessage: Sendable, Hashable, Codable {
    var version = 1
    var experimentID: String
    var result: TrialResult
}

/// An experiment with its leaderboard, whose models are to be put together.
struct AssemblyMessage: Sendable, Hashable, Codable {
    var version = 1
    var experimentID: String
}

/// How far a trial is.
struct ProgressMessage: Sendable, Hashable, Codable {
    var version = 1
    var experimentID: String
    var index: Int
    var share: Double
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
}

extension MessageLog {
    func send(_ message: some Encodable, key: String, to topic: String) async throws {
        try await append([UInt8](JSONEncoder().encode(message)), key: key, to: topic)
    }
}

extension Message {
    /// The message read from its payload; nil where it cannot be, so that one bad message does not stop a topic.
    func decoded<Content: Decodable>(_ type: Content.Type = Content.self) -> Content? {
        try? JSONDecoder().decode(Content.self, from: Data(payload))
    }
}
