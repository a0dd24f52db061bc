/// Gathers a table's profile chunk by chunk in memory that does not grow with the rows; how the rows are cut into chunks
/// does not matter.
public struct ProfileBuilder: Sendable {
    private var rows = 0
    private var columns: [ColumnProfiler] = []
    private let notes: [ReadNote]

    /// A builder; `notes` of the reader become warnings of their columns.
    public init(notes: [ReadNote] = []) { self.notes = notes }

    /// Adds the rows of a table that has the same columns as those before.
    public mutating func add(_ table: Table) {
        if columns.isEmpty { columns = table.columns.map { ColumnProfiler(name: $0.name, type: $0.type) } }
        for (index, column) in table.columns.enumerated() where index < columns.count {
            columns[index].add(column, firstRow: rows)
        }
        rows += table.rowCount
    }

    /// The profile of all rows added; `notes` may also be given here, when they come at the end of reading.
    public func profile(notes more: [ReadNote] = []) -> TableProfile {
        var profiles = columns.map { $0.profile(rows: rows) }
        var seen: [UInt64: String] = [:]
        let notes = Dictionary(grouping: notes + more) { $0.column }
        for (index, column) in columns.enumerated() {
            if let original = seen[column.content] {
                profiles[index].warnings.append(.duplicateColumn)
                profiles[index].duplicateOf = original
            } else {
                seen[column.content] = column.name
            }
            for note in notes[column.name] ?? [] {
                if note.code == .ambiguousDates { profiles[index].warnings.append(.ambiguousDates) }
                if note.code == .ambiguousNumbers { profiles[index].warnings.append(.ambiguousNumbers) }
            }
        }
        return TableProfile(rows: rows, columns: profiles)
    }
}

extension TableProfile {
    /// The profile of a whole table.
    public init(_ table: Table, notes: [ReadNote] = []) {
        var builder = ProfileBuilder()
        builder.add(table)
        self = builder.profile(notes: notes)
    }
}

/// Gathers what is worth knowing about one column.
struct ColumnProfiler: Sendable {
    let name: String
    private let type: ColumnType
    private var missing = 0
    private var isNumeric = true
    /// Hash of all cells in order.
    private(set) var content: UInt64 = 0x4D61_7274_6C65_7421
    private var distinct = DistinctSample()
    private var count = 0
    private var low = Double.infinity
    private var high = -Double.infinity
    private var moments = Moments()
    private var sample = RowSample()
    private var levels: [Spelling: Int] = [:]
    private var counts: [(value: String, count: Int)] = []

    init(name: String, type: ColumnType) {
        self.name = name
        self.type = type
    }

    mutating func add(_ column: Column, firstRow: Int) {
        missing += column.missingCount
        if case .strings(let codes, let words) = column.storage {
            isNumeric = false
            add(codes.int64s(), words)
        } else if case .booleans(let bits) = column.storage {
            addNumbers(column.doubles() ?? [], firstRow)
            var yes = 0
            for row in 0..<bits.count where bits[row] && !column.isMissing(row) { yes += 1 }
            count(column.booleanLabels.no, column.count - column.missingCount - yes)
            count(column.booleanLabels.yes, yes)
        } else if let values = column.doubles() {
            addNumbers(values, firstRow)
        }
    }

    private mutating func add(_ codes: [Int64], _ words: [String]) {
        let hashes = words.map { word in
            var word = word
            return word.withUTF8(StringDictionary.hash64)
        }
        var times = [Int](repeating: 0, count: words.count)
        for code in codes {
            if code < 0 {
                content = StringDictionary.mix(content ^ 0x5EED)
            } else {
                times[Int(code)] += 1
                content = StringDictionary.mix(content &+ hashes[Int(code)])
            }
        }
        for (code, word) in words.enumerated() where times[code] > 0 {
            distinct.add(hashes[code], times: times[code])
            count(word, times[code])
        }
    }

    private mutating func count(_ value: String, _ times: Int) {
        let spelling = Spelling(value)
        if let known = levels[spelling] {
            counts[known].count += times
        } else if times > 0, counts.count < DistinctSample.limit {
            levels[spelling] = counts.count
            counts.append((value, times))
        }
    }

    private mutating func addNumbers(_ values: [Double], _ firstRow: Int) {
        for (row, value) in values.enumerated() {
            if value.isNaN {
                content = StringDictionary.mix(content ^ 0x5EED)
                continue
            }
            let hash = StringDictionary.mix(value.bitPattern ^ 0x9E37_79B9_7F4A_7C15)
            content = StringDictionary.mix(content &+ hash)
            distinct.add(hash)
            count += 1
            low = min(low, value)
            high = max(high, value)
            moments.add(value)
            sample.add(value, row: firstRow + row)
        }
    }

