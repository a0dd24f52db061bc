import AutoML
import Foundation
import Learners
import Tabular

/// Measures prediction from a table in memory: `martlet-bench predict MODEL FILE [THREADS [ROUNDS]]` prints rows and the
/// seconds of the fastest round.
enum PredictionBenchmark {
    static func run(_ arguments: [String]) throws {
        guard arguments.count >= 2, let bytes = FileManager.default.contents(atPath: arguments[0]) else {
            throw BenchmarkError(description: "predict MODEL FILE [THREADS [ROUNDS]]")
        }
        let model = try ModelArtifact(loading: [UInt8](bytes))
        let (table, _) = try TableReader.read(.file(arguments[1]), .matching(model.header.schema))
        let threads = arguments.count > 2 ? Int(arguments[2]) ?? 1 : ProcessInfo.processInfo.activeProcessorCount
        let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 5
        let pool = ThreadPool(threadCount: threads)
        defer { pool.stop() }
        let context = TrainingContext(pool: pool)
        var fastest = Double.infinity
        for _ in 0..<max(1, rounds) {
            let start = ContinuousClock.now
            _ = try model.predict(table, context: context)
            fastest = min(fastest, start.duration(to: .now) / .seconds(1))
        }
        print("{\"rows\": \(table.rowCount), \"seconds\": \(fastest)}")
    }
}
