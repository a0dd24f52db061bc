import AutoML
import Foundation
import Learners
import Search
import Tabular

/// Small tables made from a seed.
enum Fixtures {
    /// Two informative numbers, one of noise and a category; the target is `no` or `yes`.
    static func binary(rows: Int = 200, seed: UInt64 = 1, labels: (String, String) = ("no", "yes")) -> Table {
        var random = RandomSource(seed: seed)
        var (a, b, noise): ([Double], [Double], [Double]) = ([], [], [])
        var (category, label): ([String?], [String?]) = ([], [])
        for _ in 0..<rows {
            let (x, y) = (random.normal(), random.normal())
            let level = ["red", "green", "blue"][random.below(3)]
            a.append(x)
            b.append(y)
            noise.append(random.normal())
            category.append(level)
            label.append(x - y + (level == "red" ? 1 : 0) + 0.5 * random.normal() > 0.3 ? labels.1 : labels.0)
        }
        return Table(columns: [
            numbers("a", a), numbers("b", b), numbers("noise", noise), strings("colour", category),
            strings("label", label),
        ])
    }

    /// A number that follows two others, all under the names `a`, `b` and `y`.
    static func regression(rows: Int = 200, seed: UInt64 = 1) -> Table {
        var random = RandomSource(seed: seed)
        var (a, b, y): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rows {
            let (x, z) = (random.normal(), random.normal())
            a.append(x)
            b.append(z)
            y.append(3 * x - z * z + 0.1 * random.normal())
        }
        return Table(columns: [numbers("a", a), numbers("b", b), numbers("y", y)])
    }

    /// Three classes along a line of the plane.
    static func multiclass(rows: Int = 240, seed: UInt64 = 1) -> Table {
        var random = RandomSource(seed: seed)
        var (a, b): ([Double], [Double]) = ([], [])
        var label: [String?] = []
        for _ in 0..<rows {
            let (x, y) = (random.normal(), random.normal())
            a.append(x)
            b.append(y)
            let sum = x + y + 0.3 * random.normal()
            label.append(sum < -0.7 ? "low" : sum < 0.7 ? "middle" : "high")
        }
        return Table(columns: [numbers("a", a), numbers("b", b), strings("label", label)])
    }

    static func numbers(_ name: String, _ values: [Double]) -> Column {
        var present = Bitmap(repeating: true, count: values.count)
        for (row, value) in values.enumerated() where value.isNaN { present[row] = false }
        return Column(
            name: name, type: .float, storage: .doubles(values),
            validity: present.setCount == values.count ? nil : present)
    }

    static func integers(_ name: String, _ values: [Int]) -> Column {
        Column(name: name, type: .integer, storage: .integers(PackedIntegers(values.map(Int64.init))))
    }

    static func strings(_ name: String, _ values: [String?], type: ColumnType = .categorical) -> Column {
        var levels: [String] = []
        var present = Bitmap(repeating: true, count: values.count)
        let codes = values.enumerated().map { row, value -> Int64 in
            guard let value else {
                present[row] = false
                return -1
            }
            if let code = levels.firstIndex(of: value) { return Int64(code) }
            levels.append(value)
            return Int64(levels.count - 1)
        }
        return Column(
            name: name, type: type, storage: .strings(codes: PackedIntegers(codes), levels: levels),
            validity: present.setCount == values.count ? nil : present)
    }
}
