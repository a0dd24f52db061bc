import Foundation
public import Tabular

/// A trained naive Bayes model.
public struct GaussianNaiveBayesModel: FittedModel {
    /// Names it in an artifact.
    public static let kind = "gaussian_naive_bayes"

    package let logPriors: [Double]
    package let likelihoodWeight: Double
    package let parts: [NaiveBayesPart]

    init(logPriors: [Double], likelihoodWeight: Double, parts: [NaiveBayesPart]) {
        self.logPriors = logPriors
        self.likelihoodWeight = likelihoodWeight
        self.parts = parts
    }

    /// Probabilities of every row.
    public func predict(_ features: Table, context: TrainingContext) throws -> Predictions {
        try context.check()
        let classCount = logPriors.count
        let count = features.rowCount
        var scores = [Double](repeating: 0, count: count * classCount)
        try SharedArray.with(&scores) { buffer in
            for part in parts {
                try context.check()
                guard let column = features.column(part.column) else {
                    throw FeatureError(message: "the model needs this column", column: part.column)
                }
                try part.addLogLikelihoods(column, to: buffer, classCount: classCount, pool: context.pool)
            }
            let logPriors = logPriors
            let likelihoodWeight = likelihoodWeight
            context.pool.forEachRowBlock(of: count, size: 4096) { _, rows in
                for row in rows {
                    for index in 0..<classCount {
                        let place = row * classCount + index
                        buffer[place] = logPriors[index] + likelihoodWeight * buffer[place]
                    }
                    softmax(buffer.base + row * classCount, classCount)
                }
            }
        }
        return Predictions(outputCount: classCount, values: scores)
    }

    /// Reads what `write(to:)` wrote.
    public init(from reader: inout BinaryReader) throws {
        let classCount = try reader.readInt(in: 1...1 << 20)
        logPriors = try reader.readFinite(count: classCount)
        likelihoodWeight = try reader.readFinite(Double.self, count: 1)[0]
        let count = try reader.readCount(elementSize: 9)
        parts = try (0..<count).map { _ in try NaiveBayesPart(from: &reader, classCount: classCount) }
    }

    /// Appends all that `init(from:)` needs.
    public func write(to writer: inout BinaryWriter) {
        writer.write(Int64(logPriors.count))
        writer.write(logPriors)
        writer.write([likelihoodWeight])
        writer.write(UInt64(parts.count))
        for part in parts { part.write(to: &writer) }
    }
}

/// A number's mean and variance in each class, on the scale of its encoding.
package struct NaiveBayesNumber: Sendable {
    package let encoding: NumberEncoding
    package let means: [Double]
    package let variances: [Double]
    /// The logarithm of each class's density at its mean, less a constant.
    package var logOffsets: [Double] { variances.map { -0.5 * log($0) } }
}

/// A number of two values: the logarithm of each one's share of each class, the lower value first.
package struct NaiveBayesPair: Sendable {
    package let column: String
    /// Values above it are the higher one.
    package let threshold: Double
    package let logShares: [Float]
}

/// A category's logarithm of its share of each class, a level a row.
package struct NaiveBayesLevels: Sendable {
    package let encoding: LevelEncoding
    package let logShares: [Float]
}

/// A hash bucket's logarithm of its share of each class, a bucket a row.
package struct NaiveBayesText: Sendable {
    package let encoder: HashedTextEncoder
    let logShares: [Float]
}

