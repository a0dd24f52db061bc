import Foundation
import Learners
import Search
import Tabular

/// A table with every kind of column, missing cells in each, for models that are written and read elsewhere.
struct MixedTable {
    var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    /// Rows to train on, or, with `isNew`, rows with categories and values beyond those.
    mutating func table(rows: Int, task: Task, isNew: Bool = false) -> Table {
        let number = numbers(rows) { $0.normal() }
        let price = numbers(rows) { exp(3 * $0.normal()) * (isNew ? 50 : 1) }
        let count = numbers(rows) { Double($0.below(6)) }
        let few = strings(rows, levels: isNew ? 7 : 5, name: "colour")
        let many = strings(rows, levels: isNew ? 500 : 320, name: "città")
        let flags = (0..<rows).map { _ in random.below(3) }
        let days = (0..<rows).map { _ in random.below(9) == 0 ? nil : Int64(15_000 + random.below(4_000)) }
        let times = (0..<rows).map { _ in
            random.below(9) == 0 ? nil : Int64(random.below(2_000_000_000)) * 1_000_000 + Int64(random.below(1_000_000))
        }
        var label: [Double] = []
        for row in 0..<rows {
            let base = (number[row].isNaN ? -1 : number[row]) + (few[row] == "colour 1" ? 1 : 0)
            let season = days[row].map { sin(Double($0) / 58) } ?? 0
            let isFlag = flags[row] == 1 ? 0.8 : 0
            let size = price[row].isNaN ? 0 : 0.2 * log(price[row])
            label.append(base + season + isFlag + size + 0.3 * random.normal())
        }
        let target: Column =
            switch task {
            case .regression: Fixtures.numbers("y", label.map { 1_000 * $0 + 500 })
            case .binary: Fixtures.strings("y", label.map { $0 > 0.4 ? "yes" : "no" })
            case .multiclass:
                Fixtures.strings("y", label.map { $0 < -0.5 ? "low" : $0 < 0.4 ? "middle" : $0 < 1.5 ? "high" : "top" })
            }
        return Table(columns: [
            Fixtures.numbers("number", number), Fixtures.numbers("price", price), Fixtures.numbers("count", count),
            Fixtures.strings("few", few), Fixtures.strings("many levels", many),
            MixedTable.column("flag", .boolean, flags.map { $0 < 2 ? Int64($0) : nil }) {
                var bits = Bitmap(repeating: false, count: $0.count)
                for (row, value) in $0.enumerated() where value == 1 { bits[row] = true }
                return .booleans(bits)
            },
            MixedTable.column("day", .date, days) { .dates(PackedIntegers($0)) },
            MixedTable.column("time", .datetime, times) { .datetimes($0) },
            target,
        ])
    }

    private mutating func numbers(_ rows: Int, _ value: (inout RandomSource) -> Double) -> [Double] {
        (0..<rows).map { _ in
            let drawn = value(&random)
            return random.below(8) == 0 ? .nan : drawn
        }
    }

    private mutating func strings(_ rows: Int, levels: Int, name: String) -> [String?] {
        (0..<rows).map { _ in
            let level = random.below(levels)
            return random.below(10) == 0 ? nil : "\(name) \(level)"
        }
    }

    private static func column(
        _ name: String, _ type: ColumnType, _ values: [Int64?], _ storage: ([Int64]) -> Column.Storage
    ) -> Column {
        var present = Bitmap(repeating: true, count: values.count)
        for (row, value) in values.enumerated() where value == nil { present[row] = false }
        return Column(
            name: name, type: type, storage: storage(values.map { $0 ?? 0 }), validity: present,
            booleanLabels: BooleanLabels(no: "No", yes: "Yes"))
    }
}
