import Testing

@testable import Search

struct PlannerTests {
    private func arm(_ name: String, merit: Double = 1, cost: Double = 1) -> Arm {
        Arm(
            name: name,
            space: SearchSpace(parameters: [
                Parameter("x", .double(low: 0, high: 1, log: false), default: .double(0.9)),
                Parameter("n", .integer(low: 1, high: 1000, log: true), default: .integer(10)),
                Parameter("kind", .choice([.string("a"), .string("b")]), default: .string("a")),
            ]), merit: merit, cost: { _ in cost })
    }

    private func loss(_ proposal: Proposal) -> Double {
        let x = proposal.configuration.double("x", default: 0) - 0.2
        let n = proposal.configuration.double("n", default: 1) / 1000 - 0.5
        return x * x + 0.3 * n * n + (proposal.configuration.string("kind", default: "") == "b" ? 0 : 0.05)
    }

    @Test func portfoliosComeFirstTheCheapestOfAllAtTheHead() {
        let planner = Planner(arms: [arm("slow", cost: 10), arm("quick", merit: 0.1, cost: 0.1)], seed: Seed(1))
        let first = planner.propose(0, before: [], observations: [])
        let second = planner.propose(1, before: [first].compactMap { $0 }, observations: [])
        #expect(first?.arm == "quick")
        #expect(second?.arm == "slow")
    }

    @Test func aProposalDependsOnWhatItIsGivenAlone() {
        let planner = Planner(arms: [arm("one"), arm("two", merit: 0.5)], seed: Seed(7))
        var before: [Proposal] = []
        var observations: [Observation] = []
        for index in 0..<30 {
            guard let proposal = planner.propose(index, before: before, observations: observations) else { break }
            #expect(
                proposal
                    == Planner(arms: planner.arms, seed: Seed(7)).propose(
                        index, before: before, observations: observations))
            #expect(!before.contains(proposal))
            before.append(proposal)
            observations.append(Observation(proposal: proposal, loss: loss(proposal), cost: 1))
        }
        #expect(before.count == 30)
    }

    @Test func searchFindsBetterThanChance() {
        let planner = Planner(arms: [arm("one")], seed: Seed(3))
        var before: [Proposal] = []
        var observations: [Observation] = []
        for index in 0..<60 {
            guard let proposal = planner.propose(index, before: before, observations: observations) else { break }
            before.append(proposal)
            observations.append(Observation(proposal: proposal, loss: loss(proposal), cost: 1))
        }
        let found = observations.compactMap(\.loss).min() ?? 1
        #expect(found < 0.005)
    }

    @Test func anArmThatOnlyFailsIsLeftAlone() {
        let planner = Planner(arms: [arm("good"), arm("bad")], seed: Seed(3))
        var before: [Proposal] = []
        var observations: [Observation] = []
        for index in 0..<20 {
            guard let proposal = planner.propose(index, before: before, observations: observations) else { break }
            before.append(proposal)
            let loss = proposal.arm == "good" ? loss(proposal) : nil
            observations.append(Observation(proposal: proposal, loss: loss, cost: 1))
        }
        #expect(before.filter { $0.arm == "bad" }.count == 2)
    }

    @Test func aSpaceWithNothingNewEnds() {
        let space = SearchSpace(parameters: [
            Parameter("kind", .choice([.string("a"), .string("b")]), default: .string("a"))
        ])
        let planner = Planner(
            arms: [Arm(name: "small", space: space, merit: 1, cost: { _ in 1 })], seed: Seed(1))
        var before: [Proposal] = []
        while let proposal = planner.propose(before.count, before: before, observations: []) { before.append(proposal) }
        #expect(Set(before).count == 2)
        #expect(before.count == 2)
    }

    @Test func unitPlacesAndValuesAgree() {
        let space = arm("one").space
        for value in [1, 10, 500, 1000] {
            let configuration: Configuration = [
                "x": .double(0.25), "n": .integer(value), "kind": .string("b"),
            ]
            #expect(space.configuration(at: space.unit(configuration)) == configuration)
        }
    }

    @Test func numbersFromJSONTakeTheirParametersKind() {
        let space = arm("one").space
        let read: Configuration = ["x": .integer(1), "n": .integer(3)]
        #expect(space.normalized(read).values["x"] == .double(1))
        #expect(space.normalized(read).values["n"] == .integer(3))
    }
}
