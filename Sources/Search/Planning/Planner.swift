import Foundation

/// Decides what to try: the arms' portfolios first, interleaved by what is expected of them, then search where improvement
/// is likely to cost least.
///
/// A proposal depends on its index, the seed, the proposals before it and the observations given, and on nothing else.
public struct Planner: Sendable {
    /// The arms; at least one, in a fixed order.
    public let arms: [Arm]
    private let seed: Seed
    private let portfolio: [Proposal]

    /// Draws after which an arm is held to have nothing new.
    private static let mostDraws = 40
    /// Failures without any success after which an arm is left alone.
    private static let mostFailures = 2
    /// Trials that show whether an arm can keep up.
    private static let enoughTrials = 3
    /// An arm whose least loss is so many times that of the best is left alone.
    private static let hopelessRatio = 1.25

    /// A planner over `arms`.
    public init(arms: [Arm], seed: Seed) {
        precondition(!arms.isEmpty, "a planner needs an arm")
        self.arms = arms
        self.seed = seed
        portfolio = Planner.interleave(arms)
    }

    /// What to try as number `index`; nil when nothing new is left.
    ///
    /// - Parameters:
    ///   - before: all earlier proposals, whose configurations are not proposed again.
    ///   - observations: how some of them fared.
    ///   - isAffordable: refuses what cannot be tried now.
    public func propose(
        _ index: Int, before: [Proposal], observations: [Observation],
        isAffordable: (Proposal) -> Bool = { _ in true }
    ) -> Proposal? {
        let tried = Set(before)
        let hopeless = hopelessArms(observations)
        for entry in portfolio
        where !tried.contains(entry) && !hopeless.contains(entry.arm) && isAffordable(entry) { return entry }
        var random = seed.child("proposal", index).generator()
        var open = arms.filter { !hopeless.contains($0.name) && !$0.space.parameters.isEmpty }
        while !open.isEmpty {
            let chosen = choose(open, observations, &random)
            let arm = open[chosen]
            if let found = draw(arm, tried, observations, &random, isAffordable) { return found }
            open.remove(at: chosen)
        }
        return nil
    }

    /// The cheapest head of a portfolio, so that there is a model soon; then all entries in the order of their place in
    /// their portfolio divided by their arm's merit.
    private static func interleave(_ arms: [Arm]) -> [Proposal] {
        var entries: [(proposal: Proposal, key: Double, arm: Int)] = []
        for (number, arm) in arms.enumerated() {
            for (place, configuration) in arm.space.portfolio.enumerated() {
                let proposal = Proposal(arm: arm.name, configuration: arm.space.completed(configuration))
                if entries.contains(where: { $0.proposal == proposal }) { continue }
                entries.append((proposal, Double(place + 1) / arm.merit, number))
            }
        }
        entries.sort { ($0.key, $0.arm) < ($1.key, $1.arm) }
        var heads: [(index: Int, cost: Double)] = []
        for arm in arms {
            guard let index = entries.firstIndex(where: { $0.proposal.arm == arm.name }) else { continue }
            heads.append((index, arm.cost(entries[index].proposal.configuration)))
        }
        if let cheapest = heads.min(by: { $0.cost < $1.cost }) {
            entries.insert(entries.remove(at: cheapest.index), at: 0)
        }
        return entries.map(\.proposal)
    }

    /// Arms that only fail, and those far behind the best after a few trials.
    private func hopelessArms(_ observations: [Observation]) -> Set<String> {
        var failures: [String: Int] = [:]
        var trials: [String: Int] = [:]
        var least: [String: Double] = [:]
        for observation in observations {
            let arm = observation.proposal.arm
            guard let loss = observation.loss else {
                failures[arm, default: 0] += 1
                continue
            }
            trials[arm, default: 0] += 1
            least[arm] = min(least[arm] ?? .infinity, loss)
        }
        let limit = (least.values.min() ?? 0) * Planner.hopelessRatio
        let behind = least.filter { $0.value > limit && trials[$0.key, default: 0] >= Planner.enoughTrials }
        let failing = failures.filter { $0.value >= Planner.mostFailures && least[$0.key] == nil }
        return Set(behind.keys).union(failing.keys)
    }

    /// An arm, the more likely the less an improvement is expected to cost (Wang et al. 2021, FLAML).
    private func choose(_ open: [Arm], _ observations: [Observation], _ random: inout RandomSource) -> Int {
        let best = observations.compactMap(\.loss).min() ?? 0
        let chances = open.map { 1 / costOfImprovement($0, observations, best: best) }
        var point = random.unit() * chances.reduce(0, +)
        for (index, chance) in chances.enumerated() {
            point -= chance
            if point < 0 { return index }
        }
        return open.count - 1
    }

    private func costOfImprovement(_ arm: Arm, _ observations: [Observation], best: Double) -> Double {
        var spent = 0.0
        var lowest: (loss: Double, at: Double)?
        var previous: (loss: Double, at: Double)?
        var last = arm.cost(arm.space.defaults)
        for observation in observations where observation.proposal.arm == arm.name {
            spent += observation.cost
            last = observation.cost
            guard let loss = observation.loss else { continue }
            if loss < lowest?.loss ?? .infinity {
                previous = lowest
                lowest = (loss, spent)
            }
        }
        let least = max(1e-9, last)
        guard let lowest else { return least }
        let sinceBest = spent - lowest.at
        let betweenBests = lowest.at - (previous?.at ?? 0)
        var cost = max(least, sinceBest, betweenBests)
        // An arm that is behind has to make up for it at the pace of its last improvement.
        let gap = lowest.loss - best
        if gap > 0 {
            let pace = (previous.map { $0.loss - lowest.loss } ?? lowest.loss) / max(least, spent)
            cost = max(cost, min(1e6 * least, 2 * gap / max(pace, 1e-12)))
        }
        return cost
    }

    private func draw(
        _ arm: Arm, _ tried: Set<Proposal>, _ observations: [Observation], _ random: inout RandomSource,
        _ isAffordable: (Proposal) -> Bool
    ) -> Proposal? {
        let own = observations.filter { $0.proposal.arm == arm.name }
        let scored = own.enumerated().compactMap { entry in entry.element.loss.map { (entry.offset, $0) } }
        let order = scored.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        let sampler = ParzenSampler(
            space: arm.space, ranked: order.map { arm.space.unit(own[$0.0].proposal.configuration) })
        // The longer nothing better was found, the nearer to the best it looks.
        let sinceBest = order.first.map { own.count - 1 - $0.0 } ?? 0
        let reach = pow(0.85, Double(min(sinceBest, 20)))
        for attempt in 0..<Planner.mostDraws {
            let explores = sampler.ranked.isEmpty || random.unit() < 0.1 || attempt > Planner.mostDraws / 2
            let place = explores ? sampler.uniform(&random) : sampler.draw(&random, reach: reach)
            let proposal = Proposal(arm: arm.name, configuration: arm.space.configuration(at: place))
            if !tried.contains(proposal), isAffordable(proposal) { return proposal }
        }
        return nil
    }
}
