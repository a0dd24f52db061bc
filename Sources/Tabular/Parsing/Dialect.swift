/// The bytes that give a text its rows and cells.
struct Dialect: Sendable, Hashable {
    /// Between cells; 0, which no text holds, when there is one column.
    var delimiter: UInt8
    /// After rows: a line feed, whose carriage return is dropped, or a carriage return alone.
    var terminator: UInt8

    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let candidates: [UInt8] = [
        UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "|"),
    ]
}

/// Splits a text into rows and cells one byte at a time: the plain version of what `BlockParser` does fast, used where
/// a text is examined rather than read.
struct RecordScanner {
    private let bytes: ArraySlice<UInt8>
    private let dialect: Dialect
    private let maximumCells: Int
    /// Where the next row starts.
    private(set) var position: Int
    /// Line ends passed.
    private(set) var lines = 0
    /// Whether the last row was ended by the text's end and not by a line end.
    private(set) var hitEnd = false
    /// Whether the text ended inside quotes in the last row.
    private(set) var endedInQuotes = false
    /// Whether a row had more than `maximumCells` cells, at which the scanner stopped.
    private(set) var isTooWide = false

    init(_ bytes: ArraySlice<UInt8>, _ dialect: Dialect, maximumCells: Int = .max) {
        self.bytes = bytes
        self.dialect = dialect
        self.maximumCells = maximumCells
        position = bytes.startIndex
    }

    /// The next row's cells, quotes taken off and trimmed; nil at the end, and after a row that is too wide, of which the
    /// first cells are given. A blank line is a row of one empty cell.
    mutating func next() -> [[UInt8]]? {
        guard position < bytes.endIndex, !isTooWide else { return nil }
        var cells: [[UInt8]] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var atStart = true
        while true {
            guard position < bytes.endIndex else {
                hitEnd = true
                endedInQuotes = isQuoted
                cells.append(Self.trim(cell))
                return cells
            }
            let byte = bytes[position]
            position += 1
            if byte == dialect.terminator { lines += 1 }
            if isQuoted {
                if byte != Dialect.quote {
                    cell.append(byte)
                } else if position < bytes.endIndex, bytes[position] == Dialect.quote {
                    cell.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
            } else if atStart, byte == Dialect.quote {
                isQuoted = true
                atStart = false
            } else if byte == dialect.delimiter {
                cells.append(Self.trim(cell))
                cell.removeAll()
                atStart = true
                if cells.count >= maximumCells {
                    isTooWide = true
                    return cells
                }
            } else if byte == dialect.terminator {
                cells.append(Self.trim(cell))
                return cells
            } else {
                cell.append(byte)
                atStart = false
            }
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D }

    static func trim(_ cell: [UInt8]) -> [UInt8] {
        guard let first = cell.firstIndex(where: { !isSpace($0) }),
            let last = cell.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return first == 0 && last == cell.count - 1 ? cell : Array(cell[first...last])
    }
}
