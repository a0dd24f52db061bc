import Tabular

/// How the values of one feature become bins: at most 255 of values, then one for missing values.
public struct BinMapper: Sendable, Hashable {
    /// What kind of values the feature has.
    public enum Kind: Sendable, Hashable {
        /// Bin b holds the values above `thresholds[b - 1]` up to and including `thresholds[b]`; ascending, at most 254.
        case numeric(thresholds: [Double])
        /// Bin b holds the level `levels[b]`; the bin after the last holds every other level. At most 254 levels.
        case categorical(levels: [String])
    }

    /// Most bins of values that one byte allows beside the bin of missing values.
    public static let maximumBins = 255

    /// The feature's column.
    public let name: String
    /// What the bins hold.
    public let kind: Kind

    /// A mapper of these parts.
    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Bins of values, without the one of missing values.
    public var valueBinCount: Int {
        switch kind {
        case .numeric(let thresholds): thresholds.count + 1
        case .categorical(let levels): levels.count + 1
        }
    }

    /// The bin of missing values, the one after the last bin of values.
    public var missingBin: UInt8 { UInt8(valueBinCount) }

    /// Whether the bins have no order.
    public var isCategorical: Bool {
        if case .categorical = kind { true } else { false }
    }

    /// Writes the bin of every row of `column` to `out` with `stride` bytes from row to row. A column whose storage is not
    /// of this mapper's kind counts as missing.
    func map(_ column: Column?, into out: UnsafeMutablePointer<UInt8>, stride: Int, rows: Range<Int>) {
        let missing = missingBin
        switch (kind, column?.storage) {
        case (.categorical(let levels), .strings(let codes, let names)?):
            let table = BinMapper.codeTable(levels: levels, names: names)
            BinMapper.mapCodes(codes, table: table, missing: missing, into: out, stride: stride, rows: rows)
        case (.numeric(let thresholds), _?):
            guard let values = column?.doubles() else { fallthrough }
            values.withUnsafeBufferPointer { values in
                thresholds.withUnsafeBufferPointer { thresholds in
                    BinMapper.mapNumbers(
                        values, thresholds: thresholds, missing: missing, into: out, stride: stride, rows: rows)
                }
            }
        default:
            for index in 0..<rows.count { out[index * stride] = missing }
        }
    }

    /// The bin of each code of a dictionary-encoded column with levels `names`.
    static func codeTable(levels: [String], names: [String]) -> [UInt8] {
        let few = 4
        if names.count <= few {
            // A look at each level costs less than a table of all of them.
            return names.map { name in
                let spelling = Spelling(name)
                return UInt8(levels.firstIndex { Spelling($0) == spelling } ?? levels.count)
            }
        }
        let bins = Dictionary(levels.enumerated().map { (Spelling($1), UInt8($0)) }) { first, _ in first }
        let other = UInt8(levels.count)
        return names.map { bins[Spelling($0)] ?? other }
    }

    private static func mapCodes(
        _ codes: PackedIntegers, table: [UInt8], missing: UInt8, into out: UnsafeMutablePointer<UInt8>, stride: Int,
        rows: Range<Int>
    ) {
        func run<Code: FixedWidthInteger>(_ codes: [Code]) {
            codes.withUnsafeBufferPointer { codes in
                table.withUnsafeBufferPointer { table in
                    var place = 0
                    for row in rows {
                        let code = Int(truncatingIfNeeded: codes[row])
                        out[place] = code < 0 || code >= table.count ? missing : table[code]
                        place += stride
                    }
                }
            }
        }
        switch codes {
        case .int8(let codes): run(codes)
        case .int16(let codes): run(codes)
        case .int32(let codes): run(codes)
        case .int64(let codes): run(codes)
        }
    }

    /// Branch-free binary search of every value: its bin is the number of thresholds below it.
    static func mapNumbers(
        _ values: UnsafeBufferPointer<Double>, thresholds: UnsafeBufferPointer<Double>, missing: UInt8,
        into out: UnsafeMutablePointer<UInt8>, stride: Int, rows: Range<Int>
    ) {
        let count = thresholds.count
        var place = 0
        for row in rows {
            let value = values[row]
            var low = 0
            var length = count
            while length > 0 {
                let half = (length + 1) >> 1
                low = thresholds[low + half - 1] < value ? low + half : low
                length -= half
            }
            out[place] = value.isNaN ? missing : UInt8(truncatingIfNeeded: low)
            place += stride
        }
    }
}
