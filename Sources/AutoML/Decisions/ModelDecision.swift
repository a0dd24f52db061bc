/// How a model decides between classes.
public struct ModelDecision: Sendable, Hashable {
    /// The probability of the second class above which it is predicted; binary only.
    public var threshold: Double?
    /// What each class's probability is multiplied by before the largest decides; nil for ones.
    public var weights: [Double]?
    /// Why the threshold is not what was asked for; nil where it is.
    public var note: String?
}
