import Foundation
public import Learners
public import Tabular

/// A model as one self-contained thing: what it is, its parameters, and a few rows with their predictions that show on
/// every load that it still predicts what it predicted.
public struct ModelArtifact: Sendable {
    /// What it is.
    public internal(set) var header: ModelHeader
    /// The models of each trial, in the order of `header.members`.
    public let bags: [ModelBag]
    /// At most eight rows of the table it was trained on.
    public let goldenRows: Table
    /// Its predictions for them.
    public let goldenPredictions: Predictions
    /// How good it is, and rows to explain it on; nil for a file of a version that had none.
    public let evaluation: EvaluationRecord?
    /// How far its predictions can be from the truth; nil for a file of a version that did not tell.
    public let uncertainty: Uncertainty?

    /// Bytes at the start of every artifact.
    public static let magic = "MARTLET\n"
    /// The version of the format; files from version 1 on, which had no evaluation, are read.
    public static let formatVersion: UInt32 = 3

    /// A model of these parts; it predicts the golden rows. Throws what a prediction throws.
    public init(
        header: ModelHeader, bags: [ModelBag], goldenRows: Table, evaluation: EvaluationRecord? = nil,
        uncertainty: Uncertainty? = nil, context: TrainingContext
    ) throws {
        self.uncertainty = uncertainty
        self.evaluation = evaluation
        self.header = header
        self.bags = bags
        self.goldenRows = goldenRows
        goldenPredictions = try ModelArtifact.predict(header, bags, goldenRows, context)
    }

    /// Predicts every row of `table`, whose columns may be in any order and more than are needed.
    ///
    /// Missing cells and categories that the model has not seen have defined answers; a column that is not there, or values
    /// that cannot be read as its type, throw `AutoMLError.unsuitableInput` naming the column and the row.
    public func predict(_ table: Table, context: TrainingContext = TrainingContext()) throws -> Predictions {
        try ModelArtifact.predict(header, bags, table, context)
    }

    /// The class of each row, by the threshold for binary tasks, as its index; nothing for regression.
    public func predictedClasses(_ predictions: Predictions) -> [Int32] {
        guard header.task == .binary, let threshold = header.threshold else {
            return header.task.isClassification ? predictions.weighted(header.classWeights).predictedClasses() : []
        }
        return (0..<predictions.rowCount).map { predictions.values[$0 * 2 + 1] > threshold ? 1 : 0 }
    }

    /// The class of each row as it is spelled in the training table; nothing for regression.
    public func labels(_ predictions: Predictions) -> [String] {
        predictedClasses(predictions).map { header.classes[Int($0)] }
    }

    private static func predict(
        _ header: ModelHeader, _ bags: [ModelBag], _ table: Table, _ context: TrainingContext
    ) throws -> Predictions {
        let features: Table
        do {
            features = try header.plan.apply(table)
        } catch let error as FeatureError {
            throw AutoMLError(.unsuitableInput, error.description, field: error.column)
        }
        let outputs = header.task == .regression ? 1 : header.classes.count
        var sum = [Double](repeating: 0, count: table.rowCount * outputs)
        if table.rowCount == 0 { return Predictions(outputCount: outputs, values: sum) }
        for (member, bag) in zip(header.members, bags) {
            let own = try bag.predict(features, context: context)
            guard own.outputCount == outputs, own.values.count == sum.count else {
                throw AutoMLError(.damagedModel, "the model \(member.model) does not predict \(outputs) values a row")
            }
            if bags.count == 1 { return own }
            for index in sum.indices { sum[index] += member.weight * own.values[index] }
        }
        return Predictions(outputCount: outputs, values: sum)
    }
}

