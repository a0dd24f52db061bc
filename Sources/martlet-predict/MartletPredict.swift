import AutoML
import Foundation
import Learners
import StandardIO
import Tabular

/// A program that predicts with one model and does nothing else; it is linked so that it needs no other file.
@main
struct MartletPredict {
    static func main() {
        StandardStreams.open()
        Signals.handle(program: "martlet-predict")
        do {
            try run(try Arguments(Array(Arguments.words.dropFirst())))
        } catch {
            StandardStreams.printError("martlet-predict: \(error)\n")
            exit(error is OutputError ? 1 : 2)
        }
    }

    private static func run(_ arguments: Arguments) throws {
        if arguments.wantsHelp || arguments.wantsVersion {
            StandardStreams.print((arguments.wantsHelp ? Arguments.usage : "martlet-predict \(martletVersion)") + "\n")
            return try StandardStreams.checkOutput()
        }
        let path = arguments.modelPath
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Arguments.Mistake("\(path): there is no such model")
        }
        try checkOutput(arguments)
        let stored = try ModelArtifact(loading: [UInt8](bytes))
        let model = try arguments.threshold.map { try stored.deciding(by: $0) } ?? stored
        if let interval = arguments.interval { try model.checkInterval(interval) }
        let input = try LineReader(arguments.data)
        let isJSON = try input.startsWithObject()
        let pool = ThreadPool(threadCount: arguments.threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        let output = try OutputFile(arguments.output ?? StandardStreams.outputPath)
        if isJSON {
            try JSONLines.predict(
                input, model, interval: arguments.interval, to: output, context: context)
        } else {
            var options = ReadOptions.matching(model.header.plan.sourceSchema)
            options.threads = arguments.threads
            var csv = try CSVPredictions(
                try PredictionCells(model, hasRanges: arguments.interval != nil), to: output)
            let source: TableSource = arguments.data == "-" ? .bytes(try input.rest()) : .file(arguments.data)
            _ = try TableReader.readChunks(source, options) { chunk in
                try csv.write(try model.rows(chunk, interval: arguments.interval, context: context))
            }
            try csv.finish()
        }
        try output.finish()
    }

    /// Throws where the output is the table or the model.
    private static func checkOutput(_ arguments: Arguments) throws {
        let output = arguments.output.map { FileIdentity(path: $0) } ?? FileIdentity(descriptor: 1)
        guard let output else { return }
        let table = arguments.data == "-" ? FileIdentity(descriptor: 0) : FileIdentity(path: arguments.data)
        if output == table || output == FileIdentity(path: arguments.modelPath) {
            throw Arguments.Mistake(
                "\(arguments.output ?? "standard output") is the same file as the \(output == table ? "table" : "model")"
            )
        }
    }
}
