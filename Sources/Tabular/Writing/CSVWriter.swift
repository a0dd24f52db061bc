/// Writes rows as comma-separated values (RFC 4180 with line feeds): cells that hold commas, quotes, line ends or spaces
/// at their ends are quoted. Rows are gathered and passed on about 64 KiB at a time.
public struct CSVWriter: ~Copyable {
    private var buffer: [UInt8] = []
    private var isRowStart = true
    private var rowStart = 0
    private let write: ([UInt8]) throws -> Void

    /// A writer that passes its bytes to `write`; nothing is lost only if `finish()` is called.
    public init(_ write: @escaping ([UInt8]) throws -> Void) { self.write = write }

    /// Adds a cell of text to the row.
    public mutating func cell(_ text: String) {
        separate()
        let needsQuotes =
            text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
            || text.utf8.first == 0x20 || text.utf8.last == 0x20
        guard needsQuotes else {
            buffer.append(contentsOf: text.utf8)
            return
        }
        buffer.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { buffer.append(0x22) }
            buffer.append(byte)
        }
        buffer.append(0x22)
    }

    /// Adds a number in its shortest form that reads back the same; NaN is an empty cell, whole numbers have no fraction.
    public mutating func cell(_ number: Double) {
        separate()
        if number.isNaN { return }
        if let whole = Int64(exactly: number), whole.magnitude < 1 << 53 {
            buffer.append(contentsOf: String(whole).utf8)
        } else {
            buffer.append(contentsOf: number.description.utf8)
        }
    }

    /// Adds a whole number.
    public mutating func cell(_ number: Int64) {
        separate()
        buffer.append(contentsOf: String(number).utf8)
    }

    /// Adds an empty cell.
    public mutating func emptyCell() { separate() }

    /// Adds the cell at `row` of `column`, as it would stand in a file: dates in ISO form, booleans by their labels.
    public mutating func cell(_ column: Column, _ row: Int) {
        if column.isMissing(row) { return emptyCell() }
        switch column.storage {
        case .integers(let values): cell(values[row])
        case .doubles(let values): cell(values[row])
        case .booleans(let bits): cell(column.booleanLabels[bits[row]])
        case .dates(let days): cell(DateText.date(days[row]))
        case .datetimes(let microseconds): cell(DateText.datetime(microseconds[row]))
        case .strings(let codes, let levels): cell(levels[Int(codes[row])])
        }
    }

    /// Ends the row; one that holds a single empty cell is written as `""`, so that it is not taken for a blank line.
    public mutating func endRow() throws {
        if buffer.count == rowStart { buffer.append(contentsOf: [0x22, 0x22]) }
        buffer.append(0x0A)
        rowStart = buffer.count
        isRowStart = true
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Writes the names and all rows of `table`.
    public mutating func write(_ table: Table) throws {
        try writeHeader(of: table)
        try writeRows(of: table)
    }

    /// Writes the names of a table's columns.
    public mutating func writeHeader(of table: Table) throws {
        for column in table.columns { cell(column.name) }
        try endRow()
    }

    /// Writes the rows of `table`.
    public mutating func writeRows(of table: Table) throws {
        for row in 0..<table.rowCount {
            for column in table.columns { cell(column, row) }
            try endRow()
        }
    }

    /// Passes on what is left.
    public consuming func finish() throws { try flush() }

    private mutating func separate() {
        if !isRowStart { buffer.append(0x2C) }
        isRowStart = false
    }

    private mutating func flush() throws {
        if buffer.isEmpty { return }
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
        rowStart = 0
    }
}

/// Days and times as ISO 8601 text.
public enum DateText {
    /// Days since 1970-01-01 as `2024-03-31`.
    public static func date(_ days: Int64) -> String {
        let (year, month, day) = civil(days)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Microseconds since 1970-01-01T00:00:00Z as `2024-03-31T14:05:09Z`, with a fraction where there is one.
    public static func datetime(_ microseconds: Int64) -> String {
        let perDay = DateParser.Moment.microsecondsPerDay
        // Rounded down, without a product that the smallest number has no room for.
        let days = microseconds / perDay - (microseconds % perDay < 0 ? 1 : 0)
        let inDay = Int((microseconds % perDay + perDay) % perDay)
        let seconds = inDay / 1_000_000
        var text =
            "\(date(days))T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        let fraction = inDay % 1_000_000
        if fraction > 0 {
            var digits = padded(fraction, 6)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += ".\(digits)"
        }
        return text + "Z"
    }

    /// Year, month and day (Hinnant 2013, `civil_from_days`).
    static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        // Days that no calendar has, as damaged bytes may hold, are taken for the last one.
        let shifted = Int(min(max(days, -lastDay), lastDay)) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static let lastDay: Int64 = 1 << 40

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
