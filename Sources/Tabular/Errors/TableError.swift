/// Why a table could not be read, built or decoded, and where: one line for people, and the parts for programs.
public struct TableError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; new codes may be added, so compare with the ones you handle.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code in snake_case, as on the wire.
        public let rawValue: String

        /// A code of that spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The file is not there or cannot be read.
        public static let cannotOpen = Code(rawValue: "cannot_open")
        /// There is nothing in the file, or a header and no rows.
        public static let empty = Code(rawValue: "empty")
        /// The bytes are not text: a NUL byte or a known binary format.
        public static let notText = Code(rawValue: "not_text")
        /// A format Martlet knows of but does not read.
        public static let unsupportedFormat = Code(rawValue: "unsupported_format")
        /// Bytes that the chosen encoding does not allow.
        public static let badEncoding = Code(rawValue: "bad_encoding")
        /// A compressed stream that is damaged or ends early.
        public static let corruptCompression = Code(rawValue: "corrupt_compression")
        /// A quoted cell that is never closed.
        public static let unclosedQuote = Code(rawValue: "unclosed_quote")
        /// A row with more cells than there are columns.
        public static let tooManyCells = Code(rawValue: "too_many_cells")
        /// A cell, a row or a table beyond the documented limits.
        public static let tooLarge = Code(rawValue: "too_large")
        /// A cell that is not of the type asked for.
        public static let typeMismatch = Code(rawValue: "type_mismatch")
        /// A column that was asked for and is not there.
        public static let columnNotFound = Code(rawValue: "column_not_found")
        /// A workbook without the sheet asked for.
        public static let sheetNotFound = Code(rawValue: "sheet_not_found")
        /// A workbook whose parts are missing or broken.
        public static let corruptWorkbook = Code(rawValue: "corrupt_workbook")
        /// A JSON line that is not an object, or not JSON.
        public static let badJSON = Code(rawValue: "bad_json")
        /// An encoded chunk that is damaged, cut short or of another version.
        public static let corruptChunk = Code(rawValue: "corrupt_chunk")
        /// Options that contradict each other or the source.
        public static let invalidOptions = Code(rawValue: "invalid_options")
    }

    /// What went wrong.
    public var code: Code
    /// One sentence without the place.
    public var message: String
    /// Name of the column.
    public var column: String?
    /// Data row, the first one being 1.
    public var row: Int?
    /// Line of the file, the first one being 1; for a workbook the sheet's row.
    public var line: Int?

    /// An error of these parts.
    public init(_ code: Code, _ message: String, column: String? = nil, row: Int? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.column = column
        self.row = row
        self.line = line
    }

    /// The message with the place in front, on one line.
    public var description: String {
        var place: [String] = []
        if let column { place.append("column \"\(column)\"") }
        if let row { place.append("row \(row)") }
        if let line { place.append("line \(line)") }
        return place.isEmpty ? message : place.joined(separator: ", ") + ": " + message
    }
}
