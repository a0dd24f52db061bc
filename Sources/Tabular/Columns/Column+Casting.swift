extension ColumnType {
    /// The types that a column may be cast to, its own first; each keeps every value.
    ///
    /// Text becomes numbers where all of it is numbers, which only the values tell: it is not among these.
    public var castable: [ColumnType] {
        switch self {
        case .integer: [.integer, .float, .categorical, .text]
        case .float: [.float]
        case .boolean: [.boolean, .categorical]
        case .date: [.date]
        case .datetime: [.datetime]
        case .categorical: [.categorical, .text, .integer, .float]
        case .text: [.text, .categorical]
        case .idLike: [.idLike, .categorical, .text, .integer]
        case .constant: [.constant]
        }
    }
}

extension Column {
    /// The same values as another type: whole numbers as numbers, categories or text; truth words as categories; text as
    /// categories or, where every value is one, as numbers. Missing rows stay missing.
    /// - Throws: `TableError.typeMismatch` that names what cannot be.
    public func cast(to type: ColumnType) throws -> Column {
        if type == self.type { return self }
        switch (storage, type) {
        case (.integers, .integer), (.doubles, .float), (.booleans, .boolean), (.dates, .date), (.datetimes, .datetime),
            (.strings, .categorical), (.strings, .text):
            return retyped(type)
        case (.integers, .float):
            return Column(name: name, type: type, storage: .doubles(doubles() ?? []), validity: validity)
        case (.integers(let values), .categorical), (.integers(let values), .text):
            return spelled(type) { String(values[$0]) }
        case (.booleans(let bits), .categorical), (.booleans(let bits), .text):
            return spelled(type) { booleanLabels[bits[$0]] }
        case (.strings(let codes, let levels), .integer), (.strings(let codes, let levels), .float):
            return try numbers(codes, levels, type)
        default:
            throw TableError(
                .typeMismatch, "\"\(name)\" is \(self.type.rawValue) and cannot be taken for \(type.rawValue)",
                column: name)
        }
    }

    private func spelled(_ type: ColumnType, _ text: (Int) -> String) -> Column {
        var levels: [String] = []
        var known: [String: Int64] = [:]
        let codes = (0..<count).map { row -> Int64 in
            if isMissing(row) { return -1 }
            let level = text(row)
            if let code = known[level] { return code }
            known[level] = Int64(levels.count)
            levels.append(level)
            return Int64(levels.count - 1)
        }
        return Column(
            name: name, type: type, storage: .strings(codes: PackedIntegers(codes), levels: levels), validity: validity)
    }

    private func numbers(_ codes: PackedIntegers, _ levels: [String], _ type: ColumnType) throws -> Column {
        var used = [Bool](repeating: false, count: levels.count)
        for code in codes.int64s() where code >= 0 { used[Int(code)] = true }
        let parsed = try levels.enumerated().map { index, level -> Double in
            var level = level
            let value = level.withUTF8 { NumberParser.double($0) }
            if let value { return value }
            if !used[index] { return .nan }
            throw TableError(.typeMismatch, "\"\(level)\" in \"\(name)\" is not a number", column: name)
        }
        let values = codes.int64s().map { $0 < 0 ? Double.nan : parsed[Int($0)] }
        guard type == .integer else {
            return Column(name: name, type: type, storage: .doubles(values), validity: validity)
        }
        let whole = try values.map { value -> Int64 in
            if value.isNaN { return 0 }
            guard let number = Int64(exactly: value) else {
                throw TableError(.typeMismatch, "\(value) in \"\(name)\" is not a whole number", column: name)
            }
            return number
        }
        return Column(name: name, type: type, storage: .integers(PackedIntegers(whole)), validity: validity)
    }
}
