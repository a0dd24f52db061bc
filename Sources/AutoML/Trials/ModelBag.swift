public import Learners
public import Tabular

/// The models of a trial's folds; it predicts with the mean of theirs, as bagging does (Breiman 1996), so that the
/// out-of-fold score is the score of models as they are used.
public struct ModelBag: Sendable {
    /// The models, in the order of the validation plan; at least one.
    public let models: [any FittedModel]

    /// A bag of these.
    public init(_ models: [any FittedModel]) {
        precondition(!models.isEmpty, "a bag without models")
        self.models = models
    }

    /// The mean of the models' predictions, summed in their order.
    public func predict(_ features: Table, context: TrainingContext) throws -> Predictions {
        var sum = try models[0].predict(features, context: context)
        if models.count == 1 { return sum }
        for model in models.dropFirst() {
            let next = try model.predict(features, context: context)
            guard next.values.count == sum.values.count else {
                throw AutoMLError(.damagedModel, "the models of a trial predict different numbers of values")
            }
            for index in sum.values.indices { sum.values[index] += next.values[index] }
        }
        let count = Double(models.count)
        for index in sum.values.indices { sum.values[index] /= count }
        return sum
    }

    /// Bytes with a checksum that `init(decoding:learners:)` reads.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        write(to: &writer)
        return Sealed.seal("MBAG", version: 1, writer.bytes)
    }

    /// Reads what `encoded()` wrote; other bytes and kinds that the set does not have throw `AutoMLError`.
    public init(decoding bytes: [UInt8], learners: LearnerSet) throws {
        let what = "a file of fold models"
        var reader = try Sealed.open(bytes, "MBAG", version: 1, what: what)
        do {
            try self.init(from: &reader, learners: learners)
            guard reader.remaining == 0 else { throw reader.failure("there are bytes after the last model") }
        } catch let failure as BinaryReader.Failure {
            throw AutoMLError(.damagedModel, "\(what) is damaged: \(failure)")
        }
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(UInt32(models.count))
        for model in models {
            writer.write(type(of: model).kind)
            model.write(to: &writer)
        }
    }

    init(from reader: inout BinaryReader, learners: LearnerSet) throws {
        let count = Int(try reader.read(UInt32.self))
        guard count > 0, count <= reader.remaining else { throw reader.failure("a bag of \(count) models") }
        var models: [any FittedModel] = []
        for _ in 0..<count {
            let kind = try reader.readString()
            guard let type = learners.model(kind: kind) else {
                throw AutoMLError(.unsupportedModel, "this program does not know the kind of model \"\(kind)\"")
            }
            models.append(try type.init(from: &reader))
        }
        self.models = models
    }
}
