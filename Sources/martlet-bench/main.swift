import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "boosting": try BoostingBenchmark(Array(arguments.dropFirst())).run()
    case "explain": try ExplanationBenchmark(Array(arguments.dropFirst())).run()
    case "read": try ReadingBenchmark.run(Array(arguments.dropFirst()))
    default: throw BenchmarkError(description: "usage: martlet-bench boosting|explain|read …")
    }
} catch {
    print(error)
    exit(2)
}
