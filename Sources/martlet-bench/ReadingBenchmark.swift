import Foundation
import Tabular

/// Measures reading: `martlet-bench read FILE [THREADS [types]]` prints rows, seconds and the table's types.
enum ReadingBenchmark {
    static func run(_ arguments: [String]) throws {
        guard let file = arguments.first else { throw BenchmarkError(description: "read FILE [THREADS [types]]") }
        var options = ReadOptions()
        if arguments.count > 1 { options.threads = Int(arguments[1]) }
        let start = ContinuousClock.now
        let (table, notes) = try TableReader.read(.file(file), options)
        let elapsed = start.duration(to: .now) / .seconds(1)
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print("{\"rows\": \(table.rowCount), \"seconds\": \(elapsed), \"peak_kib\": \(usage.ru_maxrss)}")
        if arguments.count > 2 {
            for column in table.columns { print(column.name, column.type.rawValue, column.missingCount) }
            for note in notes { print(note) }
        }
    }
}
