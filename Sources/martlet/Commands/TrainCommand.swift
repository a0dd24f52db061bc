import AutoML
import CommandLine
import Foundation
import Learners
import StandardIO
import Synchronization
import Tabular
import Telemetry

/// `martlet train`: from a table to a ranked leaderboard and a model.
enum TrainCommand {
    static let target = Option<String?>.text("target", value: "COLUMN", help: "The column to predict (required)")
    static let task = Option<String>.choice(
        "task", value: "TASK", help: "auto (found by itself), binary, multiclass or regression",
        choices: ["auto"] + Task.allCases.map(\.rawValue), default: "auto")
    static let metric = Option<String>.choice(
        "metric", value: "NAME", help: "What models are ranked by (roc_auc, log_loss or rmse by the task)",
        choices: ["auto"] + Metric.allCases.map(\.rawValue), default: "auto")
    static let timeBudget = Option<Double?>.duration(
        "time-budget", help: "How long it may take, such as 60s or 1h30m (60s)")
    static let trials = Option<Int?>.integer(
        "trials", help: "How many trials instead: the same seed then gives the same model", range: 1...100_000)
    static let seed = Option<Int?>.integer("seed", help: "What all random choices follow from (0)", range: 0...Int.max)
    static let threads = Option<Int?>.integer("threads", help: "Threads that train (all processors)", range: 1...1024)
    static let folds = Option<Int?>.integer(
        "folds", value: "K", help: "Folds of the validation (by the size of the table)", range: 2...20)
    static let exclude = Option<[String]>.list("exclude", value: "A,B", help: "Columns that must not be used")
    static let learners = Option<[String]>.list("learners", value: "A,B", help: "Learners to use (all)")
    static let weight = Option<String?>.text("weight", value: "COLUMN", help: "A column of row weights")
    static let holdout = Option<Double?>.share(
        "holdout", help: "Share of the rows that is held out to score on instead of folds, from 0.05 to 0.5")
    static let group = Option<String?>.text(
        "group", value: "COLUMN", help: "A column whose equal values are trained on or scored on, never both")
    static let time = Option<String?>.text(
        "time", value: "COLUMN",
        help: "A column of moments: the latest rows are held out, a fifth unless --holdout says")
    static let validation = Option<String>.choice(
        "validation", value: "KIND",
        help:
            "How rows are divided: auto keeps repeats and rows of one entity together, random does not, group and time "
            + "take what is named or found",
        choices: ValidationChoice.allCases.map(\.rawValue), default: "auto")
    static let positive = Option<String?>.text(
        "positive", value: "CLASS", help: "The positive one of two classes (the one whose bytes sort last)")
    static let threshold = Option<String?>.text(
        "threshold", value: "RULE",
        help: "How classes are decided: a probability such as 0.3, cost:FP=1,FN=20, precision>=0.9, recall>=0.8, or "
            + "weights:CLASS=1,CLASS=5 (the best threshold for a metric of two classes, else the likeliest class)")
    static let output = Option<String?>.text(
        "output", short: "o", value: "FILE", help: "Where the best model is written, such as churn.martlet")
    static let leaderboard = Option<String?>.text(
        "leaderboard", value: "FILE", help: "Where the leaderboard is written as JSON")

