import Learners

/// Scores of rows that a model has not seen, rising and thinned where they are many: conformal prediction takes its limits from
/// them (Vovk, Gammerman, Shafer 2005).
struct SortedScores: Sendable, Hashable {
    /// The scores; at least one.
    let values: [Float]
    /// Rows that they stand for.
    let count: Int

    /// The scores of rows of these weights (nil for ones), with no more than `most` (at least 2) kept.
    init(_ scores: [Double], weights: [Double]? = nil, most: Int) {
        precondition(!scores.isEmpty && most > 1, "no scores")
        let sorted: [Double]
        if let weights {
            sorted = SortedScores.drawn(scores, weights)
        } else {
            sorted = scores.sorted()
        }
        count = sorted.count
        let kept = min(most, sorted.count)
        values = (0..<kept).map { Float(sorted[kept > 1 ? $0 * (sorted.count - 1) / (kept - 1) : 0]) }
    }

    /// As many scores as the weighted rows are worth (Kish 1965), evenly spread over the weights.
    private static func drawn(_ scores: [Double], _ weights: [Double]) -> [Double] {
        let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        let sum = weights.reduce(0, +)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        guard sum > 0, squares > 0 else { return scores.sorted() }
        let count = max(1, Int((sum * sum / squares).rounded()))
        var drawn: [Double] = []
        var passed = 0.0
        for index in order {
            passed += weights[index]
            while drawn.count < count, (Double(drawn.count) + 0.5) / Double(count) * sum <= passed {
                drawn.append(scores[index])
            }
        }
        while drawn.count < count { drawn.append(scores[order[order.count - 1]]) }
        return drawn
    }

    /// What a new score exceeds with a probability of at most 1 − `share`; nil where there are too few for that.
    func upper(_ share: Double) -> Float? {
        let rank = Int((Double(count + 1) * share - 1e-9).rounded(.up))
        guard rank <= count else { return nil }
        return values[place(max(1, rank), .up)]
    }

    /// What a new score falls below with a probability of at most `share`; nil where there are too few for that.
    func lower(_ share: Double) -> Float? {
        let rank = Int((Double(count + 1) * share + 1e-9).rounded(.down))
        guard rank >= 1 else { return nil }
        return values[place(min(count, rank), .down)]
    }

    /// The place of the rank, from 1 to `count`, or of the next that was kept.
    private func place(_ rank: Int, _ rule: FloatingPointRoundingRule) -> Int {
        guard values.count < count else { return rank - 1 }
        // The place k has the rank ⌊k (count − 1) / (kept − 1)⌋ + 1.
        let (wanted, step) = (rank - 1, values.count - 1)
        let below = min(step, ((wanted + 1) * step - 1) / (count - 1))
        let exact = below * (count - 1) / step
        return rule == .up && exact < wanted ? min(step, below + 1) : below
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(UInt64(count))
        writer.write(values)
    }

    init(from reader: inout BinaryReader) throws {
        let count = try reader.read(UInt64.self)
        values = try reader.readArray(Float.self)
        guard !values.isEmpty, values.allSatisfy(\.isFinite), zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }),
            values.count <= count, count <= UInt64(Int32.max)
        else { throw reader.failure("the scores of an uncertainty are not in order") }
        self.count = Int(count)
    }
}
