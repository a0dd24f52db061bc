import Foundation

/// Parses the rows of a block into columns.
struct BlockParser: Sendable {
    /// The longest cell.
    static let maximumCellBytes = 1 << 18

    let dialect: Dialect
    let names: [String]
    /// Cells that mean "no value".
    let markers: Set<[UInt8]>

    /// Reads `block`, every column as its kind says; a column whose cells do not fit becomes wider in the result.
    func parse(_ block: Block, _ kinds: [CellKind]) throws -> ParsedBlock {
        var pass = Pass(parser: self, block: block, kinds: kinds)
        try pass.run()
        var result = pass.finish()
        let again = pass.failed
        if !again.isEmpty {
            var second = Pass(
                parser: self, block: block, kinds: kinds.indices.map { again.contains($0) ? .string : .skip })
            try second.run()
            let strings = second.finish()
            for column in again { result.columns[column] = strings.columns[column] }
        }
        return result
    }

    private struct Pass {
        let parser: BlockParser
        let block: Block
        var kinds: [CellKind]
        var failed: [Int] = []
        var result = ParsedBlock()
        var numbers: [[UInt64]]
        var codes: [[Int32]]
        var dictionaries: [StringDictionary]
        /// For each column and code whether the level is a missing marker.
        var missing: [[Int32]]
        var dotGroups: [Bool]
        var row = 0
        var unescaped: [UInt8] = []

        init(parser: BlockParser, block: Block, kinds: [CellKind]) {
            self.parser = parser
            self.block = block
            self.kinds = kinds
            numbers = Array(repeating: [], count: kinds.count)
            codes = Array(repeating: [], count: kinds.count)
            dictionaries = Array(repeating: StringDictionary(), count: kinds.count)
            missing = Array(repeating: [], count: kinds.count)
            dotGroups = Array(repeating: true, count: kinds.count)
        }

        func line(at position: Int) -> Int {
            UnsafeBufferPointer(start: block.bytes, count: position).count { $0 == parser.dialect.terminator }
        }

        mutating func run() throws {
            let base = block.bytes
            let count = block.count
            let columnCount = kinds.count
            let delimiter = parser.dialect.delimiter
            let terminator = parser.dialect.terminator
            var position = 0
            var column = 0
            var rowStart = 0
            while position < count {
                if column == 0 {
                    rowStart = position
                    // Blank lines are no rows.
                    var end = position
                    while base[end] == 0x20 || base[end] == 0x09 && delimiter != 0x09
                        || base[end] == 0x0D && terminator == 0x0A
                    {
                        end += 1
                    }
                    if base[end] == terminator, delimiter != 0 || end == position || columnCount == 1 {
                        position = end + 1
                        continue
                    }
                }
                // One cell.
                var start = position
                var end: Int
                var isQuoted = false
                if base[position] == Dialect.quote {
                    isQuoted = true
                    end = try quoted(&position, rowStart)
                    start = -1
                } else {
                    while base[position] != delimiter, base[position] != terminator { position += 1 }
                    end = position
                    while end > start, RecordScanner.isSpace(base[end - 1]) { end -= 1 }
                    while start < end, RecordScanner.isSpace(base[start]) { start += 1 }
                }
                if column < columnCount {
                    if isQuoted {
                        let cell = RecordScanner.trim(unescaped)
                        try cell.withUnsafeBufferPointer { try store($0, column, rowStart) }
                    } else {
                        try store(UnsafeBufferPointer(start: base + start, count: end - start), column, rowStart)
                    }
                } else {
                    let isEmpty = isQuoted ? RecordScanner.trim(unescaped).isEmpty : start == end
                    guard isEmpty else {
                        throw TableError(
                            .tooManyCells, "the row has more cells than the \(columnCount) columns", row: row,
                            line: line(at: rowStart))
                    }
                    if result.extraEmpty == nil { result.extraEmpty = (row, line(at: rowStart)) }
                }
                let separator = base[position]
                position += 1
                column += 1
                if separator == terminator {
                    if column < columnCount {
                        if result.shortRows == 0 { result.firstShortRow = (row, line(at: rowStart)) }
                        result.shortRows += 1
                        while column < columnCount {
                            storeMissing(column)
                            column += 1
                        }
                    }
                    column = 0
                    row += 1
                }
            }
            result.rowCount = row
            result.lineCount = line(at: count)
        }

