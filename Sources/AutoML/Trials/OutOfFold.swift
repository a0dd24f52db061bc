public import Learners

/// A trial's predictions for the rows it is scored on, made by models that have not seen them; averaged over repeats.
public struct OutOfFold: Sendable, Hashable {
    /// Columns: the number of classes, or 1 for regression.
    public let outputCount: Int
    /// Row-major, a row for each of `ValidationPlan.scoredRows`.
    public var values: [Float]

    /// Predictions of these parts.
    public init(outputCount: Int, values: [Float]) {
        precondition(outputCount > 0 && values.count % outputCount == 0, "values are not whole rows")
        self.outputCount = outputCount
        self.values = values
    }

    /// Number of rows.
    public var rowCount: Int { values.count / outputCount }

    /// The same numbers as predictions that a metric takes.
    public var predictions: Predictions { Predictions(outputCount: outputCount, values: values.map(Double.init)) }

    /// Bytes with a checksum that `init(decoding:)` reads.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(UInt32(outputCount))
        writer.write(values)
        return Sealed.seal("MOOF", version: 1, writer.bytes)
    }

    /// Reads what `encoded()` wrote; other bytes throw `AutoMLError`.
    public init(decoding bytes: [UInt8]) throws {
        let what = "a file of out-of-fold predictions"
        var reader = try Sealed.open(bytes, "MOOF", version: 1, what: what)
        do {
            let width = Int(try reader.read(UInt32.self))
            let values = try reader.readArray(Float.self)
            guard width > 0, values.count % width == 0, reader.remaining == 0 else {
                throw reader.failure("the values are not whole rows")
            }
            self.init(outputCount: width, values: values)
        } catch let failure as BinaryReader.Failure {
            throw AutoMLError(.damagedModel, "\(what) is damaged: \(failure)")
        }
    }
}
