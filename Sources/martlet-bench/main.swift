import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "boosting": try BoostingBenchmark(Array(arguments.dropFirst())).run()
    case "read": try ReadingBenchmark.run(Array(arguments.dropFirst()))
    case "kafka": try await KafkaBenchmark(Array(arguments.dropFirst())).run()
    default: throw BenchmarkError(description: "usage: martlet-bench boosting|read|kafka …")
    }
} catch {
    print(error)
    exit(2)
}
