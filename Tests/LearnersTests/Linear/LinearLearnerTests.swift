import Foundation
import Search
import Tabular
import Testing

@testable import Learners

/// Expected numbers are scikit-learn's (1.9) for the same data and penalties, within the precision of 32-bit sums.
@Suite struct LinearLearnerTests {
    private let columns: [[Double]] = LinearLearnerTests.sampleColumns()
    private let signal: [Double] = LinearLearnerTests.sampleSignal()

    private static func sampleColumns() -> [[Double]] {
        var columns: [[Double]] = [[], [], []]
        for row in 0..<40 {
            let index = Double(row)
            columns[0].append((index * 0.37).truncatingRemainder(dividingBy: 3.1))
            columns[1].append((index * index * 0.11).truncatingRemainder(dividingBy: 2.3))
            columns[2].append((index * 1.7).truncatingRemainder(dividingBy: 1.9))
        }
        return columns.map { (column: [Double]) -> [Double] in
            let mean: Double = column.reduce(0, +) / 40
            var squares: Double = 0
            for value in column { squares += (value - mean) * (value - mean) }
            let deviation: Double = (squares / 40).squareRoot()
            return column.map { (value: Double) -> Double in (value - mean) / deviation }
        }
    }

    private static func sampleSignal() -> [Double] {
        let columns = sampleColumns()
        return (0..<40).map { (row: Int) -> Double in
            let wave: Double = 0.5 * sin(Double(row) * 3)
            return columns[0][row] * 1.2 - columns[1][row] + wave
        }
    }

    private var features: Table {
        Table(columns: zip(["a", "b", "c"], columns).map { Column.numbers($0, $1) })
    }
    private var binary: Target {
        Target(
            task: .binary, classes: ["n", "y"], values: signal.map { (value: Double) -> Double in value > 0 ? 1 : 0 })
    }

    private func predictions(
        _ target: Target, _ configuration: Configuration, weights: [Float]? = nil
    ) throws -> [Double] {
        let model = try LinearLearner().fit(
            LearningProblem(features: features, target: target, weights: weights), training: (0..<40).map { $0 },
            validation: [], configuration: configuration, seed: Seed(1), context: TrainingContext())
        return try model.predict(features, context: TrainingContext()).values
    }

    private func thirds(_ value: Double) -> Double { value >= 0.8 ? 2 : value >= -0.8 ? 1 : 0 }

    private var matrix: DenseMatrix {
        var values: [Float] = []
        for row in 0..<40 { values += columns.map { Float($0[row]) } }
        return DenseMatrix(rowCount: 40, columnCount: 3, values: values)
    }

    private func expectClose(_ values: [Double], _ expected: [Double], _ tolerance: Double) {
        #expect(zip(values, expected).allSatisfy { abs($0 - $1) < tolerance }, "\(values)")
    }

    @Test(arguments: [
        (2.0, 0.0, "none", [0.10202474868552856, 0.2718372432542306, 0.3099604921132844, 0.2863910823398293]),
        (4.0, 0.5, "none", [0.18600529014219905, 0.2619638767915146, 0.3096446036615295, 0.3155789750094151]),
        (4.0, 1.0, "none", [0.14781449767643776, 0.22100555957486434, 0.2785071816465769, 0.3040609909104083]),
        (2.0, 0.0, "balanced", [0.11188122890314721, 0.29875550504053683, 0.33960165837299805, 0.3158771140989784]),
    ])
    func twoClasses(penalty: Double, ratio: Double, classWeights: String, expected: [Double]) throws {
        let values = try predictions(
            binary,
            ["penalty": .double(penalty), "l1_ratio": .double(ratio), "class_weights": .string(classWeights)])
        expectClose((0..<4).map { values[$0 * 2 + 1] }, expected, 1e-3)
    }

    @Test func weightedRows() throws {
        let values = try predictions(binary, ["penalty": .double(2)], weights: (0..<40).map { Float(1 + $0 % 3) })
        expectClose(
            (0..<4).map { values[$0 * 2 + 1] },
            [0.052306893589134214, 0.23579517613418927, 0.2893599437838618, 0.2695618982670536], 1e-3)
    }

    @Test func anL1PenaltyLeavesColumnsOut() throws {
        let model = try LinearLearner().fit(
            LearningProblem(features: features, target: binary), training: (0..<40).map { $0 }, validation: [],
            configuration: ["penalty": .double(4), "l1_ratio": .double(1)], seed: Seed(1), context: TrainingContext())
        let parameters = try #require(model as? LinearModel).parameters.map { Double($0) }
        expectClose(parameters, [1.3986742700668935, -0.6139997846979264, 0], 5e-3)
        #expect(parameters[2] == 0)
    }

    @Test func threeClasses() throws {
        let target = Target(
            task: .multiclass, classes: ["p", "q", "r"], values: signal.map(thirds))
        let values = try predictions(target, ["penalty": .double(2)])
        expectClose(
            values,
            [
                0.21506965369932887, 0.6239100437501096, 0.16102030255056154, 0.12847106078715537, 0.6624708452771358,
                0.20905809393570876,
            ], 1e-3)
    }

