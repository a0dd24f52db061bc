import Foundation

/// Parses the rows of a block into columns.
struct BlockParser: Sendable {
    /// The longest cell.
    static let maximumCellBytes = 1 << 18

    let dialect: Dialect
    let names: [String]
    /// Cells that mean "no value", besides the empty one.
    let markers: Set<[UInt8]>
    /// For each column whether the distinct values of whole numbers are worth knowing.
    let countsIntegers: [Bool]

    init(dialect: Dialect, names: [String], markers: Set<[UInt8]>) {
        self.dialect = dialect
        self.names = names
        self.markers = markers
        countsIntegers = names.map(TypeInference.namesIdentifier)
    }

    /// Reads `block`, every column as its kind says; a column whose cells do not fit becomes wider in the result.
    /// - Throws: `TableError` with row and line counted from 0 in the block.
    func parse(_ block: Block, _ kinds: [CellKind]) throws -> ParsedBlock {
        let bytes = UnsafeBufferPointer(start: block.bytes, count: block.count)
        if let flaw = TextCheck.firstFlaw(bytes) {
            // Rows before the flaw come first, so that errors come in the order of rows.
            let before = UnsafeBufferPointer(rebasing: bytes[..<flaw.position])
            block.shorten(to: BlockReader.lastRowEnd(before, dialect).cut)
            try BlockPass(self, block, kinds).run()
            let line = lines(bytes, flaw.position)
            throw flaw.isNUL
                ? TableError(.notText, "the file is not text: it holds a NUL byte", line: line)
                : TableError(.badEncoding, "the bytes are not valid UTF-8", line: line)
        }
        let pass = BlockPass(self, block, kinds)
        try pass.run()
        var result = pass.finish()
        result.lineCount = lines(bytes, block.count)
        if !pass.failed.isEmpty {
            var again = kinds.map { _ in CellKind.skip }
            for column in pass.failed { again[column] = .string }
            let second = BlockPass(self, block, again)
            try second.run()
            let strings = second.finish()
            for column in pass.failed { result.columns[column] = strings.columns[column] }
        }
        return result
    }

    /// Line ends before `position`.
    func lines(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var count = 0
        var start = 0
        while start < position, let found = memchr(base + start, Int32(dialect.terminator), position - start) {
            count += 1
            start = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
        }
        return count
    }
}

/// One pass over a block. Cells are taken as what their column is expected to hold and checked while they are read; only
/// what does not fit goes through the slower, general way.
private final class BlockPass {
    private let parser: BlockParser
    private let block: Block
    private let columnCount: Int
    private let kinds: UnsafeMutablePointer<CellKind>
    /// A value a row for each column: an integer, the bits of a double, or a code.
    private let values: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
    private var capacity: Int
    private let dictionaries: UnsafeMutablePointer<StringDictionary>
    private let missing: UnsafeMutablePointer<[Int32]>
    /// Whether all floats of a column could have dots between thousands.
    private let dotGroups: UnsafeMutablePointer<Bool>
    /// Whether a column holds infinite numbers, which count as missing.
    private var infinite: [Bool]
    private var row = 0
    /// Room for one unescaped cell, made when the first is met.
    private var unescaped: UnsafeMutablePointer<UInt8>?
    private var result = ParsedBlock()
    /// Columns whose cells are not numbers.
    private(set) var failed: [Int] = []

    init(_ parser: BlockParser, _ block: Block, _ kinds: [CellKind]) {
        self.parser = parser
        self.block = block
        columnCount = kinds.count
        self.kinds = .allocate(capacity: kinds.count)
        values = .allocate(capacity: kinds.count)
        dictionaries = .allocate(capacity: kinds.count)
        missing = .allocate(capacity: kinds.count)
        dotGroups = .allocate(capacity: kinds.count)
        infinite = kinds.map { _ in false }
        capacity = min(block.count, block.count / (2 * max(kinds.count, 1)) + 64)
        for (column, kind) in kinds.enumerated() {
            self.kinds[column] = kind
            values[column] = kind == .skip ? nil : .allocate(capacity: capacity)
        }
        dictionaries.initialize(repeating: StringDictionary(), count: kinds.count)
        missing.initialize(repeating: [], count: kinds.count)
        dotGroups.initialize(repeating: true, count: kinds.count)
    }