/// What one column says of the class.
package enum NaiveBayesPart: Sendable {
    case number(NaiveBayesNumber)
    case pair(NaiveBayesPair)
    case levels(NaiveBayesLevels)
    case text(NaiveBayesText)

    var column: String {
        switch self {
        case .number(let part): part.encoding.column
        case .pair(let part): part.column
        case .levels(let part): part.encoding.column
        case .text(let part): part.encoder.column
        }
    }

    /// Adds the column's log-likelihoods to `scores`, a row a sample.
    func addLogLikelihoods(
        _ column: Column, to scores: SharedArray<Double>, classCount: Int, pool: ThreadPool
    ) throws {
        switch self {
        case .number(let part):
            guard let values = column.doubles() else {
                throw FeatureError(message: "holds text where numbers are expected", column: column.name)
            }
            let offsets = part.logOffsets
            let factors = part.variances.map { -0.5 / $0 }
            pool.forEachRowBlock(of: values.count, size: 4096) { _, rows in
                for row in rows where !values[row].isNaN {
                    let value = part.encoding.scaled(values[row])
                    for index in 0..<classCount {
                        let difference = value - part.means[index]
                        scores[row * classCount + index] += offsets[index] + factors[index] * difference * difference
                    }
                }
            }
        case .pair(let part):
            guard let values = column.doubles() else {
                throw FeatureError(message: "holds text where numbers are expected", column: column.name)
            }
            for row in values.indices where !values[row].isNaN {
                let first = values[row] > part.threshold ? classCount : 0
                for index in 0..<classCount {
                    scores[row * classCount + index] += Double(part.logShares[first + index])
                }
            }
        case .levels(let part):
            let encoding = part.encoding
            let codes = try encoding.lookup.codes(column, rows: nil, unknown: -1, missing: encoding.missingEntry)
            for (row, code) in codes.enumerated() where code >= 0 {
                for index in 0..<classCount {
                    scores[row * classCount + index] += Double(part.logShares[Int(code) * classCount + index])
                }
            }
        case .text(let part):
            guard case .strings(let codes, let levels) = column.storage else {
                throw FeatureError(message: "holds numbers where text is expected", column: column.name)
            }
            let entries = part.encoder.entries(levels, used: codes, rows: nil)
            for row in 0..<codes.count {
                let code = Int(codes[row])
                if code < 0 { continue }
                for entry in entries[code] {
                    for index in 0..<classCount {
                        let share = part.logShares[Int(entry.bucket) * classCount + index]
                        scores[row * classCount + index] += Double(entry.value * share)
                    }
                }
            }
        }
    }

    init(from reader: inout BinaryReader, classCount: Int) throws {
        switch try reader.read(UInt8.self) {
        case 0:
            let encoding = try NumberEncoding(from: &reader)
            let means = try reader.readFinite(Double.self, count: classCount)
            let variances = try reader.readFinite(Double.self, count: classCount)
            guard variances.allSatisfy({ $0 > 0 }) else { throw reader.failure("a variance is not positive") }
            self = .number(NaiveBayesNumber(encoding: encoding, means: means, variances: variances))
        case 1:
            let encoding = try LevelEncoding(from: &reader)
            let shares = try reader.readFinite(Float.self, count: encoding.width * classCount)
            self = .levels(NaiveBayesLevels(encoding: encoding, logShares: shares))
        case 2:
            let encoder = try HashedTextEncoder(from: &reader)
            let shares = try reader.readFinite(Float.self, count: encoder.width * classCount)
            self = .text(NaiveBayesText(encoder: encoder, logShares: shares))
        case 3:
            let column = try reader.readString()
            let threshold = try reader.readFinite(Double.self, count: 1)[0]
            let shares = try reader.readFinite(Float.self, count: 2 * classCount)
            self = .pair(NaiveBayesPair(column: column, threshold: threshold, logShares: shares))
        default: throw reader.failure("a part of no known kind")
        }
    }

    func write(to writer: inout BinaryWriter) {
        switch self {
        case .number(let part):
            writer.write(UInt8(0))
            part.encoding.write(to: &writer)
            writer.write(part.means)
            writer.write(part.variances)
        case .pair(let part):
            writer.write(UInt8(3))
            writer.write(part.column)
            writer.write([part.threshold])
            writer.write(part.logShares)
        case .levels(let part):
            writer.write(UInt8(1))
            part.encoding.write(to: &writer)
            writer.write(part.logShares)
        case .text(let part):
            writer.write(UInt8(2))
            part.encoder.write(to: &writer)
            writer.write(part.logShares)
        }
    }
}

/// Turns `count` scores into probabilities that sum to 1.
func softmax(_ scores: UnsafeMutablePointer<Double>, _ count: Int) {
    var highest = scores[0]
    for index in 1..<max(1, count) { highest = max(highest, scores[index]) }
    var sum = 0.0
    for index in 0..<count {
        scores[index] = exp(scores[index] - highest)
        sum += scores[index]
    }
    for index in 0..<count { scores[index] /= sum }
}
