/// How a block's cells of one column are read in a pass.
enum CellKind: UInt8, Sendable {
    /// Not at all.
    case skip
    case integer
    case float
    /// Into a dictionary; what the strings mean is decided from the dictionary.
    case string
}

/// The cells of one column in one block.
struct ParsedColumn: Sendable {
    enum Values: Sendable {
        case none
        /// A missing row holds 0.
        case integers(PackedIntegers)
        /// A missing row holds NaN.
        case doubles([Double])
        /// A missing row holds −1; some levels may be missing markers, whose count is 0.
        case strings(codes: [Int32], levels: StringDictionary)
    }

    var values = Values.none
    /// Missing rows in order.
    var missing: [Int32] = []
    /// Whether some of the missing cells are infinite numbers.
    var hasInfinite = false
    var summary = ColumnSummary()

    /// The kind of the values.
    var form: CellKind {
        switch values {
        case .none: .skip
        case .integers: .integer
        case .doubles: .float
        case .strings: .string
        }
    }
}

/// What a pass over one block gives.
struct ParsedBlock: Sendable {
    var rowCount = 0
    /// Line ends in the block.
    var lineCount = 0
    var columns: [ParsedColumn] = []
    /// Rows with too few cells, and the first of them with its line, both counted from 0 in the block.
    var shortRows = 0
    var firstShortRow: (row: Int, line: Int)?
    var extraEmpty: (row: Int, line: Int)?
    var strayQuote: (row: Int, line: Int)?
}
