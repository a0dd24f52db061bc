internal import Tabular

extension BinnedFeatures {
    private static let version: UInt8 = 1

    /// The bins as bytes: one a row and byte column, with all that is needed to read them.
    func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(BinnedFeatures.version)
        writer.write(rowCount)
        writer.write(mappers.count)
        for mapper in mappers { mapper.write(to: &writer) }
        writer.write(constantBins)
        writer.write(
            features.flatMap {
                [$0.mapper, $0.group, $0.offset, $0.defaultBin, $0.valueBins, $0.hasMissing ? 1 : 0]
            })
        writer.write(groupBins)
        writer.write(Array(UnsafeBufferPointer(start: columns.base, count: groupBins.count * rowCount)))
        return writer.bytes
    }

    /// Reads what `encoded()` wrote. Throws for what does not fit together, so that no byte leads out of a histogram.
    convenience init(decoding bytes: [UInt8], pool: ThreadPool) throws {
        var reader = BinaryReader(bytes)
        guard try reader.read(UInt8.self) == BinnedFeatures.version else {
            throw reader.failure("the bins are of another version")
        }
        let rowCount = try reader.read(Int.self)
        let mappers = try (0..<reader.readCount(elementSize: 1)).map { _ in try BinMapper(from: &reader) }
        let constantBins = try reader.readArray(UInt8.self)
        let parts = try reader.readArray(Int.self)
        let groupBins = try reader.readArray(Int.self)
        let columns = try reader.readArray(UInt8.self)
        let size = groupBins.count.multipliedReportingOverflow(by: rowCount)
        guard rowCount >= 0, constantBins.count == mappers.count, parts.count % 6 == 0, !size.overflow,
            columns.count == size.partialValue, groupBins.allSatisfy({ (1...256).contains($0) })
        else { throw reader.failure("the bins do not fit together") }
        let features = stride(from: 0, to: parts.count, by: 6).map { place in
            Feature(
                mapper: parts[place], group: parts[place + 1], offset: parts[place + 2], defaultBin: parts[place + 3],
                valueBins: parts[place + 4], hasMissing: parts[place + 5] == 1,
                isCategorical: mappers.indices.contains(parts[place]) && mappers[parts[place]].isCategorical)
        }
        guard features.allSatisfy({ $0.fits(mappers, groupBins) }) else {
            throw reader.failure("a feature's bins lie outside of their column")
        }
        let buffer = NumberBuffer(columns, filler: 0)
        for (group, bins) in groupBins.enumerated() {
            let own = UnsafeBufferPointer(start: buffer.base + group * rowCount, count: rowCount)
            guard Int(own.max() ?? 0) < bins else { throw reader.failure("a row's bin lies outside of its column") }
        }
        self.init(
            mappers: mappers, constantBins: constantBins, features: features, groupBins: groupBins, rowCount: rowCount,
            bytes: groupBins.indices.map { GroupBytes(buffer: buffer, offset: $0 * rowCount) }, pool: pool)
    }
}

extension BinnedFeatures.Feature {
    fileprivate func fits(_ mappers: [BinMapper], _ groupBins: [Int]) -> Bool {
        guard mappers.indices.contains(mapper), groupBins.indices.contains(group),
            valueBins == mappers[mapper].valueBinCount, (1...256).contains(bins)
        else { return false }
        if defaultBin == -1 { return offset == 0 && bins <= groupBins[group] }
        return (0..<bins).contains(defaultBin) && offset >= 1 && offset + bins - 1 <= groupBins[group]
    }
}

extension LearningProblem {
    private static let binned = "binned"

    /// The shared bins of the features, made where they are not there.
    func binnedFeatures(pool: ThreadPool) -> BinnedFeatures {
        derived.value(LearningProblem.binned) { BinnedFeatures(features, pool: pool) }
    }

    /// Whether the features' bins are made.
    public var hasBins: Bool { derived.known(LearningProblem.binned, BinnedFeatures.self) != nil }

    /// The bins of the features as bytes for another process; nil where no learner has needed them yet.
    public var encodedBins: [UInt8]? { derived.known(LearningProblem.binned, BinnedFeatures.self)?.encoded() }

    /// Takes bins that another process made of the same features, so that they need not be made here.
    /// - Returns: whether they are in use; those that cannot be read, or do not fit, change nothing.
    @discardableResult
    public func adoptBins(_ bytes: [UInt8], pool: ThreadPool = .single) -> Bool {
        guard let bins = try? BinnedFeatures(decoding: bytes, pool: pool), bins.rowCount == rowCount else {
            return false
        }
        let names = Set(features.columns.map(\.name))
        guard bins.mappers.allSatisfy({ names.contains($0.name) }) else { return false }
        return derived.value(LearningProblem.binned) { bins } === bins
    }
}
