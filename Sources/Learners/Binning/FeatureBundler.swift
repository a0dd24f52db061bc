/// Puts features that never depart from their most frequent bin in the same row into one byte column.
struct FeatureBundler {
    /// A byte column in the making.
    struct Group {
        var bytes: NumberBuffer<UInt8>
        var bins: Int
        /// Rows where a member departs from its default; empty for a column that takes no others.
        var taken: [UInt64]
        var takenCount: Int
        var isOpen: Bool
    }

    /// Open bundles that a feature is tried against.
    static let maximumTries = 64

    private(set) var groups: [Group] = []
    private(set) var features: [BinnedFeatures.Feature] = []
    private let rowCount: Int
    private let bundling: Bool

    init(rowCount: Int, bundling: Bool) {
        self.rowCount = rowCount
        self.bundling = bundling
    }

    /// Gives `column` a place.
    mutating func add(_ column: BinnedColumn, mapper: Int) {
        let valueBins = column.mapper.valueBinCount
        let hasMissing = column.counts[valueBins] > 0
        let bins = hasMissing ? valueBins + 1 : valueBins
        var feature = BinnedFeatures.Feature(
            mapper: mapper, group: groups.count, offset: 0, defaultBin: -1, valueBins: valueBins,
            hasMissing: hasMissing,
            isCategorical: column.mapper.isCategorical)
        let defaultBin = column.counts.indices.max { column.counts[$0] < column.counts[$1] } ?? 0
        let departures = rowCount - column.counts[defaultBin]
        guard bundling, departures * 2 <= rowCount, bins <= 128 else {
            groups.append(Group(bytes: column.bytes, bins: bins, taken: [], takenCount: 0, isOpen: false))
            features.append(feature)
            return
        }
        let taken = departureBits(column.bytes, defaultBin: UInt8(defaultBin))
        let target = place(taken, departures: departures, slots: bins - 1)
        feature.defaultBin = defaultBin
        if let target {
            feature.group = target
            feature.offset = groups[target].bins
            for word in taken.indices { groups[target].taken[word] |= taken[word] }
            groups[target].takenCount += departures
            groups[target].bins += bins - 1
        } else {
            feature.offset = 1
            let bytes = NumberBuffer<UInt8>(repeating: 0, count: rowCount)
            groups.append(Group(bytes: bytes, bins: bins, taken: taken, takenCount: departures, isOpen: true))
        }
        write(column.bytes, defaultBin: defaultBin, offset: feature.offset, into: groups[feature.group].bytes)
        features.append(feature)
    }

    private func departureBits(_ bytes: NumberBuffer<UInt8>, defaultBin: UInt8) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
        for row in 0..<rowCount where bytes.base[row] != defaultBin { words[row >> 6] |= 1 << UInt64(row & 63) }
        return words
    }

    /// The first open bundle with room that shares no row.
    private func place(_ taken: [UInt64], departures: Int, slots: Int) -> Int? {
        var tries = 0
        for index in groups.indices where groups[index].isOpen {
            let group = groups[index]
            guard group.bins + slots <= 256, group.takenCount + departures <= rowCount else { continue }
            tries += 1
            if tries > FeatureBundler.maximumTries { return nil }
            if !taken.indices.contains(where: { taken[$0] & group.taken[$0] != 0 }) { return index }
        }
        return nil
    }

    private func write(
        _ bytes: NumberBuffer<UInt8>, defaultBin: Int, offset: Int, into target: NumberBuffer<UInt8>
    ) {
        for row in 0..<rowCount {
            let bin = Int(bytes.base[row])
            if bin != defaultBin { target.base[row] = UInt8(offset + (bin < defaultBin ? bin : bin - 1)) }
        }
    }
}
