import Foundation
import Search
import Tabular
import Testing

@testable import Learners

/// Contributions beside those of the `shap` package's `TreeExplainer` for the same trees, in the Python that
/// `MARTLET_TEST_PYTHON` names.
struct ShapPackageTests {
    private static let python = ProcessInfo.processInfo.environment["MARTLET_TEST_PYTHON"] ?? ""

    /// Numbers with missing values: shap's trees know no sets of categories.
    private static func problem(_ task: Learners.Task, rows: Int) -> LearningProblem {
        var random = RandomSource(seed: 8)
        let columns = (0..<9).map { place in
            (0..<rows).map { _ -> Double in
                random.below(7) == 0 ? .nan : (random.normal() * 8).rounded() + Double(place)
            }
        }
        let score = (0..<rows).map { row -> Double in
            let known = columns.map { $0[row].isNaN ? 3 : $0[row] }
            return known[0] * known[1] / 9 + abs(known[2]) - (known[3] > 2 ? known[4] : known[5]) + known[8] / 3
        }
        let values: [Double] =
            switch task {
            case .regression: score.map { 100 * $0 }
            case .binary: score.map { $0 > 4 ? 1 : 0 }
            case .multiclass: score.map { $0 > 8 ? 2 : $0 > 0 ? 1 : 0 }
            }
        let classes = task == .regression ? [] : (0..<(task == .binary ? 2 : 3)).map { "class \($0)" }
        return LearningProblem(
            features: Table(columns: columns.enumerated().map { BoostingSamples.numeric("x\($0)", $1) }),
            target: Target(task: task, classes: classes, values: values))
    }

    private static let cases: [(any Learner, Learners.Task)] = [
        (GradientBoosting(), .regression), (GradientBoosting(), .binary), (GradientBoosting(), .multiclass),
        (RandomForest(), .regression), (RandomForest(), .binary), (ExtraTrees(), .binary),
    ]

    @Test(
        .enabled(if: !python.isEmpty, "MARTLET_TEST_PYTHON names no Python with shap and numpy"),
        arguments: cases.indices)
    func valuesAgree(_ index: Int) throws {
        let (learner, task) = ShapPackageTests.cases[index]
        let problem = ShapPackageTests.problem(task, rows: 700)
        var configuration = Configuration()
        configuration.values["trees"] = .integer(40)
        let fitted = try learner.fit(
            problem, training: BoostingSamples.rows(0..<700), validation: [], configuration: configuration,
            seed: Seed(2), context: TrainingContext())
        let trees = try #require(FittedTrees(fitted))
        let model = try #require(fitted as? any ContributingModel)
        // Enough rows for tables of leaves, and a few that are taken one by one.
        for rows in [BoostingSamples.rows(0..<150), BoostingSamples.rows(200..<210)] {
            let table = problem.features.selecting(rows)
            let found = try model.contributions(table, context: TrainingContext())
            let own = try #require(found)
            for score in 0..<trees.scoreCount {
                let reference = try ShapPackageTests.shap(trees.document(table, score: score))
                let largest = reference.joined().map { abs($0) }.max() ?? 0
                #expect(largest > 0.01)
                for (row, values) in reference.enumerated() {
                    for (feature, value) in values.enumerated() {
                        let name = trees.mappers[feature].name
                        let column = try #require(own.columns.firstIndex(of: name))
                        let mine = own.values[(row * own.columns.count + column) * own.outputCount + score]
                        #expect(abs(mine - value * trees.factor) < 1e-6 * largest * trees.factor, "\(name)")
                    }
                }
            }
        }
    }

    private static func shap(_ document: [String: Any]) throws -> [[Double]] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Support/Python/run_shap.py").standardizedFileURL.path
        let input = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-shap-\(UUID().uuidString)")
        try JSONSerialization.data(withJSONObject: document).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([String: [[Double]]].self, from: data)["values"] ?? []
    }
}

/// Trees in the form that shap takes, over bins instead of numbers.
private struct FittedTrees {
    let ensemble: TreeEnsemble
    let mappers: [BinMapper]
    let scoreCount: Int
    /// What the sum of the trees is multiplied by.
    let factor: Double

    init?(_ model: any FittedModel) {
        switch model {
        case let model as GradientBoostingModel:
            (ensemble, mappers, scoreCount, factor) = (model.ensemble, model.mappers, model.baseScores.count, 1)
        case let model as ForestModel:
            (ensemble, mappers, scoreCount) = (model.ensemble, model.mappers, 1)
            factor = 1 / Double(model.ensemble.treeCount)
        default: return nil
        }
    }

    func document(_ table: Table, score: Int) -> [String: Any] {
        let bins = BinnedTable(table, mappers: mappers, pool: .single)
        let rows = (0..<table.rowCount).map { row in
            mappers.indices.map { feature -> Any in
                let bin = bins.bins.base[row * bins.width + feature]
                return bin == mappers[feature].missingBin ? NSNull() : Double(bin)
            }
        }
        let own = stride(from: score, to: ensemble.treeCount, by: scoreCount)
        return ["rows": rows, "trees": own.map { nodes(ensemble.roots[$0]) }]
    }

    private func nodes(_ root: Int32) -> [String: [Double]] {
        let names = ["left", "right", "default", "feature", "threshold", "value", "rows"]
        var tree = Dictionary(uniqueKeysWithValues: names.map { ($0, [Double]()) })
        func set(_ place: Int, _ values: [String: Double]) {
            for (name, value) in values { tree[name]?[place] = value }
        }
        func add(_ link: Int32) -> (place: Int, rows: Double) {
            let place = tree["left"]?.count ?? 0
            for name in names { tree[name]?.append(-1) }
            if link < 0 {
                let rows = Double(ensemble.covers[Int(~link)])
                set(place, ["value": Double(ensemble.leaves[Int(~link)]), "rows": rows])
                return (place, rows)
            }
            let node = ensemble.nodes[Int(link)]
            let (left, right) = (add(node.left), add(node.right))
            let rows = left.rows + right.rows
            set(
                place,
                [
                    "left": Double(left.place), "right": Double(right.place), "feature": Double(node.feature),
                    "default": Double(node.missingLeft >= 0 ? left.place : right.place),
                    "threshold": Double(node.bin), "value": 0, "rows": rows,
                ])
            return (place, rows)
        }
        _ = add(root)
        return tree
    }
}