        /// Unescapes a quoted cell and moves to the separator after it.
        private mutating func quoted(_ position: inout Int, _ rowStart: Int) throws -> Int {
            let base = block.bytes
            unescaped.removeAll(keepingCapacity: true)
            position += 1
            while true {
                let byte = base[position]
                position += 1
                if byte == Dialect.quote {
                    if base[position] != Dialect.quote { break }
                    position += 1
                }
                unescaped.append(byte)
                if position >= block.count { break }
            }
            if base[position] == 0x0D, base[position + 1] == parser.dialect.terminator { position += 1 }
            if base[position] != parser.dialect.delimiter, base[position] != parser.dialect.terminator {
                while base[position] != parser.dialect.delimiter, base[position] != parser.dialect.terminator {
                    if !RecordScanner.isSpace(base[position]), result.strayQuote == nil {
                        result.strayQuote = (row, line(at: rowStart))
                    }
                    unescaped.append(base[position])
                    position += 1
                }
            }
            return position
        }

        private mutating func storeMissing(_ column: Int) {
            switch kinds[column] {
            case .skip: return
            case .integer: numbers[column].append(0)
            case .float: numbers[column].append(Double.nan.bitPattern)
            case .string: codes[column].append(-1)
            }
            missing[column].append(Int32(row))
        }

        private mutating func store(_ cell: UnsafeBufferPointer<UInt8>, _ column: Int, _ rowStart: Int) throws {
            if cell.isEmpty { return storeMissing(column) }
            switch kinds[column] {
            case .skip: return
            case .integer:
                if let value = NumberParser.integer(cell) {
                    numbers[column].append(UInt64(bitPattern: value))
                } else if parser.markers.contains(Array(cell)) {
                    storeMissing(column)
                } else if NumberParser.double(cell) != nil {
                    for index in numbers[column].indices {
                        numbers[column][index] = Double(Int64(bitPattern: numbers[column][index])).bitPattern
                    }
                    for index in missing[column] { numbers[column][Int(index)] = Double.nan.bitPattern }
                    kinds[column] = .float
                    try store(cell, column, rowStart)
                } else {
                    fail(column)
                }
            case .float:
                if let value = NumberParser.double(cell) {
                    if dotGroups[column], NumberParser.grouped(cell, .dotGroups) == nil { dotGroups[column] = false }
                    if value.isFinite { numbers[column].append(value.bitPattern) } else { storeMissing(column) }
                } else if parser.markers.contains(Array(cell)) {
                    storeMissing(column)
                } else {
                    fail(column)
                }
            case .string:
                guard cell.count <= BlockParser.maximumCellBytes else {
                    throw TableError(
                        .tooLarge, "a cell is longer than 256 KiB", column: parser.names[column], row: row,
                        line: line(at: rowStart))
                }
                let code = dictionaries[column].code(cell)
                let isNew = dictionaries[column].counts[Int(code)] == 0
                if isNew { dictionaries[column].counts[Int(code)] = parser.markers.contains(Array(cell)) ? -1 : 1 }
                if dictionaries[column].counts[Int(code)] < 0 { return storeMissing(column) }
                if !isNew { dictionaries[column].counts[Int(code)] += 1 }
                codes[column].append(code)
            }
        }

        private mutating func fail(_ column: Int) {
            kinds[column] = .skip
            failed.append(column)
            numbers[column] = []
        }

        mutating func finish() -> ParsedBlock {
            result.columns = kinds.indices.map { column in
                var parsed = ParsedColumn()
                parsed.missing = missing[column]
                parsed.allowsDotGroups = dotGroups[column]
                switch kinds[column] {
                case .skip: break
                case .integer:
                    parsed.values = .integers(PackedIntegers(numbers[column].map { Int64(bitPattern: $0) }))
                case .float: parsed.values = .doubles(numbers[column].map { Double(bitPattern: $0) })
                case .string: parsed.values = .strings(codes: codes[column], levels: dictionaries[column])
                }
                numbers[column] = []
                codes[column] = []
                return parsed
            }
            return result
        }
    }
}
