internal import AutoML

/// A trial that was given up: workers began it time and again, and none came to its end.
public struct DeadLetterRecord: Sendable, Hashable, Codable {
    /// That a worker began the trial.
    public struct Start: Sendable, Hashable, Codable {
        /// The worker's name.
        public var worker: String
        /// When it began, by its own clock; nil where that is not known.
        public var beganAt: Timestamp?
        /// What the worker could not do, in one line; nil where nothing was heard of it again.
        public var failure: String?

        private enum CodingKeys: String, CodingKey {
            case worker
            case beganAt = "began_at"
            case failure
        }
    }

    /// When it was given up.
    public var at: Timestamp
    /// The experiment's id.
    public var experimentID: String
    /// The trial's number.
    public var trial: Int
    /// The learner's name.
    public var learner: String
    /// Why it was given up, in one line.
    public var reason: String
    /// Who began it, the first one first.
    public var starts: [Start]

    private enum CodingKeys: String, CodingKey {
        case at
        case experimentID = "experiment_id"
        case trial, learner, reason, starts
    }

    init(_ letter: DeadLetter) {
        at = letter.at
        experimentID = letter.trial.experimentID
        trial = letter.trial.index
        learner = letter.spec.learner
        reason = letter.reason
        // Letters of versions that did not tell more name the workers.
        starts = letter.starts ?? letter.workers.map { Start(worker: $0) }
    }
}

extension DeadLetterRecord.Start {
    /// The starts of a trial with what workers said of them, in the order in which they failed.
    static func all(of starts: [TrialStart], _ failures: [TrialFailure]) -> [DeadLetterRecord.Start] {
        var failures = failures
        return starts.sorted { $0.id < $1.id }.map { start in
            let place = failures.firstIndex { $0.worker == start.worker }
            let failure = place.map { failures.remove(at: $0) }
            return .init(worker: start.worker, beganAt: Identifier.time(of: start.id), failure: failure?.reason)
        }
    }
}

extension MessageLog {
    /// Trials that were given up, the newest first, as far back as the log keeps them.
    /// - Throws: `.invalid` for a cursor that was not given out.
    public func deadLetters(limit: Int, after cursor: Cursor?) async throws -> Page<DeadLetterRecord> {
        let offset = try cursor.map { cursor in
            guard let offset = Int64(try cursor.position()), offset >= 0 else { throw Cursor.unknown }
            return offset
        }
        let messages = try await newest(
            limit + 1, of: Topics.deadLetters, partition: Topics.deadLetterPartition, before: offset)
        let page = Page(sorted: messages.map { ("\($0.offset)", $0) }, limit: limit)
        // Whose message came to two workers, both gave up.
        var seen: Set<TrialKey> = []
        let letters = page.items.compactMap { $0.decoded(DeadLetter.self) }.filter { seen.insert($0.trial).inserted }
        return Page(items: letters.map(DeadLetterRecord.init), nextCursor: page.nextCursor)
    }
}
