/// One of the things a planner chooses between: a name, its space, what a trial costs and how much is expected of it.
public struct Arm: Sendable {
    /// The name, distinct among the arms.
    public let name: String
    /// What may be varied, and the portfolio.
    public let space: SearchSpace
    /// How much is expected of it before anything is known, above 0; it orders the portfolios.
    public let merit: Double
    /// The cost of a trial before any was measured, in any unit that all arms share.
    public let cost: @Sendable (Configuration) -> Double

    /// An arm of these parts.
    public init(
        name: String, space: SearchSpace, merit: Double, cost: @escaping @Sendable (Configuration) -> Double
    ) {
        self.name = name
        self.space = space
        self.merit = merit
        self.cost = cost
    }
}

/// What to try next.
public struct Proposal: Sendable, Hashable {
    /// The arm's name.
    public var arm: String
    /// Its configuration, every parameter named.
    public var configuration: Configuration

    /// A proposal of these parts.
    public init(arm: String, configuration: Configuration) {
        self.arm = arm
        self.configuration = configuration
    }
}

/// How a proposal fared.
public struct Observation: Sendable, Hashable {
    /// What was tried.
    public var proposal: Proposal
    /// Its loss, lower is better; nil if it failed.
    public var loss: Double?
    /// What it cost, in the arms' unit.
    public var cost: Double

    /// An observation of these parts.
    public init(proposal: Proposal, loss: Double?, cost: Double) {
        self.proposal = proposal
        self.loss = loss
        self.cost = cost
    }
}
