import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "boosting": try BoostingBenchmark(Array(arguments.dropFirst())).run()
    case "cql": try await CQLBenchmark.run(Array(arguments.dropFirst()))
    case "datasets": try await DatasetBenchmark.run()
    case "explain": try ExplanationBenchmark(Array(arguments.dropFirst())).run()
    case "http": try HTTPBenchmark.run(Array(arguments.dropFirst()))
    case "kafka": try await KafkaBenchmark(Array(arguments.dropFirst())).run()
    case "network": try await NetworkBenchmark.run(Array(arguments.dropFirst()))
    case "predict": try PredictionBenchmark.run(Array(arguments.dropFirst()))
    case "read": try ReadingBenchmark.run(Array(arguments.dropFirst()))
    default:
        throw BenchmarkError(
            description: "usage: martlet-bench boosting|cql|datasets|explain|http|kafka|network|predict|read …")
    }
} catch {
    print(error)
    exit(2)
}
