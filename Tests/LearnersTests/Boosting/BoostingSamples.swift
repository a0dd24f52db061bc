import Search
import Tabular

@testable import Learners

/// Small problems of every task with numbers, categories and missing values.
enum BoostingSamples {
    static func table(rows: Int, seed: UInt64 = 1) -> Table {
        var random = RandomSource(seed: seed)
        var a: [Double] = []
        var b: [Double] = []
        var sparse: [[Double]] = [[], [], []]
        var codes: [Int64] = []
        for _ in 0..<rows {
            a.append(random.normal())
            b.append(random.unit() < 0.2 ? .nan : (random.normal() * 4).rounded())
            let hot = random.below(4)
            for place in 0..<3 { sparse[place].append(hot == place ? 1 : 0) }
            codes.append(random.unit() < 0.1 ? -1 : Int64(random.below(12)))
        }
        var columns = [
            numeric("a", a), numeric("b", b), numeric("constant", a.map { _ in 3 }),
            numeric("empty", a.map { _ in .nan }), categorical("c", codes),
        ]
        columns += sparse.enumerated().map { numeric("hot\($0)", $1) }
        return Table(columns: columns, rowCount: rows)
    }

    static func numeric(_ name: String, _ values: [Double]) -> Column {
        Column(name: name, type: .float, storage: .doubles(values), validity: validity(values.map { !$0.isNaN }))
    }

    static func categorical(_ name: String, _ codes: [Int64]) -> Column {
        let levels = (0...max(0, codes.max() ?? 0)).map { "level \($0)" }
        return Column(
            name: name, type: .categorical, storage: .strings(codes: PackedIntegers(codes), levels: levels),
            validity: validity(codes.map { $0 >= 0 }))
    }

    private static func validity(_ present: [Bool]) -> Bitmap? {
        if present.allSatisfy({ $0 }) { return nil }
        var bits = Bitmap()
        for bit in present { bits.append(bit) }
        return bits
    }

    static func problem(_ task: Learners.Task, rows: Int, seed: UInt64 = 1, weights: [Float]? = nil) -> LearningProblem
    {
        let features = table(rows: rows, seed: seed)
        var random = RandomSource(seed: seed &+ 77)
        var values: [Double] = []
        for row in 0..<rows {
            let a = features.columns[0].doubles()?[row] ?? 0
            let b = features.columns[1].doubles()?[row] ?? 0
            var code = -1
            if case .strings(let codes, _) = features.columns[4].storage { code = Int(codes[row]) }
            let signal = a + (b.isNaN ? 1.5 : b / 4) + (code % 3 == 0 ? 1 : -0.5) + 0.3 * random.normal()
            switch task {
            case .regression: values.append(signal * 10 + 50)
            case .binary: values.append(signal > 0.3 ? 1 : 0)
            case .multiclass: values.append(signal > 1 ? 2 : signal > -0.5 ? 1 : 0)
            }
        }
        let classes: [String] =
            switch task {
            case .regression: []
            case .binary: ["no", "yes"]
            case .multiclass: ["low", "middle", "high"]
            }
        return LearningProblem(
            features: features, target: Target(task: task, classes: classes, values: values), weights: weights)
    }

    static func bytes(_ model: any FittedModel) -> [UInt8] {
        var writer = BinaryWriter()
        model.write(to: &writer)
        return writer.bytes
    }

    static func rows(_ range: Range<Int>) -> [Int32] { range.map { Int32($0) } }
}

extension Bitmap {
    fileprivate init() { self.init(repeating: false, count: 0) }
}
