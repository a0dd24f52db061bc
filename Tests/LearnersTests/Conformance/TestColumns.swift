import Tabular

/// Columns written as literals; nil and NaN are missing.
extension Column {
    static func strings(_ name: String, _ values: [String?], type: ColumnType = .categorical) -> Column {
        var codeOf: [String: Int64] = [:]
        var levels: [String] = []
        let codes = values.map { value -> Int64 in
            guard let value else { return -1 }
            if let code = codeOf[value] { return code }
            codeOf[value] = Int64(levels.count)
            levels.append(value)
            return Int64(levels.count - 1)
        }
        return Column(
            name: name, type: type, storage: .strings(codes: PackedIntegers(codes), levels: levels),
            validity: validity(values.map { $0 != nil }))
    }

    static func numbers(_ name: String, _ values: [Double]) -> Column {
        Column(name: name, type: .float, storage: .doubles(values), validity: validity(values.map { !$0.isNaN }))
    }

    static func integers(_ name: String, _ values: [Int64], type: ColumnType = .integer) -> Column {
        Column(name: name, type: type, storage: .integers(PackedIntegers(values)))
    }

    static func dates(_ name: String, _ days: [Int64]) -> Column {
        Column(name: name, type: .date, storage: .dates(PackedIntegers(days)))
    }

    static func booleans(_ name: String, _ values: [Bool]) -> Column {
        var bits = Bitmap(repeating: false, count: 0)
        for value in values { bits.append(value) }
        return Column(name: name, type: .boolean, storage: .booleans(bits))
    }

    private static func validity(_ present: [Bool]) -> Bitmap? {
        if present.allSatisfy({ $0 }) { return nil }
        var bits = Bitmap(repeating: false, count: 0)
        for value in present { bits.append(value) }
        return bits
    }
}
