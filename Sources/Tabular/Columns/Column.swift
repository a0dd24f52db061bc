/// One column of a table: a name, a type, compact values and which of them are present.
public struct Column: Sendable, Hashable {
    /// How the values lie in memory; a missing row holds 0, NaN, `false` or code −1 there.
    public enum Storage: Sendable, Hashable {
        /// Whole numbers.
        case integers(PackedIntegers)
        /// Floating point; a missing row is NaN.
        case doubles([Double])
        /// Truth values.
        case booleans(Bitmap)
        /// Days since 1970-01-01.
        case dates(PackedIntegers)
        /// Microseconds since 1970-01-01T00:00:00Z.
        case datetimes([Int64])
        /// A code a row into `levels`, −1 for a missing row; levels are distinct, in order of first appearance.
        case strings(codes: PackedIntegers, levels: [String])

        /// Whether both hold the same values in the same form; NaN equals NaN.
        public static func == (left: Storage, right: Storage) -> Bool {
            switch (left, right) {
            case (.integers(let one), .integers(let other)): one == other
            case (.doubles(let one), .doubles(let other)):
                one.elementsEqual(other) { $0 == $1 || $0.isNaN && $1.isNaN }
            case (.booleans(let one), .booleans(let other)): one == other
            case (.dates(let one), .dates(let other)): one == other
            case (.datetimes(let one), .datetimes(let other)): one == other
            case (.strings(let one, let words), .strings(let other, let otherWords)):
                one == other && words == otherWords
            default: false
            }
        }

        /// Hashes the values; NaN like NaN.
        public func hash(into hasher: inout Hasher) {
            switch self {
            case .integers(let values), .dates(let values): hasher.combine(values)
            case .doubles(let values): for value in values { hasher.combine(value.isNaN ? .nan : value) }
            case .booleans(let values): hasher.combine(values)
            case .datetimes(let values): hasher.combine(values)
            case .strings(let codes, let levels):
                hasher.combine(codes)
                hasher.combine(levels)
            }
        }
    }

    /// The column's name, unique in its table.
    public let name: String
    /// What the values mean. `constant` and `idLike` may have any storage; every other type has its own.
    public let type: ColumnType
    /// The values.
    public let storage: Storage
    /// A set bit for each present row; nil when no row is missing.
    public let validity: Bitmap?
    /// How truth values are spelled in the source (`No` and `Yes`); `false` and `true` unless a reader found otherwise.
    public let booleanLabels: BooleanLabels

    /// A column of the given parts; `validity` must be as long as the values.
    public init(
        name: String, type: ColumnType, storage: Storage, validity: Bitmap? = nil,
        booleanLabels: BooleanLabels = .standard
    ) {
        self.name = name
        self.type = type
        self.storage = storage
        self.validity = validity
        self.booleanLabels = booleanLabels
        precondition(validity == nil || validity?.count == count, "validity of \(name) must have \(count) bits")
    }

    /// Number of rows.
    public var count: Int {
        switch storage {
        case .integers(let values), .dates(let values): values.count
        case .doubles(let values): values.count
        case .booleans(let values): values.count
        case .datetimes(let values): values.count
        case .strings(let codes, _): codes.count
        }
    }

    /// Number of missing rows.
    public var missingCount: Int { validity.map { $0.count - $0.setCount } ?? 0 }

    /// Whether `row` has no value.
    public func isMissing(_ row: Int) -> Bool { validity.map { !$0[row] } ?? false }

    /// Whether the values are numbers or can be read as such (all but strings).
    public var isNumeric: Bool {
        if case .strings = storage { false } else { true }
    }

    /// The values as numbers, NaN where missing: booleans as 0 and 1, dates as days, date-times as seconds since 1970.
    /// Nil for strings.
    public func doubles() -> [Double]? {
        var values: [Double]
        switch storage {
        case .integers(let packed), .dates(let packed): values = packed.doubles()
        case .doubles(let doubles): return doubles
        case .booleans(let bits): values = (0..<bits.count).map { bits[$0] ? 1 : 0 }
        case .datetimes(let microseconds): values = microseconds.map { Double($0) / 1e6 }
        case .strings: return nil
        }
        if let validity {
            for row in values.indices where !validity[row] { values[row] = .nan }
        }
        return values
    }

    /// The same column under another type, its values untouched.
    public func retyped(_ type: ColumnType) -> Column {
        Column(name: name, type: type, storage: storage, validity: validity, booleanLabels: booleanLabels)
    }

    /// The values of `rows`, in that order; a row may appear more than once.
    public func selecting(_ rows: [Int32]) -> Column {
        let picked: Storage
        switch storage {
        case .integers(let values): picked = .integers(values.selecting(rows))
        case .dates(let values): picked = .dates(values.selecting(rows))
        case .doubles(let values): picked = .doubles(rows.map { values[Int($0)] })
        case .datetimes(let values): picked = .datetimes(rows.map { values[Int($0)] })
        case .strings(let codes, let levels): picked = .strings(codes: codes.selecting(rows), levels: levels)
        case .booleans(let bits):
            var out = Bitmap(repeating: false, count: rows.count)
            for (index, row) in rows.enumerated() where bits[Int(row)] { out[index] = true }
            picked = .booleans(out)
        }
        var present: Bitmap?
        if let validity {
            var out = Bitmap(repeating: false, count: rows.count)
            for (index, row) in rows.enumerated() where validity[Int(row)] { out[index] = true }
            if out.setCount < rows.count { present = out }
        }
        return Column(name: name, type: type, storage: picked, validity: present, booleanLabels: booleanLabels)
    }
}
