/// A set of bins, one bit each.
struct BinSet: Sendable, Hashable {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (a: BinSet, b: BinSet) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    mutating func insert(_ bin: Int) {
        let bit: UInt64 = 1 << UInt64(bin & 63)
        switch bin >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    func contains(_ bin: Int) -> Bool {
        let word =
            switch bin >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(bin & 63) & 1 != 0
    }
}

/// The best way found to split a leaf.
struct Split: Sendable {
    /// How much the loss falls; 0 where no split is worth it.
    var gain = 0.0
    /// Index into the binned features.
    var feature = -1
    /// Numeric: bins up to this one go left.
    var bin = 0
    /// Numeric: where missing values go.
    var missingLeft = false
    /// Categorical: the bins that go left.
    var categories: BinSet?
    /// Whether the categories were picked by sorting, so that the leaves below need more of a penalty.
    var isSorted = false
    /// Sums of the left side, as in a histogram's bin.
    var left: Int64 = 0

    /// Whether each byte of the feature's group goes left (1) or right (0).
    func directions(_ feature: BinnedFeatures.Feature) -> [UInt8] {
        feature.decoding().map { goesLeft(Int($0), feature) ? 1 : 0 }
    }

    private func goesLeft(_ bin: Int, _ feature: BinnedFeatures.Feature) -> Bool {
        if let categories { return categories.contains(bin) }
        return bin >= feature.valueBins ? missingLeft : bin <= self.bin
    }
}
