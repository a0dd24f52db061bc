import AutoML
import CommandLine
import Foundation
import Learners
import StandardIO
import Tabular
import Telemetry

/// `martlet predict`: a model's predictions for the rows of a table, as CSV.
enum PredictCommand {
    static let output = Option<String?>.text(
        "output", short: "o", value: "FILE", help: "Where the predictions are written (standard output)")
    static let threads = Option<Int?>.integer("threads", help: "Threads that predict (all processors)", range: 1...1024)
    static let lenient = Option<Bool>.flag(
        "lenient", help: "Take cells that do not fit their column's type as missing instead of ending with an error")

    static let explain = Option<Bool>.flag(
        "explain",
        help: "Add what each column adds to the prediction: the column base, and contribution_COLUMN for each")

    static let interval = Option<Double?>.share(
        "interval", value: "LEVEL",
        help:
            "Add what holds the truth with this probability, such as 0.9: prediction_low and prediction_high, or labels"
    )

    static let threshold = Option<String?>.text(
        "threshold", value: "RULE",
        help: "How classes are decided instead of as the model does: a probability such as 0.3, cost:FP=1,FN=20, "
            + "precision>=0.9, recall>=0.8, or weights:CLASS=1,CLASS=5")

    static let command = Command(
        "predict", summary: "Predicts the rows of a table with a model",
        discussion: """
            Writes a row for a row, in the order of the input: the column prediction and, for classes,
            probability_CLASS for each class. With --explain, base and the contributions of a row sum to its
            prediction: the value, the probability of the second of two classes, or that of the predicted class.
            With --interval, the column labels is a JSON list of classes.
            """,
        operands: [.init("MODEL", help: "A model that train wrote"), DataArgument.operand],
        options: [
            output.declaration, threads.declaration, lenient.declaration, explain.declaration,
            interval.declaration, threshold.declaration,
        ] + ReadingOptions.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let watch = Machine.watchMemory()
        defer { watch?.stop() }
        let rule = try invocation[threshold].map { try ThresholdRule($0) }
        let stored = try ModelFile.load(invocation.operands[0])
        let model = try rule.map { try stored.deciding(by: $0) } ?? stored
        let source = try DataArgument.source(invocation.operands[1])
        let path = invocation[output]
        try Files.check(
            [(path == nil ? "standard output" : "--output", path)],
            inputs: [("the model", invocation.operands[0]), ("the table", invocation.operands[1])])
        let threadCount = invocation[threads] ?? ProcessLimits.current.processors
        var reading = ReadOptions.matching(
            model.header.plan.sourceSchema, mismatch: invocation[lenient] ? .missing : .error)
        ReadingOptions.apply(invocation, to: &reading)
        reading.threads = threadCount

        let options = reading
        let (explains, interval) = (invocation[explain], invocation[interval])
        if let interval { try model.checkInterval(interval) }
        try await onOwnThread {
            try predict(
                model, source, options, path: path, threads: threadCount, explains: explains, interval: interval)
        }
        return 0
    }

    /// Reads, predicts and writes in chunks, so that memory stays bounded; the file appears whole or not at all.
    private static func predict(
        _ model: ModelArtifact, _ source: TableSource, _ options: ReadOptions, path: String?, threads: Int,
        explains: Bool, interval: Double?
    ) throws {
        let cells = try PredictionCells(model, hasRanges: interval != nil)
        let pool = ThreadPool(threadCount: threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        let output = try OutputFile(path ?? StandardStreams.outputPath)
        var writer = CSVWriter { try output.write($0) }
        cells.writeNames(to: &writer)
        if explains {
            writer.cell("base")
            for source in model.header.plan.sources { writer.cell("contribution_\(source.name)") }
        }
        try writer.endRow()
        _ = try TableReader.readChunks(source, options) { chunk in
            let predicted = try model.rows(chunk, interval: interval, context: context)
            let classes = model.predictedClasses(predicted.predictions)
            // Contributions take far more memory than predictions: a part of the rows at a time.
            for start in stride(from: 0, to: explains ? chunk.rowCount : 0, by: 2048) {
                let rows = start..<min(start + 2048, chunk.rowCount)
                let part = try model.contributions(chunk.selecting(rows.map { Int32($0) }), context: context)
                for row in rows {
                    cells.write(row, of: predicted, to: &writer)
                    let output = part.outputs.count > 1 ? Int(classes[row]) : 0
                    writer.cell(part.base[output])
                    for column in part.columns.indices {
                        writer.cell(part.value(row: row - rows.lowerBound, column: column, output: output))
                    }
                    try writer.endRow()
                }
            }
            for row in 0..<(explains ? 0 : chunk.rowCount) {
                cells.write(row, of: predicted, to: &writer)
                try writer.endRow()
            }
        }
        try writer.finish()
        try output.finish()
    }
}

/// Runs blocking work on a thread of its own, apart from Swift's cooperative pool.
func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result { try work() }) }
        thread.stackSize = 8 << 20
        thread.start()
    }
}
