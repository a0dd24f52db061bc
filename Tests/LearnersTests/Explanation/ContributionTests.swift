import Foundation
import Search
import Tabular
import Testing

@testable import Learners

struct ContributionTests {
    /// The prediction that a row's contributions must sum to: the second class's for two classes.
    private static func expected(_ predictions: Predictions, row: Int, output: Int) -> Double {
        predictions.outputCount == 2
            ? predictions.values[row * 2 + 1] : predictions.values[row * predictions.outputCount + output]
    }

    @Test(arguments: ConformanceCase.all)
    func valuesAndBaseSumToThePrediction(_ conformance: ConformanceCase) throws {
        let problem = conformance.problem()
        let model = try conformance.fit(problem)
        guard let model = model as? any ContributingModel else { return }
        let context = TrainingContext(pool: ThreadPool(threadCount: 2))
        let rows = problem.features.selecting((0..<50).map { Int32($0) })
        let found = try model.contributions(rows, context: context)
        let raw = try #require(found)
        let output = raw.onOutputScale()
        #expect(output.scale == (conformance.task == .regression ? .targetUnits : .probability))
        let predictions = try model.predict(rows, context: context)
        let size = conformance.task == .regression ? 200.0 : 1
        for row in 0..<50 {
            for place in 0..<output.outputCount {
                let total = output.total(row: row, output: place)
                #expect(abs(total - ContributionTests.expected(predictions, row: row, output: place)) < 2e-5 * size)
            }
        }
        #expect(Set(output.columns).isSubset(of: Set(problem.features.columns.map(\.name))))
        // What does not depend on the threads or on the company of other rows.
        let seventh = try model.contributions(rows.selecting([7]), context: TrainingContext())
        let alone = try #require(seventh)
        let width = raw.columns.count * raw.outputCount
        for index in 0..<width { #expect(abs(alone.values[index] - raw.values[7 * width + index]) < 1e-4 * size) }
    }

    @Test(arguments: ConformanceCase.all)
    func contributionsSurviveTheFile(_ conformance: ConformanceCase) throws {
        let problem = conformance.problem(rows: 120)
        guard let model = try conformance.fit(problem) as? any ContributingModel else { return }
        let copy = try #require(try model.readBack() as? any ContributingModel)
        let context = TrainingContext()
        let before = try model.contributions(problem.features, context: context)
        let after = try copy.contributions(problem.features, context: context)
        let (one, two) = (try #require(before), try #require(after))
        #expect(one.values == two.values && one.base == two.base && one.columns == two.columns)
    }

    @Test(arguments: [Learners.Task.binary, .regression, .multiclass])
    func treesAgreeWithTheDefinition(_ task: Learners.Task) throws {
        let problem = BoostingSamples.problem(task, rows: 300)
        let context = TrainingContext()
        let learners: [any Learner] = [GradientBoosting(), RandomForest(), ExtraTrees(), DecisionTree()]
        for learner in learners {
            var configuration = Configuration()
            configuration.values["trees"] = .integer(3)
            let fitted = try learner.fit(
                problem, training: BoostingSamples.rows(0..<300), validation: [], configuration: configuration,
                seed: Seed(5), context: context)
            // Enough rows for tables of leaves; `rowsAloneAndTogetherAgree` is about the others.
            let rows = problem.features.selecting((0..<33).map { Int32($0 * 9) })
            let model = try #require(fitted as? any ContributingModel)
            let found = try model.contributions(rows, context: context)
            let fast = try #require(found)
            let oracle = try #require(Oracle(fitted))
            let slow = try oracle.contributions(rows)
            let scale = 1 + (slow.map { abs($0) }.max() ?? 0)
            #expect(fast.values.count == slow.count)
            for index in slow.indices {
                #expect(abs(fast.values[index] - slow[index]) < 1e-5 * scale, "\(learner.name)")
            }
        }
    }

    @Test(arguments: [(Learners.Task.regression, 6), (.binary, 12), (.multiclass, 16)])
    func rowsAloneAndTogetherAgree(_ task: Learners.Task, _ width: Int) throws {
        var random = RandomSource(seed: 4)
        let columns = (0..<width).map { place in
            (0..<500).map { _ in random.below(9) == 0 ? .nan : random.normal() + Double(place % 3) }
        }
        let scores = (0..<500).map { row in
            columns.enumerated().reduce(0.0) {
                $0 + ($1.element[row].isNaN ? 1 : $1.element[row]) * ($1.offset % 2 == 0 ? 1 : -1)
            }
        }
        let classes = task == .regression ? [] : (0..<(task == .binary ? 2 : 3)).map { "class \($0)" }
        let problem = LearningProblem(
            features: Table(columns: columns.enumerated().map { BoostingSamples.numeric("x\($0)", $1) }),
            target: Target(
                task: task, classes: classes,
                values: scores.map {
                    task == .regression ? $0 : task == .binary ? ($0 > 0 ? 1 : 0) : $0 > 1 ? 2 : $0 > -1 ? 1 : 0
                }))
        let learners: [any Learner] = [GradientBoosting(), RandomForest()]
        for learner in learners {
            let fitted = try learner.fit(
                problem, training: BoostingSamples.rows(0..<500), validation: [],
                configuration: ["trees": .integer(6), "max_leaves": .integer(120)], seed: Seed(3),
                context: TrainingContext())
            let model = try #require(fitted as? any ContributingModel)
            let found = try model.contributions(
                problem.features.selecting(BoostingSamples.rows(0..<70)), context: TrainingContext())
            let together = try #require(found)
            let largest = together.values.map { abs($0) }.max() ?? 0
            let size = together.columns.count * together.outputCount
            for row in 0..<70 {
                let one = try model.contributions(problem.features.selecting([Int32(row)]), context: TrainingContext())
                let alone = try #require(one)
                for index in 0..<size {
                    #expect(abs(alone.values[index] - together.values[row * size + index]) < 1e-6 * largest)
                }
            }
        }
    }

    @Test func aLinearModelGivesCoefficientsTimesDistances() throws {
        var random = RandomSource(seed: 3)
        let x = (0..<200).map { _ in random.normal() }
        let z = (0..<200).map { _ in random.normal() }
        let problem = LearningProblem(
            features: Table(columns: [BoostingSamples.numeric("x", x), BoostingSamples.numeric("z", z)]),
            target: Target(task: .regression, values: zip(x, z).map { 5 + 3 * $0 - 2 * $1 }))
        let model = try LinearLearner().fit(
            problem, training: BoostingSamples.rows(0..<200), validation: [],
            configuration: ["penalty": .double(1e-6)], seed: Seed(1), context: TrainingContext())
        let linear = try #require(model as? LinearModel)
        let found = try linear.contributions(problem.features, context: TrainingContext())
        let contributions = try #require(found)
        let means = (x.reduce(0, +) / 200, z.reduce(0, +) / 200)
        #expect(contributions.columns == ["x", "z"])
        for row in 0..<200 {
            #expect(abs(contributions.values[row * 2] - 3 * (x[row] - means.0)) < 0.02)
            #expect(abs(contributions.values[row * 2 + 1] + 2 * (z[row] - means.1)) < 0.02)
        }
    }

    @Test func quadratureIsExactForPolynomials() {
        for count in [2, 3, 4, 5, 6, 7, 8, 16, 32, 64] {
            let rule = QuadratureRule.of(count)
            for degree in [0, 1, count, 2 * count - 1] {
                let integral = zip(rule.places, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
                #expect(abs(integral - 1 / Double(degree + 1)) < 1e-12)
            }
        }
    }
}

/// Path-dependent Shapley values by their definition: every subset of the features, every tree walked for each.
private struct Oracle {
    let ensemble: TreeEnsemble
    let mappers: [BinMapper]
    let encoder: TreeFeatureEncoder
    let scoreCount: Int
    let factor: Double

    init?(_ model: any FittedModel) {
        switch model {
        case let model as GradientBoostingModel:
            (ensemble, mappers, encoder) = (model.ensemble, model.mappers, model.encoder)
            scoreCount = model.baseScores.count
            factor = 1
        case let model as ForestModel:
            (ensemble, mappers, encoder) = (model.ensemble, model.mappers, model.encoder)
            scoreCount = 1
            factor = 1 / Double(model.ensemble.treeCount)
        default: return nil
        }
    }

    /// The mean of the leaves that a row reaches when only the features of `known` are known.
    private func value(_ link: Int32, _ bins: UnsafePointer<UInt8>, known: Int, place: Int) -> (Double, cover: Double) {
        if link < 0 {
            return (
                Double(ensemble.leaves[Int(~link) * ensemble.leafWidth + place]), Double(ensemble.covers[Int(~link)])
            )
        }
        let node = ensemble.nodes[Int(link)]
        let left = value(node.left, bins, known: known, place: place)
        let right = value(node.right, bins, known: known, place: place)
        let cover = left.cover + right.cover
        if known >> Int(node.feature) & 1 != 0 {
            return (goesLeft(node, bins) ? left.0 : right.0, cover)
        }
        return ((left.0 * left.cover + right.0 * right.cover) / cover, cover)
    }

    private func goesLeft(_ node: TreeEnsemble.Node, _ bins: UnsafePointer<UInt8>) -> Bool {
        let bin = Int(bins[Int(node.feature)])
        guard node.categories >= 0 else { return bin <= Int(node.bin) || bin == Int(node.missingLeft) }
        return ensemble.categories[Int(node.categories) * 4 + bin / 64] >> UInt64(bin % 64) & 1 == 1
    }

    func contributions(_ table: Table) throws -> [Double] {
        let binned = BinnedTable(try encoder.adding(to: table), mappers: mappers, pool: .single)
        let (features, width) = (mappers.count, ensemble.leafWidth)
        let outputs = scoreCount * width
        var weights = [Double](repeating: 0, count: features)
        for size in 0..<features {
            weights[size] = exp(
                lgamma(Double(size + 1)) + lgamma(Double(features - size)) - lgamma(Double(features + 1)))
        }
        var result = [Double](repeating: 0, count: table.rowCount * features * outputs)
        for row in 0..<table.rowCount {
            let bins = UnsafePointer(binned.bins.base + row * binned.width)
            for output in 0..<outputs {
                let values = (0..<1 << features).map { known in
                    ensemble.roots.enumerated().reduce(0.0) { sum, tree in
                        tree.offset % scoreCount == output / width
                            ? sum + value(tree.element, bins, known: known, place: output % width).0 : sum
                    }
                }
                for feature in 0..<features {
                    var sum = 0.0
                    for known in 0..<1 << features where known >> feature & 1 == 0 {
                        sum += weights[known.nonzeroBitCount] * (values[known | 1 << feature] - values[known])
                    }
                    result[(row * features + feature) * outputs + output] = sum * factor
                }
            }
        }
        return result
    }
}