    deinit {
        for column in 0..<columnCount { values[column]?.deallocate() }
        dictionaries.deinitialize(count: columnCount).deallocate()
        missing.deinitialize(count: columnCount).deallocate()
        dotGroups.deallocate()
        unescaped?.deallocate()
        values.deallocate()
        kinds.deallocate()
    }

    private func grow() {
        for column in 0..<columnCount {
            guard let old = values[column] else { continue }
            let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
            larger.update(from: old, count: row)
            old.deallocate()
            values[column] = larger
        }
        capacity *= 2
    }

    private func line(at position: Int) -> Int {
        parser.lines(UnsafeBufferPointer(start: block.bytes, count: block.count), position)
    }

    func run() throws {
        let base = block.bytes
        let count = block.count
        let delimiter = parser.dialect.delimiter
        let terminator = parser.dialect.terminator
        let columnCount = columnCount
        let kinds = kinds
        let values = values
        let powers = NumberParser.powersOfTen
        var row = 0
        var position = 0
        defer { self.row = row }
        try powers.withUnsafeBufferPointer { powers in
            while position < count {
                if let next = afterBlankLine(position) {
                    position = next
                    continue
                }
                if row == capacity {
                    self.row = row
                    grow()
                }
                let rowStart = position
                var column = 0
                cells: while true {
                    if column == columnCount {
                        self.row = row
                        position = try dropExtraCells(position, rowStart)
                        break cells
                    }
                    number: switch kinds[column] {
                    case .integer:
                        var end = position
                        let isNegative = base[end] == 0x2D
                        if isNegative { end += 1 }
                        let start = end
                        var magnitude: Int64 = 0
                        var digit = base[end] &- 48
                        while digit < 10 {
                            magnitude = magnitude &* 10 &+ Int64(digit)
                            end += 1
                            digit = base[end] &- 48
                        }
                        if base[end] == 0x0D, base[end + 1] == terminator { end += 1 }
                        guard base[end] == delimiter || base[end] == terminator else { break number }
                        // A carriage return before the line end counts as one digit here; 17 still cannot overflow.
                        guard end - start <= 18, base[start] &- 48 < 10 else { break number }
                        values[column].unsafelyUnwrapped[row] = UInt64(bitPattern: isNegative ? -magnitude : magnitude)
                        position = end + 1
                        column += 1
                        if base[end] == terminator { break cells }
                        continue cells
                    case .float:
                        var end = position
                        let isNegative = base[end] == 0x2D
                        if isNegative { end += 1 }
                        let start = end
                        var mantissa: UInt64 = 0
                        var digit = base[end] &- 48
                        while digit < 10 {
                            mantissa = mantissa &* 10 &+ UInt64(digit)
                            end += 1
                            digit = base[end] &- 48
                        }
                        let whole = end - start
                        var fraction = 0
                        if base[end] == 0x2E {
                            end += 1
                            let point = end
                            digit = base[end] &- 48
                            while digit < 10 {
                                mantissa = mantissa &* 10 &+ UInt64(digit)
                                end += 1
                                digit = base[end] &- 48
                            }
                            fraction = end - point
                            if dotGroups[column], fraction != 3 || whole > 3 || whole == 0 { dotGroups[column] = false }
                        }
                        if base[end] == 0x0D, base[end + 1] == terminator { end += 1 }
                        guard base[end] == delimiter || base[end] == terminator else { break number }
                        guard whole > 0, whole + fraction <= 18, mantissa <= 1 << 53 else { break number }
                        // Exact operands and one rounding (Clinger 1990); +0 makes −0 into 0.
                        let value = Double(Int64(bitPattern: mantissa)) / powers[fraction]
                        values[column].unsafelyUnwrapped[row] = (isNegative ? 0 - value : value).bitPattern
                        position = end + 1
                        column += 1
                        if base[end] == terminator { break cells }
                        continue cells
                    case .string, .skip: break
                    }
                    // Any other cell.
                    self.row = row
                    var cell: UnsafeBufferPointer<UInt8>
                    var end = position
                    if base[position] == Dialect.quote {
                        cell = quoted(&end, rowStart)
                    } else {
                        while base[end] != delimiter, base[end] != terminator { end += 1 }
                        cell = UnsafeBufferPointer(start: base + position, count: end - position)
                    }
                    if kinds[column] != .skip { try store(Self.trim(cell), column, rowStart) }
                    position = end + 1
                    column += 1
                    if base[end] == terminator { break cells }
                }
                if column < columnCount {
                    self.row = row
                    if result.shortRows == 0 { result.firstShortRow = (row, line(at: rowStart)) }
                    result.shortRows += 1
                    while column < columnCount {
                        storeMissing(column)
                        column += 1
                    }
                }
                row += 1
            }
        }
    }

