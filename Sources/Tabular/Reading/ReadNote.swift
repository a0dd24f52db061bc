/// Something a reader repaired or decided that its user may want to know.
public struct ReadNote: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What kind of note.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// A name that occurred before got a number.
        case duplicateName = "duplicate_name"
        /// A column without a name got one.
        case emptyName = "empty_name"
        /// Rows with too few cells were filled with missing values.
        case shortRows = "short_rows"
        /// Empty cells beyond the last column were dropped.
        case extraEmptyCells = "extra_empty_cells"
        /// Days and months could be swapped.
        case ambiguousDates = "ambiguous_dates"
        /// `1,234` could be a thousand or one and a bit.
        case ambiguousNumbers = "ambiguous_numbers"
        /// Text after a closing quote was kept as it stands.
        case strayQuote = "stray_quote"
        /// The bytes are not UTF-8 and were read as Latin-1.
        case latin1 = "latin_1"
        /// The first row looks like data, so the columns got names.
        case noHeader = "no_header"
        /// Cells that are not of the type asked for were taken as missing.
        case mismatchedCells = "mismatched_cells"
        /// Cells of a workbook that hold an error were taken as missing.
        case errorCells = "error_cells"
    }

    /// What kind of note.
    public var code: Code
    /// One sentence.
    public var message: String
    /// Name of the column, where it concerns one.
    public var column: String?
    /// First data row it concerns, the first one being 1.
    public var row: Int?
    /// Line of the file of that row.
    public var line: Int?

    /// A note of these parts.
    public init(_ code: Code, _ message: String, column: String? = nil, row: Int? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.column = column
        self.row = row
        self.line = line
    }

    /// The message.
    public var description: String { message }
}