    static let command = Command(
        "train", summary: "Trains models on a table, ranks them and writes the best",
        discussion: """
            Examples:
              martlet train example:titanic --target Survived
              martlet train churn.csv --target Churn --time-budget 10m --output churn.martlet
              martlet train sales.csv --target Amount --time Day --holdout 0.2

            Ctrl-C, SIGTERM or a terminal that hangs up end it with the best model so far.
            """,
        operands: [DataArgument.operand],
        options: [
            target.declaration, task.declaration, metric.declaration, timeBudget.declaration, trials.declaration,
            seed.declaration, threads.declaration, folds.declaration, exclude.declaration, learners.declaration,
            weight.declaration, holdout.declaration, group.declaration, time.declaration,
            validation.declaration, positive.declaration, threshold.declaration, output.declaration,
            leaderboard.declaration,
        ] + ReadingOptions.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let start = ContinuousClock.now
        let settings = try settings(invocation)
        try Files.check(
            [("--output", invocation[output]), ("--leaderboard", invocation[leaderboard])].filter { $0.1 != nil },
            inputs: [("the table", invocation.operands[0])])
        let threadCount = invocation[threads] ?? ProcessLimits.current.processors

        var reading = ReadOptions(threads: threadCount)
        ReadingOptions.apply(invocation, to: &reading)
        let source = try DataArgument.source(invocation.operands[0])
        let cancellation = Mutex<Cancellation?>(nil)
        let wasInterrupted = Mutex(false)
        var interrupt: Interrupt?
        defer { withExtendedLifetime(interrupt) {} }

        let underWay = Mutex<LocalExperiment?>(nil)
        let watch = Machine.watchMemory { _ = underWay.withLock { $0 }?.relieve() }
        defer { watch?.stop() }
        let progress = TrainingProgress(settings.budget, start: start)
        let experiment = try prepare(source, reading, settings, progress, start: start) {
            // Before, there is nothing to end with, and a signal ends the process at once.
            interrupt = Interrupt {
                wasInterrupted.withLock { $0 = true }
                cancellation.withLock { $0?.cancel() }
            }
        }
        underWay.withLock { $0 = experiment }
        cancellation.withLock { $0 = experiment.cancellation }
        if wasInterrupted.withLock({ $0 }) { experiment.cancellation.cancel() }
        let finished = try await experiment.run()
        progress.end(finished.leaderboard, interrupted: wasInterrupted.withLock { $0 })
        for line in finished.model.header.decisionLines { progress.note(line) }

        if let path = invocation[output] {
            try OutputFile.write(finished.artifact, to: path)
            progress.note("Model written to \(path) (\(Format.bytes(finished.artifact.count)))")
        }
        if let path = invocation[leaderboard] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try OutputFile.write([UInt8](try encoder.encode(finished.leaderboard)) + [0x0A], to: path)
        }
        if let cut = finished.leaderboard.memoryCut { progress.note(cut.summary) }
        return 0
    }

    /// Reads the table and prepares the experiment, which is all that is left of the table then.
    private static func prepare(
        _ source: TableSource, _ reading: ReadOptions, _ settings: ExperimentSettings, _ progress: TrainingProgress,
        start: ContinuousClock.Instant, whenRead: () -> Void
    ) throws -> LocalExperiment {
        let (table, notes) = try TableReader.read(source, reading)
        whenRead()
        progress.read(table, notes: notes)
        return try LocalExperiment(
            table, settings: settings,
            options: .init(
                threads: reading.threads ?? 1, memory: Machine.experimentMemory,
                secondsSpent: (ContinuousClock.now - start).seconds),
            onEvent: { progress.show($0) })
    }

    private static func settings(_ invocation: Invocation) throws -> ExperimentSettings {
        guard let column = invocation[target] else {
            throw UsageError("--target is missing: which column is predicted?")
        }
        if invocation.isGiven(timeBudget), invocation.isGiven(trials) {
            throw UsageError("--time-budget and --trials exclude each other")
        }
        let budget = invocation[trials].map(Budget.trials) ?? .seconds(invocation[timeBudget] ?? 60)
        let settings = ExperimentSettings(
            target: column, task: Task(rawValue: invocation[task]), metric: Metric(rawValue: invocation[metric]),
            budget: budget, seed: UInt64(invocation[seed] ?? 0), folds: invocation[folds], exclude: invocation[exclude],
            learners: invocation.isGiven(learners) ? invocation[learners] : nil, weight: invocation[weight],
            holdout: invocation[holdout], group: invocation[group], time: invocation[time],
            validation: ValidationChoice(rawValue: invocation[validation]),
            positive: invocation[positive], threshold: try invocation[threshold].map { try ThresholdRule($0) })
        try settings.validate()
        return settings
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