extension ModelArtifact {
    /// The file: magic, format version, header, golden rows, models, evaluation, uncertainty and a checksum; the same model gives the same bytes.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var writer = BinaryWriter()
        writer.write([UInt8](try encoder.encode(header)))
        writer.write(UInt32(goldenRows.columns.count))
        for column in goldenRows.columns {
            writer.write(try ChunkCodec.encode(column, rows: 0..<goldenRows.rowCount))
        }
        writer.write(UInt32(goldenPredictions.outputCount))
        writer.write(goldenPredictions.values)
        writer.write(UInt32(bags.count))
        for bag in bags { bag.write(to: &writer) }
        writer.write(UInt8(evaluation == nil ? 0 : 1))
        try evaluation?.write(to: &writer)
        writer.write(UInt8(uncertainty == nil ? 0 : 1))
        uncertainty?.write(to: &writer)
        return Sealed.seal(ModelArtifact.magic, version: ModelArtifact.formatVersion, writer.bytes)
    }

    /// Reads an artifact, checks all of it and predicts its golden rows again: anything that is not as it was written
    /// throws `AutoMLError`.
    public init(loading bytes: [UInt8], learners: LearnerSet = .standard) throws {
        let what = "the model"
        if bytes.isEmpty { throw AutoMLError(.damagedModel, "\(what) is empty") }
        if !bytes.starts(with: ModelArtifact.magic.utf8) {
            throw AutoMLError(.damagedModel, "this is not a Martlet model")
        }
        var (reader, version) = try Sealed.open(
            bytes, ModelArtifact.magic, versions: 1...ModelArtifact.formatVersion, what: what)
        do {
            header = try JSONDecoder().decode(ModelHeader.self, from: Data(try reader.readArray(UInt8.self)))
            goldenRows = try ModelArtifact.goldenRows(&reader)
            let outputs = Int(try reader.read(UInt32.self))
            let values = try reader.readArray(Double.self)
            guard outputs > 0, values.count == goldenRows.rowCount * outputs else {
                throw reader.failure("the golden predictions do not fit their rows")
            }
            goldenPredictions = Predictions(outputCount: outputs, values: values)
            let count = Int(try reader.read(UInt32.self))
            guard count > 0, count == header.members.count else {
                throw reader.failure("\(count) members where the header names \(header.members.count)")
            }
            var bags: [ModelBag] = []
            for _ in 0..<count { bags.append(try ModelBag(from: &reader, learners: learners)) }
            let hasEvaluation = version > 1 ? try reader.read(UInt8.self) : 0
            evaluation = hasEvaluation == 1 ? try EvaluationRecord(from: &reader, header: header) : nil
            let hasUncertainty = version > 2 ? try reader.read(UInt8.self) : 0
            uncertainty =
                hasUncertainty == 1 ? try Uncertainty(from: &reader, header: header, learners: learners) : nil
            guard reader.remaining == 0 else { throw reader.failure("there are bytes after the last part") }
            self.bags = bags
        } catch let error as AutoMLError {
            throw error
        } catch {
            throw AutoMLError(.damagedModel, "\(what) is damaged: \(error)")
        }
        let counts = [header.rows, evaluation?.document.evaluation.rows ?? 0]
        guard counts.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
            throw AutoMLError(.damagedModel, "\(what) is damaged: no table has so many rows")
        }
        let fits = header.task == .binary ? header.classes.count == 2 : header.classes.count > 1
        guard header.task == .regression || fits else {
            throw AutoMLError(.damagedModel, "\(what) is damaged: its classes are not those of its task")
        }
        let again = try predict(goldenRows)
        guard again.values.map(\.bitPattern) == goldenPredictions.values.map(\.bitPattern) else {
            throw AutoMLError(
                .damagedModel, "\(what) does not predict its golden rows as it did when it was written: do not use it")
        }
    }

    private static func goldenRows(_ reader: inout BinaryReader) throws -> Table {
        let count = Int(try reader.read(UInt32.self))
        var columns: [Column] = []
        for _ in 0..<min(count, reader.remaining) {
            columns.append(try ChunkCodec.decode(try reader.readArray(UInt8.self)))
        }
        guard columns.count == count, Set(columns.map(\.name)).count == count,
            columns.allSatisfy({ $0.count == columns[0].count })
        else { throw reader.failure("the golden rows are no table") }
        return Table(columns: columns)
    }
}
