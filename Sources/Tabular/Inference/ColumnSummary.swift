/// What a pass over cells of a column found, enough to decide its type; parts combine in the order of rows.
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
    /// Range of the numbers of columns without missing rows.
    var low = Double.infinity
    var high = -Double.infinity
    /// The first spelling of each truth value.
    var no: String?
    var yes: String?

    /// Adds whole numbers, their range, and their distinct values if `counts` says so.
    mutating func addIntegers(_ values: UnsafeBufferPointer<Int64>, missing rows: [Int32], counts: Bool) {
        guard present > 0 else { return }
        evidence.formIntersection(.ofIntegers)
        guard let least = values.min(), let most = values.max() else { return }
        low = min(low, Double(least))
        high = max(high, Double(most))
        guard counts, rows.isEmpty else { return }
        for value in values { distinct.add(StringDictionary.mix(UInt64(bitPattern: value) ^ 0x9E37_79B9_7F4A_7C15)) }
    }

    /// Adds floating point numbers, of which NaN are missing.
    mutating func addDoubles(_ values: [Double], allowsDotGroups: Bool) {
        guard present > 0 else { return }
        evidence.formIntersection(.ofFloats)
        if !allowsDotGroups { evidence.remove(.dotGroups) }
        for value in values where !value.isNaN {
            low = min(low, value)
            high = max(high, value)
        }
    }

    /// Adds a string that stands in `times` rows.
    mutating func addLevel(_ level: UnsafeBufferPointer<UInt8>, times: Int) {
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

    /// Adds what was found in rows that come after.
    mutating func merge(_ next: ColumnSummary) {
        evidence.formIntersection(next.evidence)
        hasTime = hasTime || next.hasTime
        present += next.present
        missing += next.missing
        words += next.words
        bytes += next.bytes
        spaced += next.spaced
        digits += next.digits
        distinct.merge(next.distinct)
        low = min(low, next.low)
        high = max(high, next.high)
        no = no ?? next.no
        yes = yes ?? next.yes
    }
}
