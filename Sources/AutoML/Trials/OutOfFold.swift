public import Learners

/// A trial's predictions for the rows it is scored on, made by models that have not seen them; averaged over repeats.
public struct OutOfFold: Sendable, Hashable {
    /// Columns: the number of classes, or 1 for regression.
    public let outputCount: Int
    /// Row-major, a row for each of `ValidationPlan.scoredRows`; less the origin.
    public var values: [Float]
    /// What was taken off each value, so that those far from 0 keep their digits; the same for all of an experiment.
    public let origin: Double

    /// Predictions of these parts.
    public init(outputCount: Int, values: [Float], origin: Double = 0) {
        precondition(outputCount > 0 && values.count % outputCount == 0, "values are not whole rows")
        self.outputCount = outputCount
        self.values = values
        self.origin = origin
    }

    /// Number of rows.
    public var rowCount: Int { values.count / outputCount }

    /// The same numbers as predictions that a metric takes.
    public var predictions: Predictions {
        Predictions(outputCount: outputCount, values: values.map { Double($0) + origin })
    }

    /// Bytes with a checksum that `init(decoding:)` reads.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(UInt32(outputCount))
        writer.write(values)
        // Programs of before read those without an origin.
        if origin == 0 { return Sealed.seal("MOOF", version: 1, writer.bytes) }
        writer.write(origin)
        return Sealed.seal("MOOF", version: 2, writer.bytes)
    }

    /// Reads what `encoded()` wrote; other bytes throw `AutoMLError`.
    public init(decoding bytes: [UInt8]) throws {
        let what = "a file of out-of-fold predictions"
        var (reader, version) = try Sealed.open(bytes, "MOOF", versions: 1...2, what: what)
        do {
            let width = Int(try reader.read(UInt32.self))
            let values = try reader.readArray(Float.self)
            let origin = version > 1 ? try reader.read(Double.self) : 0
            guard width > 0, values.count % width == 0, origin.isFinite, reader.remaining == 0 else {
                throw reader.failure("the values are not whole rows")
            }
            self.init(outputCount: width, values: values, origin: origin)
        } catch let failure as BinaryReader.Failure {
            throw AutoMLError(.damagedModel, "\(what) is damaged: \(failure)")
        }
    }
}
