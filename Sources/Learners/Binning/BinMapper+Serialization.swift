extension BinMapper {
    /// Appends name and bins.
    func write(to writer: inout BinaryWriter) {
        writer.write(name)
        switch kind {
        case .numeric(let thresholds):
            writer.write(UInt8(0))
            writer.write(thresholds)
        case .categorical(let levels):
            writer.write(UInt8(1))
            writer.write(levels)
        }
    }

    /// Reads what `write(to:)` wrote; too many bins, or thresholds out of order, throw.
    init(from reader: inout BinaryReader) throws {
        name = try reader.readString()
        switch try reader.read(UInt8.self) {
        case 0:
            let thresholds = try reader.readArray(Double.self)
            guard thresholds.count < BinMapper.maximumBins, zip(thresholds, thresholds.dropFirst()).allSatisfy(<),
                thresholds.allSatisfy({ !$0.isNaN })
            else { throw reader.failure("the bins of \(name) are not in order") }
            kind = .numeric(thresholds: thresholds)
        case 1:
            let levels = try reader.readStrings()
            guard levels.count < BinMapper.maximumBins else { throw reader.failure("\(name) has too many levels") }
            kind = .categorical(levels: levels)
        case let other:
            throw reader.failure("\(name) has bins of an unknown kind \(other)")
        }
    }
}
