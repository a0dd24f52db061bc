public import AutoML

/// An experiment's leaderboard with the models' ids; in JSON as `--leaderboard` writes it, each entry with `model_id`.
public struct LeaderboardRecord: Sendable, Hashable, Encodable {
    /// The experiment's id.
    public let experimentID: String
    /// Its models, best first, then trials without one.
    public let leaderboard: Leaderboard

    /// The model of an entry; nil where it has none.
    public func modelID(of entry: Leaderboard.Entry) -> String? {
        entry.rank == nil ? nil : ModelNames.model(of: experimentID, entry)
    }

    private enum CodingKeys: String, CodingKey {
        case experimentID = "experiment_id"
        case task, metric
        case greaterIsBetter = "greater_is_better"
        case entries
        case memoryCut = "memory_cut"
        case note
        case timeScore = "time_score"
    }

    private struct Entry: Encodable {
        let entry: Leaderboard.Entry
        let modelID: String?

        enum CodingKeys: String, CodingKey {
            case modelID = "model_id"
        }

        func encode(to encoder: any Encoder) throws {
            try entry.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(modelID, forKey: .modelID)
        }
    }

    /// Writes one JSON object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(experimentID, forKey: .experimentID)
        try container.encode(leaderboard.task, forKey: .task)
        try container.encode(leaderboard.metric, forKey: .metric)
        try container.encode(leaderboard.greaterIsBetter, forKey: .greaterIsBetter)
        try container.encode(
            leaderboard.entries.map { Entry(entry: $0, modelID: modelID(of: $0)) }, forKey: .entries)
        try container.encodeIfPresent(leaderboard.memoryCut, forKey: .memoryCut)
        try container.encodeIfPresent(leaderboard.note, forKey: .note)
        try container.encodeIfPresent(leaderboard.timeScore, forKey: .timeScore)
    }
}
