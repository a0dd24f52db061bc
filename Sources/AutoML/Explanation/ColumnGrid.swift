import Foundation
import Learners
import Tabular

/// The values at which the effect of one column is looked at.
struct ColumnGrid {
    /// Rising numbers; nil for levels.
    let numbers: [Double]?
    /// Levels, the most frequent first; nil for numbers.
    let levels: [String]?
    /// `number`, `integer`, `boolean`, `date`, `datetime` or `category`.
    let kind: String
    /// Rows at or nearest to each value.
    let rows: [Int]

    static let mostNumbers = 24
    static let mostLevels = 12

    /// Nil for a column without values, or of free text.
    init?(_ column: Column, type: ColumnType) {
        if type == .text { return nil }
        if case .strings(let codes, let names) = column.storage {
            var counts = [Int](repeating: 0, count: names.count)
            for row in 0..<codes.count where codes[row] >= 0 { counts[Int(codes[row])] += 1 }
            let kept = names.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
                .prefix(ColumnGrid.mostLevels)
            guard !kept.isEmpty else { return nil }
            levels = kept.map { names[$0] }
            rows = kept.map { counts[$0] }
            numbers = nil
            kind = "category"
            return
        }
        let present = (column.doubles() ?? []).filter(\.isFinite).sorted()
        guard !present.isEmpty else { return nil }
        var grid: [Double] = []
        for step in 0..<ColumnGrid.mostNumbers {
            // The outermost per cent says little and stretches the axis.
            let share = 0.01 + 0.98 * Double(step) / Double(ColumnGrid.mostNumbers - 1)
            let value = present[min(present.count - 1, Int(share * Double(present.count)))]
            if grid.last != value { grid.append(value) }
        }
        var counts = [Int](repeating: 0, count: grid.count)
        for value in present { counts[ColumnGrid.nearest(value, in: grid)] += 1 }
        (numbers, levels, rows) = (grid, nil, counts)
        switch column.storage {
        case .dates: kind = "date"
        case .datetimes: kind = "datetime"
        case .booleans: kind = "boolean"
        case .integers: kind = "integer"
        default: kind = "number"
        }
    }

    var count: Int { numbers?.count ?? levels?.count ?? 0 }

    private static func nearest(_ value: Double, in grid: [Double]) -> Int {
        let above = grid.firstIndex { $0 >= value } ?? grid.count - 1
        return above > 0 && value - grid[above - 1] < grid[above] - value ? above - 1 : above
    }

    /// A column like `column` that holds, row by row, the grid's value of `places`.
    func column(like column: Column, _ places: [Int]) -> Column {
        if let levels {
            return Column(
                name: column.name, type: column.type,
                storage: .strings(codes: PackedIntegers(places.map(Int64.init)), levels: levels))
        }
        return ColumnGrid.column(like: column, numbers: places.map { numbers?[$0] ?? 0 })
    }

    /// A column like `column` of these numbers, in the units of `Column.doubles`.
    static func column(like column: Column, numbers: [Double]) -> Column {
        let storage: Column.Storage =
            switch column.storage {
            case .dates: .dates(PackedIntegers(numbers.map { Int64(saturating: $0.rounded()) }))
            case .datetimes: .datetimes(numbers.map { Int64(saturating: ($0 * 1e6).rounded()) })
            default: .doubles(numbers)
            }
        return Column(name: column.name, type: column.type, storage: storage)
    }
}
