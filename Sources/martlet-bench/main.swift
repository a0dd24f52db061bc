import Foundation
import Tabular

// Measures reading: `martlet-bench FILE [THREADS [types]]` prints rows, seconds and the table's types.
let arguments = CommandLine.arguments
guard arguments.count > 1 else {
    print("usage: martlet-bench FILE [THREADS [types]]")
    exit(2)
}
let clock = ContinuousClock()
do {
    var options = ReadOptions()
    if arguments.count > 2 { options.threads = Int(arguments[2]) }
    let start = clock.now
    let (table, notes) = try TableReader.read(.file(arguments[1]), options)
    let elapsed = start.duration(to: clock.now) / .seconds(1)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print("{\"rows\": \(table.rowCount), \"seconds\": \(elapsed), \"peak_kib\": \(usage.ru_maxrss)}")
    if arguments.count > 3 {
        for column in table.columns { print(column.name, column.type.rawValue, column.missingCount) }
        for note in notes { print(note) }
    }
} catch {
    print(error)
    exit(1)
}
