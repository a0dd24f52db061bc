import Foundation
import Learners
import Search
import Tabular

/// Measures gradient boosting and its kin on one split: a JSON line with seconds, score and peak memory.
///
/// `martlet-bench boosting TRAIN.csv TEST.csv TARGET [--threads N] [--learner NAME] [--validation SHARE] [--repeat N]
/// [--trees N] [--leaves N] [--HYPERPARAMETER VALUE …]`
struct BoostingBenchmark {
    private let problem: LearningProblem
    private let test: LearningProblem
    private let bytesBefore: Int
    private var threads = 2
    private var learner = "gradient_boosting"
    private var validationShare = 0.0
    private var repeats = 1
    private var configuration: Configuration = ["trees": .integer(100), "max_leaves": .integer(31)]

    init(_ arguments: [String]) throws {
        guard arguments.count >= 3 else {
            throw BenchmarkError(description: "boosting TRAIN.csv TEST.csv TARGET [options]")
        }
        var place = 3
        while place + 1 < arguments.count {
            let name = arguments[place].drop { $0 == "-" }
            let value = arguments[place + 1]
            switch name {
            case "threads": threads = Int(value) ?? threads
            case "learner": learner = value
            case "validation": validationShare = Double(value) ?? 0
            case "repeat": repeats = Int(value) ?? 1
            case "leaves": configuration.values["max_leaves"] = Self.parameter(value)
            default: configuration.values[String(name)] = Self.parameter(value)
            }
            place += 2
        }
        let target = arguments[2]
        let train = try TableReader.read(.file(arguments[0])).table
        let test = try TableReader.read(.file(arguments[1])).table
        guard let answers = train.column(target), let truth = test.column(target) else {
            throw BenchmarkError(description: "there is no column \(target)")
        }
        let plan = FeaturePlan(fitting: Table(columns: train.columns.filter { $0.name != target }))
        let column = try Self.target(answers)
        problem = LearningProblem(features: try plan.apply(train), target: column)
        self.test = LearningProblem(features: try plan.apply(test), target: try Self.target(truth, like: column))
        bytesBefore = Self.peakBytes
    }

    /// Trains and predicts as often as asked, a line each time.
    func run() throws {
        guard let learner = LearnerCatalogue.learner(named: learner) else {
            throw BenchmarkError(description: "there is no learner \(learner)")
        }
        let pool = ThreadPool(threadCount: threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        var random = Seed(1).generator()
        var training: [Int32] = []
        var validation: [Int32] = []
        for row in 0..<Int32(problem.rowCount) {
            if random.unit() < validationShare { validation.append(row) } else { training.append(row) }
        }
        for _ in 0..<repeats {
            let fresh = LearningProblem(features: problem.features, target: problem.target)
            let binning = try measure {
                try learner.fit(
                    fresh, training: [], validation: [], configuration: ["trees": .integer(1)], seed: Seed(0),
                    context: context)
            }
            let fit = try measure {
                let model = try learner.fit(
                    fresh, training: training, validation: validation, configuration: configuration, seed: Seed(0),
                    context: context)
                return (model as? any StagedModel)?.keepingBestStages() ?? model
            }
            let answer = try measure { try fit.value.predict(test.features, context: context) }
            var line = "{\"booster\": \"martlet\", \"learner\": \"\(learner.name)\", \"rows\": \(training.count)"
            line += ", \"columns\": \(problem.features.columns.count), \"threads\": \(threads)"
            line += ", \"bin_seconds\": \(round(binning.seconds)), \"train_seconds\": \(round(fit.seconds))"
            line += ", \"train_cpu_seconds\": \(round(fit.cpu)), \"predict_seconds\": \(round(answer.seconds))"
            if let model = fit.value as? GradientBoostingModel { line += ", \"iterations\": \(model.stageCount)" }
            for metric in [Metric.rocAUC, .logLoss, .rmse] where metric.isSuitable(for: test.target.task) {
                line += ", \"\(metric.rawValue)\": \(round(metric.evaluate(answer.value, test.target)))"
            }
            print(line + ", \"peak_rss_bytes\": \(Self.peakBytes), \"rss_before_bytes\": \(bytesBefore)}")
        }
    }

    private func round(_ value: Double) -> Double { (value * 1e5).rounded() / 1e5 }

    private func measure<Value>(_ body: () throws -> Value) rethrows -> (value: Value, seconds: Double, cpu: Double) {
        let wall = ContinuousClock.now
        let cpu = Self.cpuSeconds
        let value = try body()
        return (value, wall.duration(to: .now) / .seconds(1), Self.cpuSeconds - cpu)
    }

    private static func target(_ column: Column, like known: Target? = nil) throws -> Target {
        if known?.task != .regression, let labels = labels(column) {
            let classes = known?.classes ?? Set(labels).sorted()
            if known != nil || classes.count <= 50 {
                let places = Dictionary(classes.enumerated().map { ($1, Double($0)) }) { first, _ in first }
                let task: Learners.Task = classes.count == 2 ? .binary : .multiclass
                return Target(task: task, classes: classes, values: labels.map { places[$0] ?? 0 })
            }
        }
        guard let values = column.doubles() else {
            throw BenchmarkError(description: "the column \(column.name) is no target")
        }
        return Target(task: .regression, values: values)
    }

    private static func labels(_ column: Column) -> [String]? {
        switch column.storage {
        case .strings(let codes, let levels): codes.int64s().map { $0 < 0 ? "" : levels[Int($0)] }
        case .integers(let values): values.int64s().map(String.init)
        case .booleans(let bits): (0..<bits.count).map { bits[$0] ? "true" : "false" }
        default: nil
        }
    }

    private static func parameter(_ text: String) -> ParameterValue {
        if let value = Int(text) { return .integer(value) }
        if let value = Double(text) { return .double(value) }
        return text == "true" || text == "false" ? .boolean(text == "true") : .string(text)
    }

    private static var usage: rusage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage
    }

    private static var peakBytes: Int { usage.ru_maxrss * 1024 }

    private static var cpuSeconds: Double {
        let usage = usage
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// Why a measurement cannot be made.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
}
