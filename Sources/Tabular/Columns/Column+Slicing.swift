extension Column {
    /// The rows of `range` as a column of its own, packed as narrow as they allow; levels are those of the range, in
    /// order of first appearance.
    public func slice(_ range: Range<Int>) -> Column {
        let part: Storage
        switch storage {
        case .integers(let values): part = .integers(PackedIntegers(values.int64s(in: range)))
        case .dates(let values): part = .dates(PackedIntegers(values.int64s(in: range)))
        case .doubles(let values): part = .doubles(Array(values[range]))
        case .datetimes(let values): part = .datetimes(Array(values[range]))
        case .booleans(let bits):
            var out = Bitmap(repeating: false, count: range.count)
            for (index, row) in range.enumerated() where bits[row] { out[index] = true }
            part = .booleans(out)
        case .strings(let codes, let levels):
            var used = [Int32](repeating: -1, count: levels.count)
            var kept: [String] = []
            let sliced = codes.int64s(in: range).map { code -> Int64 in
                if code < 0 { return -1 }
                if used[Int(code)] < 0 {
                    used[Int(code)] = Int32(kept.count)
                    kept.append(levels[Int(code)])
                }
                return Int64(used[Int(code)])
            }
            part = .strings(codes: PackedIntegers(sliced), levels: kept)
        }
        var present: Bitmap?
        if let validity {
            var out = Bitmap(repeating: false, count: range.count)
            for (index, row) in range.enumerated() where validity[row] { out[index] = true }
            if out.setCount < range.count { present = out }
        }
        return Column(name: name, type: type, storage: part, validity: present, booleanLabels: booleanLabels)
    }

    /// The rows of all `parts`, one after another; parts must agree in storage. Integers are packed as narrow as they
    /// allow and levels come in order of first appearance, so cutting a column and joining it again gives the same.
    /// Nil when there are no parts or they differ in kind.
    public init?(joining parts: [Column]) {
        guard let first = parts.first else { return nil }
        let count = parts.reduce(0) { $0 + $1.count }
        let joined: Storage
        switch first.storage {
        case .integers, .dates:
            var values: [Int64] = []
            values.reserveCapacity(count)
            var isDate = false
            for part in parts {
                switch (part.storage, first.storage) {
                case (.integers(let packed), .integers): values += packed.int64s()
                case (.dates(let packed), .dates):
                    values += packed.int64s()
                    isDate = true
                default: return nil
                }
            }
            joined = isDate ? .dates(PackedIntegers(values)) : .integers(PackedIntegers(values))
        case .doubles:
            var values: [Double] = []
            values.reserveCapacity(count)
            for part in parts {
                guard case .doubles(let more) = part.storage else { return nil }
                values += more
            }
            joined = .doubles(values)
        case .datetimes:
            var values: [Int64] = []
            values.reserveCapacity(count)
            for part in parts {
                guard case .datetimes(let more) = part.storage else { return nil }
                values += more
            }
            joined = .datetimes(values)
        case .booleans:
            var bits = Bitmap(repeating: false, count: count)
            var row = 0
            for part in parts {
                guard case .booleans(let more) = part.storage else { return nil }
                for index in 0..<more.count where more[index] { bits[row + index] = true }
                row += more.count
            }
            joined = .booleans(bits)
        case .strings:
            var codes: [Int64] = []
            codes.reserveCapacity(count)
            var levels: [String] = []
            var known: [Spelling: Int64] = [:]
            for part in parts {
                guard case .strings(let more, let words) = part.storage else { return nil }
                let translated = words.map { word -> Int64 in
                    let spelling = Spelling(word)
                    if let code = known[spelling] { return code }
                    known[spelling] = Int64(levels.count)
                    levels.append(word)
                    return Int64(levels.count - 1)
                }
                for code in more.int64s() { codes.append(code < 0 ? -1 : translated[Int(code)]) }
            }
            joined = .strings(codes: PackedIntegers(codes), levels: levels)
        }
        var present: Bitmap?
        if parts.contains(where: { $0.validity != nil }) {
            var bits = Bitmap(repeating: true, count: count)
            var row = 0
            for part in parts {
                if let validity = part.validity {
                    for index in 0..<part.count where !validity[index] { bits[row + index] = false }
                }
                row += part.count
            }
            if bits.setCount < count { present = bits }
        }
        self.init(
            name: first.name, type: first.type, storage: joined, validity: present, booleanLabels: first.booleanLabels)
    }
}

extension PackedIntegers {
    /// The values of `range` at full width.
    public func int64s(in range: Range<Int>) -> [Int64] {
        switch self {
        case .int8(let values): values[range].map(Int64.init)
        case .int16(let values): values[range].map(Int64.init)
        case .int32(let values): values[range].map(Int64.init)
        case .int64(let values): Array(values[range])
        }
    }
}

extension Table {
    /// The rows of `range` as a table of its own; see `Column.slice`.
    public func slice(_ range: Range<Int>) -> Table {
        Table(columns: columns.map { $0.slice(range) }, rowCount: range.count)
    }

    /// The rows of all `parts`, one after another; see `Column.init(joining:)`. Nil when there are no parts or they
    /// differ in their columns.
    public init?(joining parts: [Table]) {
        guard let first = parts.first, parts.allSatisfy({ $0.columns.count == first.columns.count }) else { return nil }
        var columns: [Column] = []
        for index in first.columns.indices {
            guard let column = Column(joining: parts.map { $0.columns[index] }) else { return nil }
            columns.append(column)
        }
        self.init(columns: columns, rowCount: parts.reduce(0) { $0 + $1.rowCount })
    }
}
