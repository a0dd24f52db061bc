/// A table of text for people: a header, aligned columns, numbers to the right.
struct TextTable {
    private var rows: [[String]]
    private let rightAligned: Set<Int>

    /// A table with these headings; the columns in `right` are aligned to the right.
    init(_ headings: [String], right: Set<Int> = []) {
        rows = [headings]
        rightAligned = right
    }

    /// Adds a row of as many cells as there are headings.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines, the first of them the headings.
    var lines: [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { cells in
            var line = ""
            for (column, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (rightAligned.contains(column) ? padding + cell : cell + padding)
            }
            return line.trimmingTrailingSpaces
        }
    }
}

extension String {
    /// Without spaces at the end.
    fileprivate var trimmingTrailingSpaces: String {
        var view = self[...]
        while view.last == " " { view.removeLast() }
        return String(view)
    }
}
