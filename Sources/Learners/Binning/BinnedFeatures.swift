import Tabular

/// The features of a problem as bins, one byte a cell, made once and shared by every fold and trial.
///
/// Features of which at most one departs from its most frequent bin in any row share a byte (Ke et al. 2017, section 4:
/// exclusive feature bundling, here without conflicts). The bytes lie twice in memory: by column, for splitting the rows of
/// a leaf, and by row in panels of up to eight columns, for building histograms with one load a row.
final class BinnedFeatures: Sendable {
    /// Where the bins of one feature lie.
    struct Feature: Sendable {
        /// The feature's place among the mappers.
        var mapper: Int
        /// The byte column that holds it.
        var group: Int
        /// In a bundle, the byte of the feature's first bin that is not its default; 0 for a feature with its own column.
        var offset: Int
        /// In a bundle, the bin that takes no byte of its own; −1 for a feature with its own column.
        var defaultBin: Int
        /// Bins of values.
        var valueBins: Int
        /// Whether any row of the problem is missing.
        var hasMissing: Bool
        /// Whether the bins have no order.
        var isCategorical: Bool
        /// Bins of values, and the bin of missing values where there are any.
        var bins: Int { hasMissing ? valueBins + 1 : valueBins }

        /// The feature's bin for every byte of its group.
        func decoding() -> [UInt8] {
            guard defaultBin >= 0 else { return (0...255).map { UInt8($0) } }
            return (0...255).map { byte in
                let slot = byte - offset
                guard slot >= 0, slot < bins - 1 else { return UInt8(defaultBin) }
                return UInt8(slot < defaultBin ? slot : slot + 1)
            }
        }
    }

    /// One mapper a column that can be binned, in the order of the table.
    let mappers: [BinMapper]
    /// The features that have more than one bin.
    let features: [Feature]
    /// The most frequent bin of each mapper; the only one of a mapper that has no feature.
    let constantBins: [UInt8]
    /// Rows of the problem.
    let rowCount: Int
    /// Byte values of each byte column.
    let groupBins: [Int]
    /// Where each byte column's bins start in a histogram.
    let groupStarts: [Int]
    /// Bins of a histogram.
    let totalBins: Int
    /// The byte columns of each panel.
    let panels: [Range<Int>]
    /// Bytes by column: group × rows.
    let columns: NumberBuffer<UInt8>
    /// Bytes by row, eight a row: panel × rows × 8.
    let rows: NumberBuffer<UInt8>

    /// Bins the columns of `table`. With `bundling` off every feature has a byte of its own.
    convenience init(
        _ table: Table, maximumBins: Int = BinMapper.maximumBins, bundling: Bool = true, pool: ThreadPool = .single
    ) {
        let rowCount = table.rowCount
        var bundler = FeatureBundler(rowCount: rowCount, bundling: bundling)
        var mappers: [BinMapper] = []
        var constantBins: [UInt8] = []
        // A few columns at a time, so that the numbers of a wide table never lie in memory together.
        let width = max(1, pool.threadCount)
        for start in stride(from: 0, to: table.columns.count, by: width) {
            let part = Array(table.columns[start..<min(table.columns.count, start + width)])
            let results = ResultSlots<BinnedColumn?>(repeating: nil, count: part.count)
            pool.forEach(part.count) { index in
                let column = part[index]
                let mapper = BinMapper(fitting: column, maximumBins: maximumBins)
                results.set(index, mapper.map { BinnedColumn(column, mapper: $0, rowCount: rowCount) })
            }
            for case let column? in results.values {
                if column.usedBins > 1 { bundler.add(column, mapper: mappers.count) }
                mappers.append(column.mapper)
                constantBins.append(UInt8(column.counts.indices.max { column.counts[$0] < column.counts[$1] } ?? 0))
            }
        }
        let bytes = bundler.groups.map { GroupBytes(buffer: $0.bytes, offset: 0) }
        self.init(
            mappers: mappers, constantBins: constantBins, features: bundler.features,
            groupBins: bundler.groups.map(\.bins), rowCount: rowCount, bytes: bytes, pool: pool)
    }

