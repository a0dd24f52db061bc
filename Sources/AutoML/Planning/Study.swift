import Learners
import Search

/// The plan of an experiment as it unfolds: which trials there are, which have ended, what to try next. It does no input or
/// output and reads no clock.
///
/// With a budget in trials, trial *k* depends on the seed and on the results of trials up to *k* − `lookAhead` alone, so
/// any number of workers finishing in any order are given the same trials. With a budget in time it uses every result
/// that there is, and what is left of the time.
public struct Study: Sendable {
    /// Results later than this many trials before a trial do not touch it, where the budget counts trials.
    public static let lookAhead = 8

    /// What an experiment with a time budget knows of its time.
    public struct Clock: Sendable, Hashable {
        /// Seconds left for training.
        public var secondsLeft: Double
        /// Threads that a trial's folds share.
        public var threadsPerTrial: Int

        /// A reading of the clock.
        public init(secondsLeft: Double, threadsPerTrial: Int = 1) {
            self.secondsLeft = secondsLeft
            self.threadsPerTrial = threadsPerTrial
        }
    }

    /// The experiment.
    public let experiment: PreparedExperiment
    /// The trials proposed so far, in the order of their indices.
    public private(set) var specs: [TrialSpec] = []
    /// The result of each proposed trial; nil for one that has not ended.
    public private(set) var results: [TrialResult?] = []
    /// Whether no trial is left to propose.
    public private(set) var isExhausted = false

    /// The share of a time budget that one trial may be expected to take.
    private static let shareOfBudget = 0.15

    private let planner: Planner
    let spaces: [String: SearchSpace]
    private var proposals: [Proposal] = []

    /// The plan of `experiment`, before any trial.
    public init(_ experiment: PreparedExperiment) {
        self.experiment = experiment
        var arms: [Arm] = []
        var spaces: [String: SearchSpace] = [:]
        // Where a user asks for none but unsuitable learners, their trials say why they fail.
        let suitable = experiment.learners.all.filter { $0.isSuitable(for: experiment.task) }
        for learner in suitable.isEmpty ? experiment.learners.all : suitable {
            let shape = experiment.shape
            let space = learner.searchSpace(for: shape)
            spaces[learner.name] = space
            arms.append(
                Arm(name: learner.name, space: space, merit: Study.merit(of: learner.name)) {
                    learner.estimatedSeconds(for: shape, $0)
                })
        }
        self.spaces = spaces
        planner = Planner(arms: arms, seed: experiment.seed.child("study"))
    }

    /// The plan of `experiment` as it stood: trials proposed before, in the order of their indices, and results so far.
    public init(_ experiment: PreparedExperiment, resuming specs: [TrialSpec], results: [TrialResult]) {
        self.init(experiment)
        for (index, spec) in specs.enumerated() where spec.index == index {
            var spec = spec
            spec.configuration = spaces[spec.learner]?.normalized(spec.configuration) ?? spec.configuration
            append(spec)
        }
        for result in results { record(result) }
    }

    /// Trials that have ended, in the order of their indices.
    public var endedResults: [TrialResult] { results.compactMap { $0 } }

    /// Trials proposed whose results are not there yet.
    public var openSpecs: [TrialSpec] { specs.filter { results[$0.index] == nil } }

    /// Whether all trials that there will be have ended; with a budget in time only if nothing is left to try.
    public var isComplete: Bool {
        guard results.allSatisfy({ $0 != nil }) else { return false }
        if case .trials(let count) = experiment.settings.budget, specs.count >= count { return true }
        return isExhausted
    }

    /// Up to `limit` new trials. With a budget in time `clock` is needed, and a trial expected to take longer than is left
    /// is not proposed; with a budget in trials `clock` is ignored.
    public mutating func propose(limit: Int = .max, clock: Clock? = nil) -> [TrialSpec] {
        let first = specs.count
        while specs.count - first < limit, let spec = next(clock) { append(spec) }
        return Array(specs[first...])
    }

    /// Takes a result in; of two results of one trial the first counts, and those of unknown trials are ignored.
    public mutating func record(_ result: TrialResult) {
        guard results.indices.contains(result.index), results[result.index] == nil else { return }
        var result = result
        result.configuration = specs[result.index].configuration
        results[result.index] = result
    }

