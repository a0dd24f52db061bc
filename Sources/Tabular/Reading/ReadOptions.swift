/// How to read a table; everything not given is found from the content.
public struct ReadOptions: Sendable, Hashable {
    /// How bytes stand for characters.
    public enum Encoding: String, Sendable, Codable, CaseIterable {
        /// UTF-8, with or without a byte order mark.
        case utf8 = "utf-8"
        /// UTF-16, lowest byte first.
        case utf16LittleEndian = "utf-16le"
        /// UTF-16, highest byte first.
        case utf16BigEndian = "utf-16be"
        /// One byte a character; 0x80 to 0x9F as in Windows-1252, which is what such files mean.
        case latin1 = "latin-1"
    }

    /// Which number comes first in dates like 3/4/2024.
    public enum DateOrder: String, Sendable, Codable, CaseIterable {
        /// 3 April.
        case dayFirst = "day_first"
        /// March 4.
        case monthFirst = "month_first"
    }

    /// What becomes of a cell that is not of the type `types` names.
    public enum Mismatch: String, Sendable, Codable, CaseIterable {
        /// Reading fails, naming column and row.
        case error
        /// The cell counts as missing; a note tells how many.
        case missing
    }

    /// Cells that mean "no value" when nothing else is asked for, compared letter by letter (`none` is a word, `None` is
    /// not) after the spaces around them are taken off. The empty cell always does.
    public static let defaultMissingMarkers = [
        "NA", "N/A", "n/a", "null", "NULL", "Null", "NaN", "nan", "None", "?", "-",
    ]

    /// Columns that a table may have where nothing else is asked for.
    public static let defaultMaximumColumns = 100_000

    /// The character between cells; nil to detect one of comma, semicolon, tab and pipe.
    public var delimiter: Character?
    /// Whether the first row holds names; nil to detect.
    public var header: Bool?
    /// How bytes stand for characters; nil to detect.
    public var encoding: Encoding?
    /// The sheet of a workbook; nil for the first.
    public var sheet: String?
    /// Cells that mean "no value", besides the empty cell.
    public var missingMarkers: [String]
    /// Types of columns by name, instead of inferring them; names that are not in the table are ignored.
    public var types: [String: ColumnType]
    /// What becomes of a cell that is not of the type `types` names.
    public var mismatch: Mismatch
    /// Let a column that `types` calls integer come out as float when a cell has a fraction.
    public var widensIntegers: Bool
    /// How to read dates whose day and month could be swapped; nil to decide by the whole column.
    public var dateOrder: DateOrder?
    /// The columns to keep, by name; nil for all. The table's order is kept.
    public var columns: Set<String>?
    /// Stop after that many rows; types are then inferred from these.
    public var maximumRows: Int?
    /// Columns that a table may have; one with more is refused while its first row is read.
    public var maximumColumns = ReadOptions.defaultMaximumColumns
    /// Threads that parse; nil for one a processor. The result does not depend on it.
    public var threads: Int?
    /// Bytes parsed at a time; the result does not depend on it.
    var blockBytes = 1 << 20
    /// Line of the byte that told that the text is not UTF-8.
    var latin1Line: Int?

    /// Options with everything detected but what is given.
    public init(
        delimiter: Character? = nil, header: Bool? = nil, encoding: Encoding? = nil, sheet: String? = nil,
        missingMarkers: [String] = ReadOptions.defaultMissingMarkers, types: [String: ColumnType] = [:],
        mismatch: Mismatch = .error, widensIntegers: Bool = false, dateOrder: DateOrder? = nil,
        columns: Set<String>? = nil, maximumRows: Int? = nil, threads: Int? = nil
    ) {
        self.delimiter = delimiter
        self.header = header
        self.encoding = encoding
        self.sheet = sheet
        self.missingMarkers = missingMarkers
        self.types = types
        self.mismatch = mismatch
        self.widensIntegers = widensIntegers
        self.dateOrder = dateOrder
        self.columns = columns
        self.maximumRows = maximumRows
        self.threads = threads
    }

    /// Options for reading rows to predict from: every column of `schema` in its type (integers may have fractions),
    /// so that no code or level can change its meaning.
    public static func matching(_ schema: Schema, mismatch: Mismatch = .error) -> ReadOptions {
        var options = ReadOptions(mismatch: mismatch, widensIntegers: true)
        for column in schema.columns { options.types[column.name] = column.type }
        return options
    }
}