    func profile(rows: Int) -> ColumnProfile {
        var profile = ColumnProfile(
            name: name, type: type, missing: missing, distinct: distinct.estimate, warnings: [])
        if isNumeric, count > 0 {
            let sorted = sample.values.sorted()
            profile.minimum = low
            profile.maximum = high
            profile.mean = moments.mean
            profile.standardDeviation = moments.deviation
            profile.quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map { Self.quantile(sorted, $0) }
            profile.histogram = histogram(sorted)
        }
        if !counts.isEmpty {
            let order = counts.enumerated().sorted {
                $0.element.count != $1.element.count ? $0.element.count > $1.element.count : $0.offset < $1.offset
            }
            profile.top = order.prefix(20).filter { $0.element.count > 0 }
                .map { ColumnProfile.Level(value: $0.element.value, count: $0.element.count) }
        }
        if type == .idLike { profile.warnings.append(.idLike) }
        if type == .constant { profile.warnings.append(.constant) }
        if missing * 2 >= rows, missing < rows { profile.warnings.append(.mostlyMissing) }
        return profile
    }

    /// Between the two nearest values in proportion (Hyndman and Fan 1996, type 7).
    private static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
        let place = fraction * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        let (distance, share) = (sorted[above] - sorted[below], place - Double(below))
        // What lies further apart than the largest number has no distance.
        guard distance.isFinite else { return sorted[below] * (1 - share) + sorted[above] * share }
        return sorted[below] + distance * share
    }

    private func histogram(_ sorted: [Double]) -> ColumnProfile.Histogram {
        let bins = low == high ? 1 : min(20, max(2, distinct.estimate))
        let width = (high - low) / Double(bins)
        guard width.isFinite else { return ColumnProfile.Histogram(edges: [low, high], counts: [count]) }
        var counts = [Int](repeating: 0, count: bins)
        for value in sorted {
            let bin = width > 0 ? min(Int((value - low) / width), bins - 1) : 0
            counts[max(bin, 0)] += 1
        }
        if sorted.count < count {
            let scale = Double(count) / Double(sorted.count)
            counts = counts.map { Int((Double($0) * scale).rounded()) }
        }
        let edges = (0...bins).map { $0 == bins ? high : low + width * Double($0) }
        return ColumnProfile.Histogram(edges: edges, counts: counts)
    }
}

/// Mean and deviation of numbers, gathered one by one (Welford 1962), of whatever size they are.
struct Moments: Sendable {
    /// Beyond it squares could not be held: then all is kept in `smallUnit`s.
    private static let large = 0x1p480
    private static let smallUnit = 0x1p-600

    private var count = 0
    private var unit = 1.0
    private var scaledMean = 0.0
    private var scaledSquares = 0.0

    mutating func add(_ value: Double) {
        if value.magnitude > Self.large, unit == 1 {
            unit = Self.smallUnit
            scaledMean *= unit
            scaledSquares = scaledSquares * unit * unit
        }
        count += 1
        let delta = value * unit - scaledMean
        scaledMean += delta / Double(count)
        scaledSquares += delta * (value * unit - scaledMean)
    }

    var mean: Double { scaledMean / unit }

    /// That of a sample (divided by n − 1); nil where it is larger than the largest number.
    var deviation: Double? {
        if count < 2 { return 0 }
        let deviation = (scaledSquares / Double(count - 1)).squareRoot() / unit
        return deviation.isFinite ? deviation : nil
    }
}

/// All values up to a limit, beyond it those of the rows whose numbers hash lowest: a uniform sample that does not depend
/// on how the rows came.
struct RowSample: Sendable {
    static let limit = 65_536
    private var kept: [(hash: UInt64, value: Double)] = []
    private var threshold = UInt64.max

    mutating func add(_ value: Double, row: Int) {
        let hash = StringDictionary.mix(UInt64(row) &* 0x9E37_79B9_7F4A_7C15 ^ 0xA5A5_5A5A_0F0F_F0F0)
        guard hash < threshold else { return }
        kept.append((hash, value))
        if kept.count >= Self.limit * 2 { shrink() }
    }

    private mutating func shrink() {
        kept.sort { $0.hash < $1.hash }
        threshold = kept[Self.limit].hash
        kept.removeLast(kept.count - Self.limit)
    }

    var values: [Double] {
        if kept.count <= Self.limit { return kept.map(\.value) }
        var copy = self
        copy.shrink()
        return copy.kept.map(\.value)
    }
}
