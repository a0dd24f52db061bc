import AutoML
import CommandLine
import Foundation
import Learners
import Tabular

/// `martlet predict`: a model's predictions for the rows of a table, as CSV.
enum PredictCommand {
    static let output = Option<String?>.text(
        "output", short: "o", value: "FILE", help: "Where the predictions are written (standard output)")
    static let threads = Option<Int?>.integer("threads", help: "Threads that predict (all processors)", range: 1...1024)
    static let lenient = Option<Bool>.flag(
        "lenient", help: "Take cells that do not fit their column's type as missing instead of ending with an error")

    static let command = Command(
        "predict", summary: "Predicts the rows of a table with a model",
        discussion: """
            Writes a row for a row, in the order of the input: the column prediction and, for classes,
            probability_CLASS for each class.
            """,
        operands: [.init("MODEL", help: "A model that train wrote"), DataArgument.operand],
        options: [output.declaration, threads.declaration, lenient.declaration] + ReadingOptions.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let model = try ModelFile.load(invocation.operands[0])
        let source = try DataArgument.source(invocation.operands[1])
        let path = invocation[output]
        if let path { try Files.checkWritable(path, option: "output") }
        let threadCount = invocation[threads] ?? ProcessInfo.processInfo.activeProcessorCount
        var reading = ReadOptions.matching(
            model.header.plan.sourceSchema, mismatch: invocation[lenient] ? .missing : .error)
        ReadingOptions.apply(invocation, to: &reading)
        reading.threads = threadCount

        let options = reading
        try await onOwnThread { try predict(model, source, options, path: path, threads: threadCount) }
        return 0
    }

    /// Reads, predicts and writes in chunks, so that memory stays bounded; the file appears whole or not at all.
    private static func predict(
        _ model: ModelArtifact, _ source: TableSource, _ options: ReadOptions, path: String?, threads: Int
    ) throws {
        let pool = ThreadPool(threadCount: threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        let partial = path.map { $0 + ".partial" }
        var file = FileHandle.standardOutput
        if let partial {
            guard FileManager.default.createFile(atPath: partial, contents: nil),
                let handle = FileHandle(forWritingAtPath: partial)
            else {
                throw CommandFailure("cannot write \(partial)")
            }
            file = handle
        }
        do {
            var writer = CSVWriter(file)
            writer.cell("prediction")
            for name in model.header.classes { writer.cell("probability_\(name)") }
            try writer.endRow()
            _ = try TableReader.readChunks(source, options) { chunk in
                try write(try model.predict(chunk, context: context), of: model, to: &writer)
            }
            try writer.finish()
        } catch {
            if let partial { try? FileManager.default.removeItem(atPath: partial) }
            throw error
        }
        if let path, let partial {
            try file.close()
            guard rename(partial, path) == 0 else {
                throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))")
            }
        }
    }

    private static func write(
        _ predictions: Predictions, of model: ModelArtifact, to writer: inout CSVWriter
    ) throws {
        let labels = model.labels(predictions)
        for row in 0..<predictions.rowCount {
            if model.header.task.isClassification {
                writer.cell(labels[row])
                for output in 0..<predictions.outputCount {
                    writer.cell(predictions.values[row * predictions.outputCount + output])
                }
            } else {
                writer.cell(predictions.values[row])
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