    /// The features of `base` and, after them, those of `other`, which has as many rows.
    convenience init(_ base: BinnedFeatures, and other: BinnedFeatures, pool: ThreadPool) {
        var features = base.features
        for var feature in other.features {
            feature.mapper += base.mappers.count
            feature.group += base.groupBins.count
            features.append(feature)
        }
        let bytes = [base, other].flatMap { part in
            part.groupBins.indices.map { GroupBytes(buffer: part.columns, offset: $0 * part.rowCount) }
        }
        self.init(
            mappers: base.mappers + other.mappers, constantBins: base.constantBins + other.constantBins,
            features: features, groupBins: base.groupBins + other.groupBins, rowCount: base.rowCount, bytes: bytes,
            pool: pool)
    }

    /// Lays the byte columns out in both ways.
    init(
        mappers: [BinMapper], constantBins: [UInt8], features: [Feature], groupBins: [Int], rowCount: Int,
        bytes: [GroupBytes], pool: ThreadPool
    ) {
        self.mappers = mappers
        self.constantBins = constantBins
        self.features = features
        self.groupBins = groupBins
        self.rowCount = rowCount
        var starts: [Int] = []
        var total = 0
        for bins in groupBins {
            starts.append(total)
            total += bins
        }
        groupStarts = starts
        totalBins = total
        let groupCount = groupBins.count
        let panelCount = (groupCount + 7) / 8
        let panels = (0..<panelCount).map { $0 * groupCount / panelCount..<($0 + 1) * groupCount / panelCount }
        let columns = NumberBuffer<UInt8>(repeating: 0, count: groupCount * rowCount)
        let rows = NumberBuffer<UInt8>(repeating: 0, count: panelCount * rowCount * 8)
        pool.forEach(groupCount) { group in
            let source = bytes[group].buffer.base + bytes[group].offset
            (columns.base + group * rowCount).update(from: source, count: rowCount)
        }
        pool.forEachBlock(of: rowCount, size: 8192) { _, range in
            for (panel, members) in panels.enumerated() {
                for (place, group) in members.enumerated() {
                    let source = columns.base + group * rowCount
                    let target = rows.base + panel * rowCount * 8 + place
                    for row in range { target[row * 8] = source[row] }
                }
            }
        }
        self.panels = panels
        self.columns = columns
        self.rows = rows
    }

    /// One byte column of some buffer.
    struct GroupBytes: Sendable {
        var buffer: NumberBuffer<UInt8>
        var offset: Int
    }
}

/// One column's bins before bundling.
struct BinnedColumn: Sendable {
    let mapper: BinMapper
    let bytes: NumberBuffer<UInt8>
    let counts: [Int]

    init(_ column: Column, mapper: BinMapper, rowCount: Int) {
        self.mapper = mapper
        bytes = NumberBuffer(repeating: 0, count: rowCount)
        mapper.map(column, into: bytes.base, stride: 1, rows: 0..<rowCount)
        var counts = [Int](repeating: 0, count: 256)
        for row in 0..<rowCount { counts[Int(bytes.base[row])] += 1 }
        self.counts = counts
    }

    /// Bins that hold a row.
    var usedBins: Int { counts.count { $0 > 0 } }
}

/// Values set from several threads, each at a place of its own.
final class ResultSlots<Value: Sendable>: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Value>

    init(repeating value: Value, count: Int) {
        storage = .allocate(capacity: count)
        storage.initialize(repeating: value)
    }

    deinit {
        storage.deinitialize()
        storage.deallocate()
    }

    func set(_ index: Int, _ value: Value) { storage[index] = value }

    subscript(index: Int) -> Value { storage[index] }

    var values: [Value] { Array(storage) }
}
