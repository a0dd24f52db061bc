public import Foundation
import Learners
public import Search
public import Tabular

/// Some of the rows that a model was scored on, with what it takes to explain it on rows that its parts have not seen.
public struct EvaluationSample: Sendable, Hashable {
    /// The columns that the model needs.
    public let table: Table
    /// The rows' numbers among those that were trained and scored on.
    public let rows: [Int32]
    /// What is true of each row: the class's index, or the value.
    public let target: [Double]
    /// Each row's weight; nil for ones.
    public let weights: [Float]?
    /// Out-of-fold predictions, a row a row.
    public let predictions: OutOfFold
    /// For each repeat of the folds, the fold in which each row was scored.
    public let folds: [[UInt8]]
    /// Folds of one repeat; fold model `repeat × foldCount + fold` has not seen the rows of `fold`.
    public let foldCount: Int

    /// Number of rows.
    public var rowCount: Int { rows.count }

    func write(to writer: inout BinaryWriter) throws {
        writer.write(rows)
        writer.write(target)
        writer.write(weights ?? [])
        writer.write(UInt32(predictions.outputCount))
        writer.write(predictions.values.map { Float(Double($0) + predictions.origin) })
        writer.write(UInt32(foldCount))
        writer.write(UInt32(folds.count))
        for fold in folds { writer.write(fold) }
        writer.write(UInt32(table.columns.count))
        for column in table.columns { writer.write(try ChunkCodec.encode(column, rows: 0..<table.rowCount)) }
    }

    init(from reader: inout BinaryReader, header: ModelHeader) throws {
        rows = try reader.readArray(Int32.self)
        let count = rows.count
        target = try reader.readArray(Double.self)
        let weights = try reader.readArray(Float.self)
        self.weights = weights.isEmpty ? nil : weights
        let outputs = Int(try reader.read(UInt32.self))
        let values = try reader.readArray(Float.self)
        let foldCount = Int(try reader.read(UInt32.self))
        self.foldCount = foldCount
        let repeats = Int(try reader.read(UInt32.self))
        var folds: [[UInt8]] = []
        for _ in 0..<min(repeats, reader.remaining) { folds.append(try reader.readArray(UInt8.self)) }
        self.folds = folds
        let expected = header.task == .regression ? 1 : header.classes.count
        guard count > 0, target.count == count, weights.isEmpty || weights.count == count, outputs == expected,
            values.count == count * outputs, values.allSatisfy(\.isFinite), target.allSatisfy(\.isFinite),
            weights.allSatisfy({ $0 >= 0 }), foldCount > 0, foldCount <= 255, repeats == folds.count, repeats > 0,
            folds.allSatisfy({ $0.count == count && ($0.max() ?? 0) < foldCount })
        else { throw reader.failure("the parts of the evaluated rows do not fit each other") }
        let classes = Double(header.classes.count)
        guard header.task == .regression || target.allSatisfy({ $0 >= 0 && $0 < classes && $0 == $0.rounded() })
        else { throw reader.failure("an evaluated row has no class") }
        predictions = OutOfFold(outputCount: outputs, values: values)
        let columnCount = Int(try reader.read(UInt32.self))
        var columns: [Column] = []
        for _ in 0..<min(columnCount, reader.remaining) {
            columns.append(try ChunkCodec.decode(try reader.readArray(UInt8.self)))
        }
        guard columns.count == columnCount, Set(columns.map(\.name)).count == columnCount,
            columns.allSatisfy({ $0.count == count })
        else { throw reader.failure("the evaluated rows are no table") }
        table = Table(columns: columns, rowCount: count)
    }

    init(
        table: Table, rows: [Int32], target: [Double], weights: [Float]?, predictions: OutOfFold, folds: [[UInt8]],
        foldCount: Int
    ) {
        self.table = table
        self.rows = rows
        self.target = target
        self.weights = weights
        self.predictions = predictions
        self.folds = folds
        self.foldCount = foldCount
    }
}

/// What a model carries to say how good it is: made when it was put together, the same for the same seed.
public struct EvaluationRecord: Sendable, Hashable {
    /// The part that is JSON.
    public struct Document: Sendable, Hashable, Codable {
        /// The evaluation over all rows that were scored.
        public var evaluation: Evaluation
        /// What the model was made from.
        public var data: DataSummary
        /// The leaderboard that it was chosen from; times only where the budget was a time.
        public var leaderboard: [BoardEntry]
        /// When and where it was made; only where the budget was a time, for a model with a budget in trials is the same
        /// whenever and wherever it is made.
        public var origin: Origin?
    }

    /// What a model was made from.
    public struct DataSummary: Sendable, Hashable, Codable {
        /// Rows with a target.
        public var rows: Int
        /// Rows that were left out because they have none.
        public var rowsWithoutTarget: Int
        /// Columns of the table.
        public var columns: Int
        /// Rows of each class, in the order of the classes; nil for regression.
        public var classRows: [Int]?
        /// Minimum, mean, maximum and standard deviation of the target; nil for classes.
        public var targetRange: [Double]?
        /// Why the task is what it is.
        public var taskReason: String
    }

    /// One model of the leaderboard.
    public struct BoardEntry: Sendable, Hashable, Codable {
        /// From 1 for the best.
        public var rank: Int
        /// Its name.
        public var model: String
        /// Its learner.
        public var learner: String
        /// Its hyperparameters; nil for ensembles, and in files of versions that did not keep them.
        public var hyperparameters: [String: ParameterValue]?
        /// Its score.
        public var score: Double
        /// The ends of the score's interval.
        public var interval: [Double]?
        /// Seconds spent training.
        public var fitSeconds: Double?
        /// Seconds spent predicting the validation rows.
        public var predictSeconds: Double?
    }

    /// When and where a model was made.
    public struct Origin: Sendable, Hashable, Codable {
        /// ISO 8601, in UTC.
        public var madeAt: String
        /// System, processors and memory.
        public var machine: String

        /// Now and here.
        public static func here() -> Origin {
            let process = ProcessInfo.processInfo
            let memory = (Double(process.physicalMemory) / Double(1 << 30)).rounded()
            return Origin(
                madeAt: ISO8601DateFormatter().string(from: Date()),
                machine:
                    "\(process.operatingSystemVersionString), \(process.activeProcessorCount) processors, "
                    + "\(Int(memory)) GiB")
        }
    }

    /// The part that is JSON.
    public var document: Document
    /// Rows to explain the model on.
    public var sample: EvaluationSample

    private static let version: UInt8 = 1

    func write(to writer: inout BinaryWriter) throws {
        writer.write(EvaluationRecord.version)
        writer.write([UInt8](try ReportCoding.encoder().encode(document)))
        try sample.write(to: &writer)
    }

    init(document: Document, sample: EvaluationSample) {
        self.document = document
        self.sample = sample
    }

    init(from reader: inout BinaryReader, header: ModelHeader) throws {
        let version = try reader.read(UInt8.self)
        guard version == EvaluationRecord.version else {
            throw reader.failure("version \(version) of an evaluation is unknown")
        }
        document = try ReportCoding.decoder().decode(Document.self, from: Data(try reader.readArray(UInt8.self)))
        guard document.evaluation.isSound else {
            throw reader.failure("the lists of an evaluation do not fit each other")
        }
        sample = try EvaluationSample(from: &reader, header: header)
    }
}

/// How evaluations, explanations and cards are written as JSON: snake_case names in alphabetical order.
public enum ReportCoding {
    /// An encoder.
    public static func encoder(pretty: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting =
            pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// A decoder of the same.
    public static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
