import CommandLine
import Tabular

/// Options that say how a table is read; everything is detected where none is given.
enum ReadingOptions {
    static let delimiter = Option<Character?>(
        "delimiter", value: "CHAR", help: "What separates cells: , ; | or tab (found by itself)", default: nil
    ) { text in
        if ["tab", "\\t"].contains(text) { return "\t" }
        guard text.count == 1, let character = text.first else { throw UsageError("“\(text)” is not one character") }
        return character
    }
    static let encoding = Option<String>.choice(
        "encoding", value: "NAME", help: "How text is encoded (found by itself)",
        choices: ["auto"] + ReadOptions.Encoding.allCases.map(\.rawValue), default: "auto")
    static let noHeader = Option<Bool>.flag("no-header", help: "The first row holds values, not names")
    static let sheet = Option<String?>.text("sheet", value: "NAME", help: "The sheet of an Excel workbook (the first)")
    static let missing = Option<[String]>.list(
        "missing", value: "A,B",
        help: "What stands for a missing value, the empty cell aside (NA, N/A, null, NaN, None, ?, -)")

    static let maximumColumns = Option<Int?>.integer(
        "max-columns", help: "Columns that a table may have (100000)", range: 1...10_000_000)

    static let declarations = [
        delimiter.declaration, encoding.declaration, noHeader.declaration, sheet.declaration, missing.declaration,
        maximumColumns.declaration,
    ]

    /// Sets in `options` what the command line says.
    static func apply(_ invocation: Invocation, to options: inout ReadOptions) {
        options.delimiter = invocation[delimiter]
        options.encoding = ReadOptions.Encoding(rawValue: invocation[encoding])
        if invocation[noHeader] { options.header = false }
        options.sheet = invocation[sheet]
        if let columns = invocation[maximumColumns] { options.maximumColumns = columns }
        if invocation.isGiven(missing) { options.missingMarkers = [""] + invocation[missing] }
    }
}
