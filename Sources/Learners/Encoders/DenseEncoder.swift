public import Search
public import Tabular

/// Turns a table of mixed columns into rows of numbers, for learners that know of nothing else.
///
/// Numbers are imputed with the median, clipped and scaled; a few levels become an entry each (unseen ones none), many
/// become target statistics; text becomes hashed words. What is missing in training gets an entry that says so. All of it
/// is fitted on the training rows alone.
public struct DenseEncoder: Sendable, Hashable {
    /// How numbers are scaled.
    public enum NumberScaling: String, Sendable, Hashable {
        /// To mean 0 and deviation 1.
        case standard
        /// By rank to a normal distribution, then to mean 0 and deviation 1.
        case normalScores = "normal_scores"
    }

    /// What may be chosen.
    public struct Options: Sendable, Hashable {
        /// How numbers are scaled.
        public var numbers = NumberScaling.standard
        /// More levels than this become target statistics.
        public var oneHotLimit = 32
        /// Numbers a row for each text column; 0 leaves text out.
        public var textWidth = 256
        /// Entries of a piecewise linear basis for each number, beside the number itself; 0 for none.
        public var knots = 0
        /// Classes that target statistics are made for, the most frequent ones.
        public var classLimit = 10

        /// The defaults.
        public init() {}
    }

    package enum Encoding: Sendable, Hashable {
        case number(NumberEncoding)
        case levels(LevelEncoding)
        case statistics(StatisticsEncoding)
        case text(HashedTextEncoder)

        var width: Int {
            switch self {
            case .number(let encoding): encoding.width
            case .levels(let encoding): encoding.width
            case .statistics(let encoding): encoding.statistics.width
            case .text(let encoding): encoding.width
            }
        }

        var column: String {
            switch self {
            case .number(let encoding): encoding.column
            case .levels(let encoding): encoding.column
            case .statistics(let encoding): encoding.statistics.column
            case .text(let encoding): encoding.column
            }
        }
    }

    /// Numbers a row; may be 0.
    public let width: Int
    package let encodings: [Encoding]

    init(encodings: [Encoding]) {
        self.encodings = encodings
        width = encodings.reduce(0) { $0 + $1.width }
    }

    /// The rows' part of `fit`: an encoder for new rows, and the training rows encoded, in their order.
    public struct Fitted: Sendable {
        /// For rows that were not trained on.
        public let encoder: DenseEncoder
        /// The rows that were; target statistics are those of the other folds.
        public let training: DenseMatrix
    }

    /// Fits on `rows` of the problem; throws when the context says that it is time to stop.
    public static func fit(
        _ problem: LearningProblem, rows: [Int32], options: Options = Options(), seed: Seed, context: TrainingContext
    ) throws -> Fitted {
        var encodings: [Encoding] = []
        var outOfFold: [Int: [Float]] = [:]
        for column in problem.features.columns {
            try context.check()
            if let values = column.doubles() {
                let picked = rows.map { values[Int($0)] }
                if let encoding = NumberEncoding(column.name, picked, options: options) {
                    encodings.append(.number(encoding))
                }
            } else if column.type == .text {
                if options.textWidth > 0 {
                    encodings.append(
                        .text(try HashedTextEncoder(fitting: column, rows: rows, width: options.textWidth)))
                }
            } else {
                let levels = LevelEncoding(column, rows: rows)
                if levels.lookup.levels.count <= options.oneHotLimit {
                    if levels.width > 1 { encodings.append(.levels(levels)) }
                    continue
                }
                let fitted = try TargetStatisticsEncoder.fit(
                    column, problem.target, rows: rows, weights: problem.weights, classLimit: options.classLimit,
                    seed: seed.child(column.name))
                let encoding = StatisticsEncoding(
                    fitted.encoder, fitted.outOfFold, isProbability: problem.target.task.isClassification)
                outOfFold[encodings.count] = encoding.scaled(fitted.outOfFold)
                encodings.append(.statistics(encoding))
            }
        }
        let encoder = DenseEncoder(encodings: encodings)
        let training = try encoder.encode(problem.features, rows: rows, outOfFold: outOfFold, context: context)
        return Fitted(encoder: encoder, training: training)
    }