    @Test func ridgeRegression() throws {
        let target = Target(task: .regression, values: signal.map { 3 * $0 + 10 })
        expectClose(
            try predictions(target, ["penalty": .double(2)]),
            [8.773170811620366, 9.732688449172304, 9.759650592136483, 8.911364218707954], 1e-4)
    }

    @Test func elasticNetRegression() throws {
        let target = Target(task: .regression, values: signal.map { 3 * $0 + 10 })
        expectClose(
            try predictions(target, ["penalty": .double(4), "l1_ratio": .double(0.5)]),
            [8.856121758228824, 9.70567392126491, 9.744992986836197, 8.97407895494268], 1e-4)
    }

    /// The closed form and the iterative solver minimise the same function.
    @Test func bothSolversOfARegressionAgree() throws {
        let target = signal.map { Float($0) }
        let objective = LinearObjective(
            matrix, loss: .squared, outputCount: 1, targets: target, weights: [Double](repeating: 1, count: 40),
            ridge: 0.05)
        let iterated = try QuasiNewton().minimise([0, 0, 0, 0], progress: { _ in }) {
            try objective.evaluate($0, context: TrainingContext())
        }
        let closed = try NormalEquations(
            matrix, targets: target, weights: objective.weights, context: TrainingContext()
        ).ridge(0.05, context: TrainingContext())
        expectClose(Array(iterated.prefix(3)), closed, 1e-3)
    }

    @Test func theGradientIsTheSlopeOfTheValue() throws {
        let classes = signal.map { Float(thirds($0)) }
        let objective = LinearObjective(
            matrix, loss: .logistic, outputCount: 3, targets: classes, weights: (0..<40).map { Double(1 + $0 % 2) },
            ridge: 0.1)
        let point: [Double] = (0..<12).map { (index: Int) -> Double in 0.1 * Double(index) - 0.5 }
        let gradient = try objective.evaluate(point, context: TrainingContext()).gradient
        for index in point.indices {
            var (above, below) = (point, point)
            above[index] += 0.01
            below[index] -= 0.01
            let slope =
                try
                (objective.evaluate(above, context: TrainingContext()).value
                - objective.evaluate(below, context: TrainingContext()).value) / 0.02
            #expect(abs(slope - gradient[index]) < 1e-3)
        }
    }

    @Test func knotsFitACurve() throws {
        let x: [Double] = (0..<200).map { (row: Int) -> Double in Double(row) / 20 - 5 }
        let features = Table(columns: [.numbers("x", x)])
        let target = Target(task: .regression, values: x.map { $0 * $0 })
        func score(_ knots: Int) throws -> Double {
            let model = try LinearLearner().fit(
                LearningProblem(features: features, target: target), training: (0..<200).map { $0 }, validation: [],
                configuration: ["knots": .integer(knots), "penalty": .double(0.1)], seed: Seed(1),
                context: TrainingContext())
            return Metric.r2.evaluate(try model.predict(features, context: TrainingContext()), target)
        }
        #expect(try score(0) < 0.1)
        #expect(try score(20) > 0.97)
    }
}

@Suite struct LinearWarmStartTests {
    @Test func thinningKeepsRowsEvenly() throws {
        let matrix = DenseMatrix(rowCount: 10, columnCount: 1, values: (0..<10).map { Float($0) })
        let objective = LinearObjective(
            matrix, loss: .squared, outputCount: 1, targets: (0..<10).map { Float($0) },
            weights: (0..<10).map { Double($0) }, ridge: 0)
        let part = objective.thinned(to: 5)
        #expect(part.matrix.values == [0, 2, 4, 6, 8])
        #expect(part.targets == [0, 2, 4, 6, 8])
        #expect(abs(part.weights.reduce(0, +) - 1) < 1e-6)
        #expect(abs((part.weights.last ?? 0) - 0.4) < 1e-6)
    }

    /// Above the limit the start comes from a part of the rows, and the end is that of all of them.
    @Test func manyRowsAreFittedToo() throws {
        var random = Seed(8).generator()
        let count = LinearLearner.warmStartRows + 1_000
        let x = (0..<count).map { _ in random.normal() }
        let values = x.map { (value: Double) -> Double in
            random.unit() < 1 / (1 + exp(1 - 2 * value)) ? 1 : 0
        }
        let problem = LearningProblem(
            features: Table(columns: [.numbers("x", x)]),
            target: Target(task: .binary, classes: ["n", "y"], values: values))
        let fitted = try LinearLearner().fit(
            problem, training: (0..<Int32(count)).map { $0 }, validation: [], configuration: ["knots": .integer(0)],
            seed: Seed(1), context: TrainingContext())
        let model = try #require(fitted as? LinearModel)
        #expect(abs(Double(model.parameters[0]) - 2) < 0.06)
        #expect(abs(Double(model.parameters[1]) + 1) < 0.06)
    }
}
