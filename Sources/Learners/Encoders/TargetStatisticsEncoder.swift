public import Search
public import Tabular

/// Turns a categorical column into what the target was, on average, for each of its levels.
///
/// A level's statistic is shrunk towards the mean of all rows by `smoothing` rows' worth of it (Micci-Barreca 2001). The
/// training rows themselves get the statistic of the other folds, so that a row's own target never reaches its features
/// (the leak is described by Prokhorenkova et al. 2018). Unseen levels get the mean; missing ones are a level of their own.
public struct TargetStatisticsEncoder: Sendable, Hashable {
    /// The column it reads.
    public let column: String
    /// Numbers a row: 1 for binary (share of the positive class) and regression (mean), one a class for more classes.
    public let width: Int
    package let lookup: LevelLookup
    /// `(levels + 2) × width`: a row a level, then missing, then unseen.
    package let statistics: [Float]

    /// What fitting gives: the encoder, and for the training rows, in their order, row-major out-of-fold statistics.
    public struct Fitted: Sendable {
        /// For rows that were not trained on.
        public let encoder: TargetStatisticsEncoder
        /// `rows × width` numbers for the rows that were.
        public let outOfFold: [Float]
    }

    /// Fits on `rows` of `column`; of more than `classLimit` classes the most frequent ones are used.
    public static func fit(
        _ column: Column, _ target: Target, rows: [Int32], weights: [Float]?, smoothing: Double = 10, folds: Int = 5,
        classLimit: Int = 10, seed: Seed
    ) throws -> Fitted {
        let all = LevelLookup(levels: column.levels)
        let known = Int32(column.levels.count)
        let codes = try all.codes(column, rows: rows, unknown: known, missing: known)
        let outputs = TargetOutputs(target, rows: rows, weights: weights, classLimit: classLimit)
        let levelCount = Int(known) + 1
        let total = LevelSums(codes, outputs, rows: rows, weights: weights, levelCount: levelCount) { _ in true }
        var outOfFold = [Float](repeating: 0, count: rows.count * outputs.width)
        let folds = max(2, folds)
        let bits = seed.child("target_statistics").value
        let fold = rows.map { Int(Seed.mix(bits ^ UInt64(UInt32(bitPattern: $0))) % UInt64(folds)) }
        for held in 0..<folds {
            let inside = LevelSums(codes, outputs, rows: rows, weights: weights, levelCount: levelCount) {
                fold[$0] == held
            }
            let table = total.subtracting(inside).smoothed(smoothing, fallback: outputs.neutral)
            for index in rows.indices where fold[index] == held {
                for output in 0..<outputs.width {
                    outOfFold[index * outputs.width + output] = table[Int(codes[index]) * outputs.width + output]
                }
            }
        }
        let encoder = TargetStatisticsEncoder(column: column.name, all: all, total, smoothing, outputs)
        return Fitted(encoder: encoder, outOfFold: outOfFold)
    }

    private init(column: String, all: LevelLookup, _ sums: LevelSums, _ smoothing: Double, _ outputs: TargetOutputs) {
        let table = sums.smoothed(smoothing, fallback: outputs.neutral)
        let seen = all.levels.indices.filter { sums.weight[$0] > 0 } + [all.levels.count, all.levels.count + 1]
        self.column = column
        width = outputs.width
        lookup = LevelLookup(levels: seen.dropLast(2).map { all.levels[$0] })
        statistics = seen.flatMap { table[$0 * outputs.width..<($0 + 1) * outputs.width] }
    }

    /// Row-major statistics, `rows × width`, of a column with the fitted one's name or any other; nil for all its rows.
    public func encode(_ column: Column, rows: [Int32]? = nil) throws -> [Float] {
        let known = Int32(lookup.levels.count)
        let codes = try lookup.codes(column, rows: rows, unknown: known + 1, missing: known)
        var values = [Float](repeating: 0, count: codes.count * width)
        for (index, code) in codes.enumerated() {
            for output in 0..<width { values[index * width + output] = statistics[Int(code) * width + output] }
        }
        return values
    }

