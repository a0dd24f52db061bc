import Foundation
import Tabular

/// Measures reading: `martlet-bench read FILE [THREADS [types|chunks]]` prints rows, seconds and peak memory, and the
/// table's types; or it reads in chunks, encodes them for a store and drops them.
enum ReadingBenchmark {
    static func run(_ arguments: [String]) throws {
        guard let file = arguments.first else { throw BenchmarkError(description: "read FILE [THREADS [types]]") }
        var options = ReadOptions()
        if arguments.count > 1 { options.threads = Int(arguments[1]) }
        let start = ContinuousClock.now
        if arguments.count > 2, arguments[2] == "chunks" {
            var bytes = 0
            let summary = try TableReader.readChunks(.file(file), options) { chunk in
                for column in chunk.columns { bytes += try ChunkCodec.encode(column).reduce(0) { $0 + $1.bytes.count } }
            }
            report(summary.rowCount, start)
            print("\(bytes) bytes encoded")
            return
        }
        let (table, notes) = try TableReader.read(.file(file), options)
        report(table.rowCount, start)
        if arguments.count > 2 {
            for column in table.columns { print(column.name, column.type.rawValue, column.missingCount) }
            for note in notes { print(note) }
        }
    }

    private static func report(_ rows: Int, _ start: ContinuousClock.Instant) {
        let elapsed = start.duration(to: .now) / .seconds(1)
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let cpu = [usage.ru_utime, usage.ru_stime].reduce(0.0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        print(
            "{\"rows\": \(rows), \"seconds\": \(elapsed), \"cpu_seconds\": \(cpu), \"peak_kib\": \(usage.ru_maxrss)}")
    }
}