    private mutating func append(_ spec: TrialSpec) {
        specs.append(spec)
        results.append(nil)
        proposals.append(Proposal(arm: spec.learner, configuration: spec.configuration))
    }

    private mutating func next(_ clock: Clock?) -> TrialSpec? {
        let index = specs.count
        var limit: Double?
        let proposal: Proposal?
        switch experiment.settings.budget {
        case .trials(let count):
            let known = max(0, index - Study.lookAhead + 1)
            guard index < count, !isExhausted, results[..<known].allSatisfy({ $0 != nil }) else { return nil }
            proposal = planner.propose(
                index, before: proposals, observations: observations(upTo: known, measured: false))
            if proposal == nil { isExhausted = true }
        case .seconds:
            guard let clock, clock.secondsLeft > 0 else { return nil }
            limit = clock.secondsLeft
            let pace = pace()
            proposal = planner.propose(
                index, before: proposals, observations: observations(upTo: index, measured: true)
            ) { index == 0 || isAffordable($0, pace, clock) }
        }
        guard let proposal else { return nil }
        return TrialSpec(
            index: index, learner: proposal.arm, configuration: proposal.configuration,
            seed: experiment.seed.child("trial", index), timeLimitSeconds: limit)
    }

    private func observations(upTo count: Int, measured: Bool) -> [Observation] {
        (0..<count).compactMap { index in
            guard let result = results[index] else { return nil }
            let cost = measured ? result.fitSeconds : expectedSeconds(proposals[index])
            return Observation(
                proposal: proposals[index], loss: result.score.map { experiment.metric.loss($0) },
                cost: max(cost, 1e-6))
        }
    }

    /// Seconds on one thread, all folds together, by the learner's own estimate.
    private func expectedSeconds(_ proposal: Proposal) -> Double {
        let learner = experiment.learners.learner(proposal.arm)
        let one = learner?.estimatedSeconds(for: experiment.shape, proposal.configuration) ?? 0
        return one * Double(experiment.validation.splitCount)
    }

    /// Seconds on the wall, corrected by what the learner's trials took so far.
    private func expectedSeconds(_ proposal: Proposal, _ pace: [String: Double], _ clock: Clock) -> Double {
        let folds = experiment.validation.splitCount
        let used = min(clock.threadsPerTrial, folds)
        let rounds = Double((folds + used - 1) / used) / Double(folds)
        return expectedSeconds(proposal) * (pace[proposal.arm] ?? pace[""] ?? 1) * rounds
    }

    /// Whether it is expected to end in time, or to have something to show at least.
    private func isAffordable(_ proposal: Proposal, _ pace: [String: Double], _ clock: Clock) -> Bool {
        guard case .seconds(let budget) = experiment.settings.budget else { return true }
        if experiment.learners.learner(proposal.arm)?.keepsPartialModels == true, clock.secondsLeft > 0.15 * budget {
            return true
        }
        let seconds = expectedSeconds(proposal, pace, clock)
        return seconds <= clock.secondsLeft && seconds <= Study.shareOfBudget * budget
    }

    /// For each learner, measured by estimated seconds; under the empty name that of all.
    private func pace() -> [String: Double] {
        var measured: [String: Double] = [:]
        var estimated: [String: Double] = [:]
        for case let result? in results where result.status == .completed {
            let estimate = expectedSeconds(proposals[result.index])
            for name in [result.learner, ""] {
                measured[name, default: 0] += result.fitSeconds + result.predictSeconds
                estimated[name, default: 0] += estimate
            }
        }
        return estimated.filter { $0.value > 0 }.mapValues { $0 }.merging(measured) { $1 / $0 }
    }

    /// What is expected of a learner on a table nothing is known of, relative to boosting.
    private static func merit(of learner: String) -> Double {
        switch learner {
        case "gradient_boosting": 1
        case "extra_trees", "random_forest": 0.45
        case "linear": 0.35
        case "k_nearest_neighbors": 0.2
        case "gaussian_naive_bayes", "decision_tree": 0.1
        default: 0.3
        }
    }
}
