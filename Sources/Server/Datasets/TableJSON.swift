internal import Tabular

/// Writes the rows of a table as JSON objects.
struct TableJSON {
    private let columns: [(name: [UInt8], column: Column, areTruthWords: Bool)]

    init(_ table: Table) {
        columns = table.columns.map { column in
            var writer = JSONWriter()
            writer.name(column.name)
            let labels = column.booleanLabels
            let areTruthWords = labels[false].lowercased() == "false" && labels[true].lowercased() == "true"
            return (writer.bytes, column, areTruthWords)
        }
    }

    /// Writes a row: numbers as numbers, truth words as JSON's, other values as they would stand in a file, null for
    /// what is missing.
    func write(_ row: Int, to writer: inout JSONWriter) {
        writer.raw("{")
        var isFirst = true
        for (name, column, areTruthWords) in columns {
            writer.separate(&isFirst)
            writer.raw(name)
            if column.isMissing(row) {
                writer.raw("null")
                continue
            }
            switch column.storage {
            case .integers(let values): writer.integer(values[row])
            case .doubles(let values): writer.number(values[row])
            case .booleans(let bits):
                if areTruthWords { writer.bool(bits[row]) } else { writer.string(column.booleanLabels[bits[row]]) }
            case .dates(let days): writer.string(DateText.date(days[row]))
            case .datetimes(let microseconds): writer.string(DateText.datetime(microseconds[row]))
            case .strings(let codes, let levels): writer.string(levels[Int(codes[row])])
            }
        }
        writer.raw("}")
    }
}
