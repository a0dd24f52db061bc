import Foundation
import Tabular

/// How a numeric column becomes entries of a matrix: imputed, clipped, scaled, and optionally spread over knots.
package struct NumberEncoding: Sendable, Hashable {
    package let column: String
    package let shape: NumberScale
    package let centre: Double
    package let scale: Double
    /// Rising places of a piecewise linear basis; empty where there is none.
    package let knots: [Double]
    /// Whether the value itself differs between rows.
    package let hasValue: Bool
    /// Whether an entry says that the value is missing.
    package let hasIndicator: Bool

    /// Entries a row.
    var width: Int { (hasValue ? 1 : 0) + knots.count + (hasIndicator ? 1 : 0) }

    /// Fits on the values of the training rows, NaN where missing; nil where they say nothing.
    init?(_ column: String, _ values: [Double], options: DenseEncoder.Options) {
        let step = max(1, values.count / 20_000)
        let present = stride(from: 0, to: values.count, by: step).map { values[$0] }.filter(\.isFinite).sorted()
        let finite = present.isEmpty ? values.filter(\.isFinite).sorted() : present
        self.column = column
        hasIndicator = values.contains { $0.isNaN }
        guard let first = finite.first, let last = finite.last else { return nil }
        func quantile(_ share: Double) -> Double { finite[Int((share * Double(finite.count - 1)).rounded())] }
        let (lower, upper) = (quantile(0.01), quantile(0.99))
        let reach = upper - lower
        let isSpread = reach > 0 && reach.isFinite
        let low = isSpread ? lower - 2 * reach : max(first, -.greatestFiniteMagnitude / 4)
        let high = isSpread ? upper + 2 * reach : min(last, .greatestFiniteMagnitude / 4)
        let places = options.numbers == .normalScores ? 65 : 0
        let ranks = NumberEncoding.distinct((0..<places).map { quantile(Double($0) / Double(places - 1)) })
        var sum = 0.0
        var squares = 0.0
        shape = NumberScale(median: quantile(0.5), low: low, high: high, ranks: ranks)
        for value in values { sum += shape.mapped(value) }
        let mean = sum / Double(values.count)
        for value in values {
            let difference = shape.mapped(value) - mean
            squares += difference * difference
        }
        let deviation = (squares / Double(values.count)).squareRoot()
        centre = mean
        hasValue = deviation > 1e-12 * max(abs(low), abs(high)) && deviation.isFinite && deviation > 1e-150
        scale = hasValue ? 1 / deviation : 1
        let wanted = hasValue ? options.knots : 0
        let found = NumberEncoding.distinct(
            (0..<wanted).map { quantile((Double($0) + 0.5) / Double(wanted)) })
        knots = found.count > 2 ? found : []
        if width == 0 { return nil }
    }

    private static func distinct(_ sorted: [Double]) -> [Double] {
        var result: [Double] = []
        for value in sorted where result.last.map({ $0 < value }) ?? true { result.append(value) }
        return result
    }

    /// The value on the scale of the training rows: mean 0, deviation 1.
    @inline(__always)
    func scaled(_ value: Double) -> Double { (shape.mapped(value) - centre) * scale }

    /// Writes the entries of `value` from `start` on.
    func encode(_ value: Double, into buffer: SharedArray<Float>, at start: Int) {
        var place = start
        if hasValue {
            buffer[place] = Float(scaled(value))
            place += 1
        }
        if !knots.isEmpty {
            let known = shape.known(value)
            let upper = knots.partition(known)
            for index in knots.indices { buffer[place + index] = 0 }
            if upper == 0 {
                buffer[place] = 1
            } else if upper == knots.count {
                buffer[place + knots.count - 1] = 1
            } else {
                let share = Float((known - knots[upper - 1]) / (knots[upper] - knots[upper - 1]))
                buffer[place + upper - 1] = 1 - share
                buffer[place + upper] = share
            }
            place += knots.count
        }
        if hasIndicator { buffer[place] = value.isNaN ? 1 : 0 }
    }

    init(from reader: inout BinaryReader) throws {
        column = try reader.readString()
        let numbers = try reader.readFinite(Double.self, count: 5)
        (centre, scale) = (numbers[3], numbers[4])
        let ranks = try reader.readArray(Double.self)
        knots = try reader.readArray()
        let flags = try reader.read(UInt8.self)
        guard flags < 4, numbers[1] <= numbers[2], (ranks + knots).allSatisfy(\.isFinite),
            zip(ranks, ranks.dropFirst()).allSatisfy({ $0 < $1 }),
            zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw reader.failure("the encoding of a number is not valid") }
        hasValue = flags & 1 != 0
        hasIndicator = flags & 2 != 0
        shape = NumberScale(median: numbers[0], low: numbers[1], high: numbers[2], ranks: ranks)
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(column)
        writer.write([shape.median, shape.low, shape.high, centre, scale])
        writer.write(shape.ranks)
        writer.write(knots)
        writer.write(UInt8((hasValue ? 1 : 0) | (hasIndicator ? 2 : 0)))
    }
}

/// A column's numbers made known and tame: missing ones filled in, extreme ones clipped, optionally spread by rank.
package struct NumberScale: Sendable, Hashable {
    /// What a missing value counts as.
    package let median: Double
    /// Values beyond these count as them.
    package let low: Double
    package let high: Double
    /// Rising values, evenly spaced quantiles, whose ranks are spread like a normal distribution; empty where values are
    /// taken as they are.
    package let ranks: [Double]
    /// The normal quantile of each of `ranks`.
    package let scores: [Double]

    init(median: Double, low: Double, high: Double, ranks: [Double]) {
        self.median = median
        self.low = low
        self.high = high
        self.ranks = ranks.count > 1 ? ranks : []
        let last = Double(max(1, ranks.count - 1))
        scores = ranks.indices.map { normalQuantile(0.005 + 0.99 * Double($0) / last) }
    }

    @inline(__always)
    func known(_ value: Double) -> Double { min(max(value.isNaN ? median : value, low), high) }

    @inline(__always)
    func mapped(_ value: Double) -> Double {
        let known = known(value)
        if ranks.isEmpty { return known }
        let upper = min(max(1, ranks.partition(known)), ranks.count - 1)
        let share = (known - ranks[upper - 1]) / (ranks[upper] - ranks[upper - 1])
        return scores[upper - 1] + min(max(share, 0), 1) * (scores[upper] - scores[upper - 1])
    }
}

/// The standard normal quantile, relative error below 1.2e-9 (Acklam 2003).
func normalQuantile(_ share: Double) -> Double {
    if share <= 0 { return -.infinity }
    if share >= 1 { return .infinity }
    func tail(_ q: Double) -> Double {
        let c = [
            -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734, 4.374664141464968,
            2.938163982698783,
        ]
        let d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416]
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5])
            / ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1)
    }
    if share < 0.02425 { return tail((-2 * log(share)).squareRoot()) }
    if share > 1 - 0.02425 { return -tail((-2 * log(1 - share)).squareRoot()) }
    let q = share - 0.5
    let r = q * q
    let top =
        (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
            + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * q
    let bottom =
        ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
            + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1
    return top / bottom
}

extension Array where Element == Double {
    /// How many of the rising values are at or below `value`.
    @inline(__always)
    fileprivate func partition(_ value: Double) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