    @inline(__always)
    private static func trim(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = cell.count
        while end > 0, RecordScanner.isSpace(cell[end - 1]) { end -= 1 }
        while start < end, RecordScanner.isSpace(cell[start]) { start += 1 }
        return UnsafeBufferPointer(rebasing: cell[start..<end])
    }

    /// Where the line after `position` starts if that line is blank, that is holds spaces at most and no delimiter.
    @inline(__always)
    private func afterBlankLine(_ position: Int) -> Int? {
        let base = block.bytes
        var end = position
        while base[end] != parser.dialect.terminator {
            guard RecordScanner.isSpace(base[end]), base[end] != parser.dialect.delimiter else { return nil }
            end += 1
        }
        return end + 1
    }

    /// Passes over cells beyond the last column, which must be empty, and returns where the next row starts.
    private func dropExtraCells(_ start: Int, _ rowStart: Int) throws -> Int {
        let base = block.bytes
        var position = start
        while true {
            var end = position
            var cell: UnsafeBufferPointer<UInt8>
            if base[position] == Dialect.quote {
                cell = quoted(&end, rowStart)
            } else {
                while base[end] != parser.dialect.delimiter, base[end] != parser.dialect.terminator { end += 1 }
                cell = UnsafeBufferPointer(start: base + position, count: end - position)
            }
            guard Self.trim(cell).isEmpty else {
                throw TableError(
                    .tooManyCells, "the row has more cells than the \(columnCount) columns", row: row,
                    line: line(at: rowStart))
            }
            if result.extraEmpty == nil { result.extraEmpty = (row, line(at: rowStart)) }
            position = end + 1
            if base[end] == parser.dialect.terminator { return position }
        }
    }

    /// The contents of the quoted cell at `position`, which moves to the separator after it.
    private func quoted(_ position: inout Int, _ rowStart: Int) -> UnsafeBufferPointer<UInt8> {
        let base = block.bytes
        let delimiter = parser.dialect.delimiter
        let terminator = parser.dialect.terminator
        let start = position + 1
        var end = start
        while base[end] != Dialect.quote { end += 1 }
        if base[end + 1] == delimiter || base[end + 1] == terminator {
            position = end + 1
            return UnsafeBufferPointer(start: base + start, count: end - start)
        }
        let room = unescaped ?? .allocate(capacity: block.count)
        unescaped = room
        var length = 0
        end = start
        while end < block.count {
            if base[end] == Dialect.quote {
                end += 1
                if base[end] != Dialect.quote { break }
            }
            room[length] = base[end]
            length += 1
            end += 1
        }
        while base[end] != delimiter, base[end] != terminator {
            if !RecordScanner.isSpace(base[end]), result.strayQuote == nil {
                result.strayQuote = (row, line(at: rowStart))
            }
            room[length] = base[end]
            length += 1
            end += 1
        }
        position = end
        return UnsafeBufferPointer(start: room, count: length)
    }

