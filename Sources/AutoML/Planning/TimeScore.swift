/// How the best configuration does on later rows: trained once more on the earlier rows alone, and scored on the latest fifth.
public struct TimeScore: Sendable, Hashable, Codable {
    /// The column of moments.
    public var time: String
    /// The trial whose configuration it is: the best one, or the best member of the best ensemble.
    public var model: String
    /// The metric on the latest rows; nil where it was not taken.
    public var score: Double?
    /// The two ends of the score's interval.
    public var scoreInterval: [Double]?
    /// Rows that it was trained on, the earlier ones.
    public var trainedRows: Int
    /// Rows that it was scored on, the latest ones.
    public var scoredRows: Int
    /// Why there is no score, one line for people.
    public var reason: String?

    enum CodingKeys: String, CodingKey {
        case time, model, score
        case scoreInterval = "score_interval"
        case trainedRows = "trained_rows"
        case scoredRows = "scored_rows"
        case reason
    }
}
