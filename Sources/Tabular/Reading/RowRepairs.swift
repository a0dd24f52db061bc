/// What was repaired in rows of the wrong length, gathered over blocks.
struct RowRepairs: Sendable {
    private var shortRows = 0
    private var firstShort: (row: Int, line: Int)?
    private var extraEmpty: (row: Int, line: Int)?
    private var strayQuote: (row: Int, line: Int)?

    /// Adds a block that comes after `rows` rows and starts on `line`.
    mutating func add(_ block: ParsedBlock, rows: Int, line: Int) {
        shortRows += block.shortRows
        firstShort = firstShort ?? block.firstShortRow.map { ($0.row + rows + 1, $0.line + line) }
        extraEmpty = extraEmpty ?? block.extraEmpty.map { ($0.row + rows + 1, $0.line + line) }
        strayQuote = strayQuote ?? block.strayQuote.map { ($0.row + rows + 1, $0.line + line) }
    }

    var notes: [ReadNote] {
        var notes: [ReadNote] = []
        if let place = firstShort {
            notes.append(
                ReadNote(
                    .shortRows,
                    "\(shortRows) \(shortRows == 1 ? "row has" : "rows have") too few cells; the rest is missing",
                    row: place.row, line: place.line))
        }
        if let place = extraEmpty {
            notes.append(
                ReadNote(
                    .extraEmptyCells, "empty cells beyond the last column were dropped", row: place.row,
                    line: place.line))
        }
        if let place = strayQuote {
            notes.append(
                ReadNote(
                    .strayQuote, "text after a closing quote was kept as it stands", row: place.row, line: place.line))
        }
        return notes
    }
}