    private func storeMissing(_ column: Int) {
        switch kinds[column] {
        case .skip: return
        case .integer: values[column]?[row] = 0
        case .float: values[column]?[row] = Double.nan.bitPattern
        case .string: values[column]?[row] = UInt64.max
        }
        missing[column].append(Int32(row))
    }

    private func store(_ cell: UnsafeBufferPointer<UInt8>, _ column: Int, _ rowStart: Int) throws {
        if cell.isEmpty { return storeMissing(column) }
        switch kinds[column] {
        case .skip: return
        case .integer:
            if let value = NumberParser.integer(cell) {
                values[column]?[row] = UInt64(bitPattern: value)
            } else if parser.markers.contains(Array(cell)) {
                storeMissing(column)
            } else if NumberParser.double(cell) != nil {
                if let column = values[column] {
                    for index in 0..<row { column[index] = Double(Int64(bitPattern: column[index])).bitPattern }
                }
                for index in missing[column] { values[column]?[Int(index)] = Double.nan.bitPattern }
                kinds[column] = .float
                try store(cell, column, rowStart)
            } else {
                fail(column)
            }
        case .float:
            if let value = NumberParser.double(cell) {
                if dotGroups[column], NumberParser.grouped(cell, .dotGroups) == nil { dotGroups[column] = false }
                if value.isFinite {
                    values[column]?[row] = value.bitPattern
                } else {
                    infinite[column] = true
                    storeMissing(column)
                }
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
            let known = dictionaries[column].count
            let code = dictionaries[column].code(cell)
            if dictionaries[column].count > known, parser.markers.contains(Array(cell)) {
                dictionaries[column].markers.append(code)
            }
            if !dictionaries[column].markers.isEmpty, dictionaries[column].markers.contains(code) {
                return storeMissing(column)
            }
            values[column]?[row] = UInt64(code)
        }
    }

    private func fail(_ column: Int) {
        kinds[column] = .skip
        failed.append(column)
    }

    func finish() -> ParsedBlock {
        result.rowCount = row
        result.columns = (0..<columnCount).map(parsed)
        return result
    }

    private func parsed(_ column: Int) -> ParsedColumn {
        var parsed = ParsedColumn()
        guard let raw = values[column], kinds[column] != .skip else { return parsed }
        parsed.missing = missing[column]
        parsed.hasInfinite = infinite[column]
        parsed.summary.missing = missing[column].count
        parsed.summary.present = row - missing[column].count
        let cells = UnsafeBufferPointer(start: raw, count: row)
        switch kinds[column] {
        case .skip: break
        case .integer:
            raw.withMemoryRebound(to: Int64.self, capacity: row) { start in
                let integers = UnsafeBufferPointer(start: start, count: row)
                parsed.values = .integers(PackedIntegers(packing: integers))
                parsed.summary.addIntegers(
                    integers, missing: parsed.missing, counts: parser.countsIntegers[column])
            }
        case .float:
            let doubles = cells.map(Double.init(bitPattern:))
            parsed.summary.addDoubles(doubles, allowsDotGroups: dotGroups[column])
            parsed.values = .doubles(doubles)
        case .string:
            var counts = [Int](repeating: 0, count: dictionaries[column].count)
            let codes = cells.map { value -> Int32 in
                let code = Int32(truncatingIfNeeded: value)
                if code >= 0 { counts[Int(code)] += 1 }
                return code
            }
            dictionaries[column].counts = counts
            for (code, times) in counts.enumerated() where times > 0 {
                dictionaries[column].withBytes(code) { parsed.summary.addLevel($0, times: times) }
            }
            parsed.values = .strings(codes: codes, levels: dictionaries[column])
        }
        return parsed
    }
}
