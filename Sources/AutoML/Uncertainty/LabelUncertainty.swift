import Learners

/// Uncertainty of classes: how improbable the true class was held, by class (Mondrian conformal prediction, Vovk et al. 2005),
/// so that rare classes are in their sets as often as others. Classes of few rows are taken together.
struct LabelUncertainty: Sendable {
    /// 1 less the probability of the true class; a list for each class of at least `leastRows`, and one for the others.
    let scores: [SortedScores]
    /// For each class its list.
    let places: [Int]

    /// Rows of a class below which it has no list of its own.
    static let leastRows = 50

    /// From the probabilities of rows whose class is known; `most` scores are kept of each list. At least one row.
    init(_ predictions: Predictions, classes truth: [Int], weights: [Double]?, most: Int) {
        let width = predictions.outputCount
        var rows = [[Int]](repeating: [], count: width)
        for (row, index) in truth.enumerated() { rows[index].append(row) }
        var places = [Int](repeating: -1, count: width)
        var lists: [[Int]] = []
        for index in 0..<width where rows[index].count >= LabelUncertainty.leastRows {
            places[index] = lists.count
            lists.append(rows[index])
        }
        let others = (0..<width).filter { places[$0] < 0 }
        if !others.isEmpty {
            let rest = others.flatMap { rows[$0] }.sorted()
            // Classes that no row is of have the scores of all.
            lists.append(rest.isEmpty ? Array(truth.indices) : rest)
            for index in others { places[index] = lists.count - 1 }
        }
        self.places = places
        scores = lists.map { rows in
            SortedScores(
                rows.map { Double(LabelUncertainty.score(predictions.values[$0 * width + truth[$0]])) },
                weights: weights.map { all in rows.map { all[$0] } }, most: most)
        }
    }

    private static func score(_ probability: Double) -> Float { Float(1 - probability) }

    /// The classes that are no more improbable than the true class is in a share `level` of all rows.
    func sets(_ predictions: Predictions, predicted: [Int32], level: Double) -> [[Int32]] {
        let limits = scores.map { $0.upper(level) ?? .infinity }
        let width = predictions.outputCount
        return (0..<predictions.rowCount).map { row in
            (0..<Int32(width)).filter { index in
                index == predicted[row]
                    || LabelUncertainty.score(predictions.values[row * width + Int(index)])
                        <= limits[places[Int(index)]]
            }
        }
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(places.map { UInt32($0) })
        writer.write(UInt32(scores.count))
        for list in scores { list.write(to: &writer) }
    }

    init(from reader: inout BinaryReader, classes: Int) throws {
        places = try reader.readArray(UInt32.self).map { Int($0) }
        let count = Int(try reader.read(UInt32.self))
        var scores: [SortedScores] = []
        for _ in 0..<min(count, reader.remaining) { scores.append(try SortedScores(from: &reader)) }
        self.scores = scores
        guard scores.count == count, places.count == classes, places.allSatisfy({ $0 < count }) else {
            throw reader.failure("the scores of an uncertainty do not fit the classes")
        }
    }
}
