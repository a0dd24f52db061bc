import AutoML
import Foundation
import Learners
import Tabular

/// Measures explanations of a model that `martlet train` wrote: a JSON line with seconds.
///
/// `martlet-bench explain MODEL.martlet TABLE [--threads N] [--rows N] [--best 1] [--export FILE.json] [--whole 1]`; `--best 1`
/// takes the best boosted member by itself.
struct ExplanationBenchmark {
    private var model: ModelArtifact
    private let table: Table
    private var threads = 2
    private var rows = 1_000
    private var export: String?
    private var isWhole = false
    private var isBest = false

    init(_ arguments: [String]) throws {
        guard arguments.count >= 2, let data = FileManager.default.contents(atPath: arguments[0]) else {
            throw BenchmarkError(description: "explain MODEL.martlet TABLE [options]")
        }
        model = try ModelArtifact(loading: [UInt8](data))
        var place = 2
        while place + 1 < arguments.count {
            switch arguments[place] {
            case "--threads": threads = Int(arguments[place + 1]) ?? threads
            case "--rows": rows = Int(arguments[place + 1]) ?? rows
            case "--best": isBest = arguments[place + 1] == "1"
            case "--export": export = arguments[place + 1]
            case "--whole": isWhole = arguments[place + 1] == "1"
            default: throw BenchmarkError(description: "there is no option \(arguments[place])")
            }
            place += 2
        }
        table = try TableReader.read(
            .file(arguments[1]), ReadOptions.matching(model.header.plan.sourceSchema)
        ).0
        if isBest { try keepBest() }
    }

    private mutating func keepBest() throws {
        let boosted = model.bags.indices.filter { model.bags[$0].models[0] is GradientBoostingModel }
        let board = model.evaluation?.document.leaderboard ?? []
        func rank(_ member: Int) -> Int {
            board.first { $0.model == model.header.members[member].model }?.rank ?? .max
        }
        guard let best = boosted.min(by: { rank($0) < rank($1) }) else {
            throw BenchmarkError(description: "the model has no boosted member")
        }
        var header = model.header
        header.members = [model.header.members[best]]
        header.members[0].weight = 1
        header.name = header.members[0].model
        model = try ModelArtifact(
            header: header, bags: [model.bags[best]], goldenRows: model.goldenRows, context: TrainingContext())
    }

    func run() throws {
        let pool = ThreadPool(threadCount: threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        let part = table.selecting((0..<Int32(min(rows, table.rowCount))).map { $0 })
        let one = part.selecting([0])
        _ = try model.predict(part, context: context)
        let all = try seconds { _ = try model.contributions(part, context: context) }
        var single: [Double] = []
        for _ in 0..<21 { single.append(try seconds { _ = try model.contributions(one, context: context) }) }
        let work = model.bags.reduce(0) { $0 + $1.models.reduce(0) { $0 + $1.contributionWork } }
        var line = "{\"model\": \"\(model.header.name)\", \"rows\": \(part.rowCount), \"threads\": \(threads)"
        line += ", \"nodes\": \(work), \"contributions_seconds\": \(all), \"one_row_seconds\": \(single.sorted()[10])"
        if isWhole {
            var options = Explainer.Options()
            options.contributionRows = 0
            options.columns = 0
            options.interactingColumns = 0
            options.learningCurveSeconds = 0
            options.importanceSeconds = 25
            let importance = try seconds {
                _ = try Explainer(model, options: options, context: context).explain()
            }
            line += ", \"importance_seconds\": \(importance)"
            line += ", \"explanation_seconds\": \(try seconds { _ = try Explainer(model, context: context).explain() })"
        }
        print(line + "}")
        if let export { try write(part, to: export) }
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return ((start.duration(to: .now) / .seconds(1)) * 1e5).rounded() / 1e5
    }

    /// The trees of the first score of the first fold model, the rows, and the contributions that they have here, in the form
    /// that `Benchmarks/explain.py` hands to the shap package. Tables of numbers only.
    private func write(_ part: Table, to path: String) throws {
        guard let boosted = model.bags[0].models[0] as? GradientBoostingModel else {
            throw BenchmarkError(description: "only boosted trees can be exported")
        }
        let features = try model.header.plan.apply(part)
        guard let own = try boosted.contributions(features, context: TrainingContext()) else {
            throw BenchmarkError(description: "the trees do not tell their rows")
        }
        let took = try seconds { _ = try boosted.contributions(features, context: TrainingContext()) }
        var trees: [[String: [Double]]] = []
        for root in stride(from: 0, to: boosted.ensemble.treeCount, by: boosted.baseScores.count) {
            trees.append(try nodes(boosted, root: boosted.ensemble.roots[root]))
        }
        let columns = boosted.mappers.map { features.column($0.name)?.doubles() ?? [] }
        let document = Document(
            trees: trees, treeCount: boosted.ensemble.treeCount, seconds: took,
            rows: (0..<part.rowCount).map { row in columns.map { $0[row].isNaN ? nil : $0[row] } },
            base: own.base[0] - boosted.baseScores[0],
            contributions: (0..<part.rowCount).map { row in
                own.columns.indices.map { own.values[(row * own.columns.count + $0) * own.outputCount] }
            })
        try JSONEncoder().encode(document).write(to: URL(fileURLWithPath: path))
    }

    private struct Document: Encodable {
        let trees: [[String: [Double]]]
        /// Trees of all scores, and the seconds that they took on one thread.
        let treeCount: Int
        let seconds: Double
        let rows: [[Double?]]
        let base: Double
        let contributions: [[Double]]
    }

    private func nodes(_ model: GradientBoostingModel, root: Int32) throws -> [String: [Double]] {
        let names = ["left", "right", "default", "feature", "threshold", "value", "rows"]
        var tree = Dictionary(uniqueKeysWithValues: names.map { ($0, [Double]()) })
        func add(_ link: Int32) throws -> (place: Int, rows: Double) {
            let place = tree["left"]?.count ?? 0
            for name in names { tree[name]?.append(-1) }
            if link < 0 {
                let rows = Double(model.ensemble.covers[Int(~link)])
                tree["value"]?[place] = Double(model.ensemble.leaves[Int(~link)])
                tree["rows"]?[place] = rows
                return (place, rows)
            }
            let node = model.ensemble.nodes[Int(link)]
            guard case .numeric(let thresholds) = model.mappers[Int(node.feature)].kind, node.categories < 0 else {
                throw BenchmarkError(description: "the trees ask for categories")
            }
            let left = try add(node.left)
            let right = try add(node.right)
            tree["left"]?[place] = Double(left.place)
            tree["right"]?[place] = Double(right.place)
            tree["default"]?[place] = Double(node.missingLeft >= 0 ? left.place : right.place)
            tree["feature"]?[place] = Double(node.feature)
            tree["threshold"]?[place] =
                Int(node.bin) < thresholds.count ? thresholds[max(0, Int(node.bin))] : .greatestFiniteMagnitude
            tree["value"]?[place] = 0
            tree["rows"]?[place] = left.rows + right.rows
            return (place, left.rows + right.rows)
        }
        _ = try add(root)
        return tree
    }
}
