import AutoML
import Foundation
import Learners
import Tabular

/// A program that predicts with one model and does nothing else; it is linked so that it needs no other file.
@main
struct MartletPredict {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        do {
            try run(try Arguments(Array(Arguments.words.dropFirst())))
        } catch {
            FileHandle.standardError.write(Data("martlet-predict: \(error)\n".utf8))
            exit(error is Output.Failure ? 1 : 2)
        }
    }

    private static func run(_ arguments: Arguments) throws {
        if arguments.wantsHelp { return print(Arguments.usage) }
        if arguments.wantsVersion { return print("martlet-predict \(martletVersion)") }
        let path = arguments.modelPath
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Arguments.Mistake("\(path): there is no such model")
        }
        let model = try ModelArtifact(loading: [UInt8](bytes))
        let input = try LineReader(arguments.data)
        let isJSON = try input.startsWithObject()
        let pool = ThreadPool(threadCount: arguments.threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        let output = try Output(arguments.output)
        do {
            if isJSON {
                try JSONLines.predict(input, model, to: output, context: context)
            } else {
                var options = ReadOptions.matching(model.header.plan.sourceSchema)
                options.threads = arguments.threads
                var csv = try CSVPredictions(model, to: output)
                let source: TableSource = arguments.data == "-" ? .bytes(try input.rest()) : .file(arguments.data)
                _ = try TableReader.readChunks(source, options) { chunk in
                    try csv.write(try model.predict(chunk, context: context), of: model)
                }
                try csv.finish()
            }
            try output.finish()
        } catch {
            output.discard()
            throw error
        }
    }
}