    /// The matrix of `rows` of `table` (all of them where nil), columns found by name, levels by their strings. A column
    /// that is not there or holds something else throws a `FeatureError`.
    public func encode(_ table: Table, rows: [Int32]? = nil, context: TrainingContext) throws -> DenseMatrix {
        try encode(table, rows: rows, outOfFold: [:], context: context)
    }

    private func encode(
        _ table: Table, rows: [Int32]?, outOfFold: [Int: [Float]], context: TrainingContext
    ) throws -> DenseMatrix {
        let count = rows?.count ?? table.rowCount
        var columns: [String: Column] = [:]
        for column in table.columns { columns[column.name] = column }
        var values = [Float](repeating: 0, count: count * width)
        let width = width
        try SharedArray.with(&values) { buffer in
            var start = 0
            for (index, encoding) in encodings.enumerated() {
                try context.check()
                guard let column = columns[encoding.column] else {
                    throw FeatureError(message: "the model needs this column", column: encoding.column)
                }
                let target = MatrixColumns(buffer: buffer, count: count, stride: width, start: start)
                if let ready = outOfFold[index] {
                    target.fill(ready, width: encoding.width, pool: context.pool)
                } else {
                    try encoding.encode(column, rows: rows, into: target, pool: context.pool)
                }
                start += encoding.width
            }
        }
        return DenseMatrix(rowCount: count, columnCount: width, values: values)
    }

    /// Expected width for a problem of this shape.
    static func expectedWidth(_ shape: ProblemShape, _ options: Options) -> Int {
        let perColumn = shape.levels / max(1, shape.categoricalColumns)
        let perCategory = perColumn > options.oneHotLimit ? min(shape.outputs, options.classLimit) : perColumn
        // A number of two values has no knots.
        return shape.numericColumns + (shape.numericColumns - shape.twoValuedColumns) * options.knots
            + shape.categoricalColumns * perCategory + shape.textColumns * options.textWidth
    }
}

/// Neighbouring columns of a row-major matrix that is being filled.
struct MatrixColumns: Sendable {
    let buffer: SharedArray<Float>
    let count: Int
    let stride: Int
    let start: Int

    /// Copies `values`, `count × width` of them.
    func fill(_ values: [Float], width: Int, pool: ThreadPool) {
        pool.forEachRowBlock(of: count, size: 4096) { _, rows in
            for row in rows {
                for entry in 0..<width { buffer[row * stride + start + entry] = values[row * width + entry] }
            }
        }
    }
}

extension DenseEncoder.Encoding {
    fileprivate func encode(_ column: Column, rows: [Int32]?, into target: MatrixColumns, pool: ThreadPool) throws {
        switch self {
        case .number(let encoding):
            guard let values = column.doubles() else {
                throw FeatureError(message: "holds text where numbers are expected", column: column.name)
            }
            pool.forEachRowBlock(of: target.count, size: 4096) { _, block in
                for index in block {
                    let value = values[rows.map { Int($0[index]) } ?? index]
                    encoding.encode(value, into: target.buffer, at: index * target.stride + target.start)
                }
            }
        case .levels(let encoding):
            let codes = try encoding.lookup.codes(column, rows: rows, unknown: -1, missing: encoding.missingEntry)
            for (index, code) in codes.enumerated() where code >= 0 {
                target.buffer[index * target.stride + target.start + Int(code)] = 1
            }
        case .statistics(let encoding):
            let values = encoding.scaled(try encoding.statistics.encode(column, rows: rows))
            target.fill(values, width: encoding.statistics.width, pool: pool)
        case .text(let encoding):
            target.fill(try encoding.encode(column, rows: rows), width: encoding.width, pool: pool)
        }
    }
}
