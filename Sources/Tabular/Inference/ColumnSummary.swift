/// What a pass over all cells of a column found, enough to decide its type; parts combine in the order of rows.
struct ColumnSummary: Sendable {
    var evidence = CellEvidence.all
    var hasTime = false
    var present = 0
    var missing = 0
    /// Words and bytes of all present strings.
    var words = 0
    var bytes = 0
    /// Present strings that hold a space, and those that hold a digit.
    var spaced = 0
    var digits = 0
    /// A sample of the distinct values.
    var distinct = DistinctSample()
    /// Range of the numbers.
    var low = Double.infinity
    var high = -Double.infinity
    /// The first spelling of each truth value.
    var no: String?
    var yes: String?
    /// Whether the numbers go up by one from row to row, and the first and last of them.
    var isSequence = true
    var first: Int64?
    var last: Int64?

    mutating func add(_ column: ParsedColumn, rowCount: Int, countsIntegers: Bool) {
        missing += column.missing.count
        let present = rowCount - column.missing.count
        self.present += present
        guard present > 0 else { return }
        var nextMissing = column.missing.makeIterator()
        var skip = nextMissing.next()
        switch column.values {
        case .none: return
        case .integers(let packed):
            evidence.formIntersection(.ofIntegers)
            for row in 0..<packed.count {
                if let gap = skip, Int(gap) == row {
                    skip = nextMissing.next()
                    continue
                }
                let value = packed[row]
                low = min(low, Double(value))
                high = max(high, Double(value))
                if countsIntegers {
                    distinct.add(StringDictionary.mix(UInt64(bitPattern: value) ^ 0x9E37_79B9_7F4A_7C15))
                    if let last, value != last &+ 1 { isSequence = false }
                    first = first ?? value
                    last = value
                }
            }
        case .doubles(let values):
            evidence.formIntersection(.ofFloats)
            if !column.allowsDotGroups { evidence.remove(.dotGroups) }
            for value in values where !value.isNaN {
                low = min(low, value)
                high = max(high, value)
            }
        case .strings(_, let levels):
            for code in 0..<levels.count where levels.counts[code] > 0 {
                levels.withBytes(code) { addLevel($0, times: levels.counts[code]) }
            }
        }
    }

    private mutating func addLevel(_ level: UnsafeBufferPointer<UInt8>, times: Int) {
        if !evidence.isEmpty {
            let (found, time) = CellEvidence.of(level)
            if !found.isDisjoint(with: .booleans) {
                if CellEvidence.boolean(level).value {
                    yes = yes ?? String(decoding: level, as: UTF8.self)
                } else {
                    no = no ?? String(decoding: level, as: UTF8.self)
                }
            }
            evidence.formIntersection(found)
            hasTime = hasTime || time
        }
        distinct.add(StringDictionary.hash64(level), times: times)
        bytes += level.count * times
        var count = 0
        var inWord = false
        var hasDigit = false
        for byte in level {
            let isSpace = RecordScanner.isSpace(byte)
            if !isSpace, !inWord { count += 1 }
            inWord = !isSpace
            if byte &- 48 < 10 { hasDigit = true }
        }
        words += count * times
        if count > 1 { spaced += times }
        if hasDigit { digits += times }
    }
}
