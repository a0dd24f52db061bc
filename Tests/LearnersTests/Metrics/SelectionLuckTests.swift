import Learners
import Search
import Testing

struct SelectionLuckTests {
    private static let rows = 400

    private static func target(_ random: inout RandomSource) -> Target {
        Target(task: .binary, classes: ["0", "1"], values: (0..<rows).map { _ in random.unit() < 0.5 ? 0 : 1 })
    }

    /// Probabilities that say nothing, or with `strength` something.
    private static func guess(_ target: Target, _ strength: Double, _ random: inout RandomSource) -> Predictions {
        let second = target.values.map { value in
            min(1, max(0, 0.5 + 0.5 * strength * (value - 0.5) + 0.2 * (random.unit() - 0.5)))
        }
        return Predictions(outputCount: 2, values: second.flatMap { [1 - $0, $0] })
    }

    private static func corrected(
        _ candidates: [Predictions], _ target: Target, _ metric: Metric, seed: Seed
    ) -> (shown: Double, corrected: Double) {
        let scores = candidates.map { metric.loss(metric.evaluate($0, target)) }
        let best = scores.indices.min { (scores[$0], $0) < (scores[$1], $1) } ?? 0
        let luck = SelectionLuck(metric, rows: rows, candidates: candidates.count, seed: seed)
        let bias = SelectionLuck.bias(candidates.map { luck.losses($0, target) }, of: best)
        return (scores[best], scores[best] + bias)
    }

    /// The best of many guesses shows more than chance, and nothing of it is left.
    @Test(arguments: [Metric.rocAUC, .accuracy, .mcc])
    func theBestOfManyGuessesIsNoBetterThanChance(_ metric: Metric) {
        var shown = 0.0
        var corrected = 0.0
        let tables = 24
        for table in 0..<tables {
            var random = Seed(UInt64(table)).generator()
            let target = Self.target(&random)
            let guesses = (0..<30).map { _ in Self.guess(target, 0, &random) }
            let found = Self.corrected(guesses, target, metric, seed: Seed(UInt64(table)))
            shown += found.shown / Double(tables)
            corrected += found.corrected / Double(tables)
        }
        let chance = metric == .mcc ? 1 : 0.5
        #expect(shown < chance - 0.04, "\(shown)")
        #expect(abs(corrected - chance) < 0.015, "\(corrected)")
    }

    @Test func oneThatIsTrulyTheBestKeepsItsScore() {
        var random = Seed(1).generator()
        let target = Self.target(&random)
        var candidates = (0..<20).map { _ in Self.guess(target, 0, &random) }
        candidates.insert(Self.guess(target, 0.4, &random), at: 7)
        let found = Self.corrected(candidates, target, .rocAUC, seed: Seed(1))
        #expect(found.shown == found.corrected)
    }

    @Test func oneCandidateOrNoneOwesNothing() {
        var random = Seed(2).generator()
        let target = Self.target(&random)
        let found = Self.corrected([Self.guess(target, 0, &random)], target, .logLoss, seed: Seed(2))
        #expect(found.shown == found.corrected)
        #expect(SelectionLuck.bias([], of: 0) == 0)
        // The same model many times over is no choice.
        let same = Self.guess(target, 0, &random)
        let many = Self.corrected(Array(repeating: same, count: 10), target, .logLoss, seed: Seed(2))
        #expect(many.shown == many.corrected)
    }

    /// One class alone has no area under a curve, whichever rows are drawn.
    @Test func whereNothingIsDefinedNothingIsTakenOff() {
        let target = Target(task: .binary, classes: ["0", "1"], values: Array(repeating: 1, count: Self.rows))
        var random = Seed(3).generator()
        let candidates = (0..<3).map { _ in Self.guess(target, 0, &random) }
        let luck = SelectionLuck(.rocAUC, rows: Self.rows, candidates: 3, seed: Seed(3))
        #expect(SelectionLuck.bias(candidates.map { luck.losses($0, target) }, of: 0) == 0)
    }
}
