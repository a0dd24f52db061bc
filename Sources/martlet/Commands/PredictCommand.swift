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

    static let command = Command(
        "predict", summary: "Predicts the rows of a table with a model",
        discussion: """
            Writes a row for a row, in the order of the input: the column prediction and, for classes,
            probability_CLASS for each class. With --explain, base and the contributions of a row sum to its
            prediction: the value, the probability of the second of two classes, or that of the predicted class.
            """,
        operands: [.init("MODEL", help: "A model that train wrote"), DataArgument.operand],
        options: [output.declaration, threads.declaration, lenient.declaration, explain.declaration]
            + ReadingOptions.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let watch = Machine.watchMemory()
        defer { watch?.stop() }
        let model = try ModelFile.load(invocation.operands[0])
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
        let explains = invocation[explain]
        try await onOwnThread {
            try predict(model, source, options, path: path, threads: threadCount, explains: explains)
        }
        return 0
    }

    /// Reads, predicts and writes in chunks, so that memory stays bounded; the file appears whole or not at all.
    private static func predict(
        _ model: ModelArtifact, _ source: TableSource, _ options: ReadOptions, path: String?, threads: Int,
        explains: Bool
    ) throws {
        let pool = ThreadPool(threadCount: threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        let output = try OutputFile(path ?? StandardStreams.outputPath)
        var writer = CSVWriter { try output.write($0) }
        writer.cell("prediction")
        for name in model.header.classes { writer.cell("probability_\(name)") }
        if explains {
            writer.cell("base")
            for source in model.header.plan.sources { writer.cell("contribution_\(source.name)") }
        }
        try writer.endRow()
        _ = try TableReader.readChunks(source, options) { chunk in
            let predictions = try model.predict(chunk, context: context)
            // Contributions take far more memory than predictions: a part of the rows at a time.
            for start in stride(from: 0, to: explains ? chunk.rowCount : 0, by: 2048) {
                let rows = start..<min(start + 2048, chunk.rowCount)
                let part = try model.contributions(chunk.selecting(rows.map { Int32($0) }), context: context)
                try write(predictions, rows, part, of: model, to: &writer)
            }
            if !explains { try write(predictions, 0..<predictions.rowCount, nil, of: model, to: &writer) }
        }
        try writer.finish()
        try output.finish()
    }

    private static func write(
        _ predictions: Predictions, _ rows: Range<Int>, _ contributions: RowContributions?, of model: ModelArtifact,
        to writer: inout CSVWriter
    ) throws {
        let labels = model.labels(predictions)
        let classes = model.predictedClasses(predictions)
        for row in rows {
            if model.header.task.isClassification {
                writer.cell(labels[row])
                for output in 0..<predictions.outputCount {
                    writer.cell(predictions.values[row * predictions.outputCount + output])
                }
            } else {
                writer.cell(predictions.values[row])
            }
            if let contributions {
                let output = contributions.outputs.count > 1 ? Int(classes[row]) : 0
                writer.cell(contributions.base[output])
                for column in contributions.columns.indices {
                    writer.cell(contributions.value(row: row - rows.lowerBound, column: column, output: output))
                }
            }
            try writer.endRow()
        }
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
