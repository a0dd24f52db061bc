import AutoML
import CommandLine
import Foundation
import Learners
import StandardIO
import Tabular
import Telemetry

/// `martlet explain`: how good a model is, and why it predicts what it predicts.
enum ExplainCommand {
    static let data = Option<String?>.text(
        "data", value: "FILE", help: "A table to evaluate and explain on (rows of the training table it has not seen)")
    static let json = Option<String?>.text("json", value: "FILE", help: "Where all of it is written as JSON")
    static let html = Option<String?>.text(
        "html", value: "FILE", help: "Where a report is written, as one page that needs nothing else")
    static let leaderboard = Option<String?>.text(
        "leaderboard", value: "FILE", help: "The leaderboard that train wrote, for the times of a run with --trials")
    static let by = Option<String?>.text(
        "by", value: "COLUMN", help: "Scores for each value of a column, or each quarter of its numbers")
    static let scale = Option<String>.choice(
        "scale", value: "SCALE", help: "The unit of contributions: prediction, or margin (such as log-odds)",
        choices: RowContributions.Scale.allCases.map(\.rawValue), default: RowContributions.Scale.prediction.rawValue)
    static let columns = Option<Int?>.integer(
        "columns", help: "Columns whose effects are worked out (8)", range: 1...50)
    static let seconds = Option<Double?>.duration(
        "time-budget", help: "How long it may take, about; the more, the narrower the intervals (45s)")
    static let threads = Option<Int?>.integer("threads", help: "Threads (all processors)", range: 1...1024)

    static let command = Command(
        "explain", summary: "Shows how good a model is and why it predicts what it predicts",
        discussion: """
            Scores are those of predictions for rows that the models had not seen. Examples:
              martlet explain churn.martlet --html churn.html
              martlet explain churn.martlet --data march.csv --by Region --json churn.json
            """,
        operands: [.init("MODEL", help: "A model that train wrote")],
        options: [
            data.declaration, json.declaration, html.declaration, leaderboard.declaration, by.declaration,
            scale.declaration, columns.declaration, seconds.declaration, threads.declaration,
        ] + ReadingOptions.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let watch = Machine.watchMemory()
        defer { watch?.stop() }
        let path = invocation.operands[0]
        let model = try ModelFile.load(path)
        try Files.check(
            [("--json", invocation[json]), ("--html", invocation[html])].filter { $0.1 != nil },
            inputs: [
                ("the model", path), ("--data", invocation[data]), ("--leaderboard", invocation[leaderboard]),
            ])
        var options = Explainer.Options()
        options.group = invocation[by]
        options.scale = RowContributions.Scale(rawValue: invocation[scale]) ?? .prediction
        options.columns = invocation[columns] ?? options.columns
        if let seconds = invocation[seconds] {
            options.importanceSeconds = seconds / 2
            options.dependenceSeconds = seconds * 0.3
            options.learningCurveSeconds = seconds * 0.2
        }
        let threadCount = invocation[threads] ?? ProcessLimits.current.processors
        var table: Table?
        if let name = invocation[data] {
            let source = try DataArgument.source(name)
            var reading = ReadOptions.matching(model.header.plan.sourceSchema, mismatch: .error)
            reading.columns = nil
            ReadingOptions.apply(invocation, to: &reading)
            reading.threads = threadCount
            table = try TableReader.read(source, reading).0
            options.tableName = URL(fileURLWithPath: name).lastPathComponent
        }
        let (given, chosen) = (table, options)
        var explanation = try await onOwnThread {
            let pool = ThreadPool(threadCount: threadCount)
            defer { pool.stop() }
            return try Explainer(model, options: chosen, context: TrainingContext(pool: pool)).explain(on: given)
        }
        if let file = invocation[leaderboard] { try addTimes(from: file, to: &explanation) }
        ExplanationText(explanation).print(to: Console())
        if let file = invocation[json] {
            try OutputFile.write(
                [UInt8](try ReportCoding.encoder(pretty: true).encode(explanation)) + [0x0A], to: file)
        }
        if let file = invocation[html] {
            let name = URL(fileURLWithPath: path).lastPathComponent
            try OutputFile.write(Array(HTMLReport(explanation, name: name, madeOn: .here()).text.utf8), to: file)
        }
        return 0
    }

    /// Takes what was measured from a leaderboard file.
    private static func addTimes(from path: String, to explanation: inout Explanation) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("\(path): there is no such file")
        }
        guard let board = try? JSONDecoder().decode(Leaderboard.self, from: data) else {
            throw UsageError("\(path) is not a leaderboard that train wrote")
        }
        explanation.addTimes(of: board)
    }
}