    /// Reads what `write(to:)` wrote.
    public init(from reader: inout BinaryReader) throws {
        column = try reader.readString()
        width = try reader.readInt(in: 1...1024)
        lookup = try LevelLookup(from: &reader)
        statistics = try reader.readFinite(count: (lookup.levels.count + 2) * width)
    }

    /// Appends all that `init(from:)` needs.
    public func write(to writer: inout BinaryWriter) {
        writer.write(column)
        writer.write(Int64(width))
        lookup.write(to: &writer)
        writer.write(statistics)
    }
}

/// What is averaged of a target: the value, less the target's origin, or whether the row is of a class.
private struct TargetOutputs {
    let width: Int
    /// The output a class adds to, −1 for none; nil for regression.
    let outputOfClass: [Int]?
    let values: [Double]
    /// The statistic where there is no row at all.
    let neutral: Double

    init(_ target: Target, rows: [Int32], weights: [Float]?, classLimit: Int) {
        let origin = target.origin
        values = rows.map { target.values[Int($0)] - origin }
        guard target.task.isClassification else {
            width = 1
            outputOfClass = nil
            neutral = 0
            return
        }
        let classCount = max(2, target.classes.count)
        if target.task == .binary {
            width = 1
            outputOfClass = [-1, 0]
            neutral = 0.5
            return
        }
        var frequency = [Double](repeating: 0, count: classCount)
        for (index, value) in values.enumerated() {
            frequency[Int(value)] += weights.map { Double($0[Int(rows[index])]) } ?? 1
        }
        let used = frequency.indices.sorted { (frequency[$1], $0) < (frequency[$0], $1) }.prefix(max(1, classLimit))
            .sorted()
        var map = [Int](repeating: -1, count: classCount)
        for (output, index) in used.enumerated() { map[index] = output }
        width = used.count
        outputOfClass = map
        neutral = 1 / Double(classCount)
    }
}

/// Weighted sums of a target by level, and over all levels.
private struct LevelSums {
    var sums: [Double]
    var weight: [Double]
    let width: Int

    init(
        _ codes: [Int32], _ outputs: TargetOutputs, rows: [Int32], weights: [Float]?, levelCount: Int,
        where isIncluded: (Int) -> Bool
    ) {
        width = outputs.width
        sums = [Double](repeating: 0, count: levelCount * outputs.width)
        weight = [Double](repeating: 0, count: levelCount)
        for index in codes.indices where isIncluded(index) {
            let code = Int(codes[index])
            let rowWeight = weights.map { Double($0[Int(rows[index])]) } ?? 1
            weight[code] += rowWeight
            if let map = outputs.outputOfClass {
                let output = map[Int(outputs.values[index])]
                if output >= 0 { sums[code * width + output] += rowWeight }
            } else {
                sums[code] += rowWeight * outputs.values[index]
            }
        }
    }

    func subtracting(_ other: LevelSums) -> LevelSums {
        var result = self
        for index in sums.indices { result.sums[index] -= other.sums[index] }
        for index in weight.indices { result.weight[index] = max(0, result.weight[index] - other.weight[index]) }
        return result
    }

    /// A row a level, the last for levels that were never seen.
    func smoothed(_ smoothing: Double, fallback: Double) -> [Float] {
        let total = weight.reduce(0, +)
        let prior = (0..<width).map { output in
            let sum = stride(from: output, to: sums.count, by: width).reduce(0) { $0 + sums[$1] }
            return total > 0 ? sum / total : fallback
        }
        var table: [Float] = []
        table.reserveCapacity(sums.count + width)
        for level in weight.indices {
            for output in 0..<width {
                let share = weight[level] + smoothing
                let value = sums[level * width + output] + smoothing * prior[output]
                table.append(Float(share > 0 ? value / share : prior[output]))
            }
        }
        return table + prior.map { Float($0) }
    }
}

extension Column {
    /// The levels of a column of strings; none for any other.
    var levels: [String] {
        if case .strings(_, let levels) = storage { levels } else { [] }
    }
}
