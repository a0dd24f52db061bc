/// Reads delimited text in two steps: a pass over all cells decides the types, then columns are put together, from what
/// the pass kept or from a second one.
struct TextReader {
    let source: TableSource
    let options: ReadOptions
    let layout: TextLayout
    private let parser: BlockParser
    private let wanted: [Int]

    init(_ source: TableSource, _ options: ReadOptions) throws {
        self.source = source
        self.options = options
        layout = try TextLayout.detect(source, options)
        var markers = Set(options.missingMarkers.map { RecordScanner.trim(Array($0.utf8)) })
        markers.remove([])
        parser = BlockParser(dialect: layout.dialect, names: layout.names, markers: markers)
        wanted = layout.names.indices.filter { [layout] in options.columns?.contains(layout.names[$0]) ?? true }
    }

    /// What a pass over all cells found.
    private struct Scan {
        var decisions: [TypeInference.Decision] = []
        /// The pieces of each column, if they were kept.
        var pieces: [[ParsedColumn]]
        var rowCounts: [Int] = []
        var rowCount = 0
        var notes: [ReadNote]
    }

    /// The whole table.
    func read() throws -> (table: Table, notes: [ReadNote]) {
        var scan = try scan(keepsPieces: true)
        try readAgain(&scan)
        var columns: [Column] = []
        for index in wanted {
            var assembler = ColumnAssembler(
                name: layout.names[index], decision: scan.decisions[index], options: options)
            try locating {
                for (number, piece) in scan.pieces[index].enumerated() {
                    try assembler.add(piece, scan.rowCounts[number])
                }
            }
            scan.pieces[index] = []
            columns.append(assembler.finish())
            scan.notes += assembler.notes
        }
        return (Table(columns: columns, rowCount: scan.rowCount), scan.notes)
    }

    /// The table in parts of `rowsPerChunk` rows, the last one shorter.
    func readChunks(_ rowsPerChunk: Int, _ body: (Table) throws -> Void) throws -> (rows: Int, notes: [ReadNote]) {
        let scan = try scan(keepsPieces: false)
        var notes = scan.notes
        var kinds = layout.names.map { _ in CellKind.skip }
        for index in wanted { kinds[index] = Self.kind(scan.decisions[index].reading) }
        var mismatched: [Int: ReadNote] = [:]
        var pending: [Table] = []
        var pendingRows = 0
        var rowsBefore = 0
        try blocks(&kinds) { block, _ in
            var columns: [Column] = []
            for index in wanted {
                var assembler = ColumnAssembler(
                    name: layout.names[index], decision: scan.decisions[index], options: options, rowsBefore: rowsBefore
                )
                try locating { try assembler.add(block.columns[index], block.rowCount) }
                if mismatched[index] == nil { mismatched[index] = assembler.notes.first }
                columns.append(assembler.finish())
            }
            rowsBefore += block.rowCount
            pending.append(Table(columns: columns, rowCount: block.rowCount))
            pendingRows += block.rowCount
            guard pendingRows >= rowsPerChunk, let joined = Table(joining: pending) else { return }
            var start = 0
            while joined.rowCount - start >= rowsPerChunk {
                try body(joined.slice(start..<start + rowsPerChunk))
                start += rowsPerChunk
            }
            pending = start < joined.rowCount ? [joined.slice(start..<joined.rowCount)] : []
            pendingRows = joined.rowCount - start
        }
        if pendingRows > 0, let joined = Table(joining: pending) { try body(joined.slice(0..<joined.rowCount)) }
        for index in wanted { if let note = mismatched[index] { notes.append(note) } }
        return (scan.rowCount, notes)
    }

    // MARK: Passes

    private func scan(keepsPieces: Bool) throws -> Scan {
        let names = layout.names
        let forced = names.map { options.types[$0] }
        var kinds = names.map { _ in CellKind.skip }
        for index in wanted { kinds[index] = Self.kind(forced[index]) }
        var summaries = names.map { _ in ColumnSummary() }
        var scan = Scan(pieces: names.map { _ in [] }, notes: layout.notes)
        var repairs = RowRepairs()
        var line = layout.firstLine
        try blocks(&kinds) { block, kinds in
            repairs.add(block, rows: scan.rowCount, line: line)
            scan.rowCount += block.rowCount
            line += block.lineCount
            scan.rowCounts.append(block.rowCount)
            for index in wanted {
                let column = block.columns[index]
                summaries[index].add(
                    column, rowCount: block.rowCount, countsIntegers: TypeInference.namesIdentifier(names[index]))
                switch column.values {
                case .strings: kinds[index] = .string
                case .doubles: kinds[index] = .float
                case .none, .integers: break
                }
                if keepsPieces { scan.pieces[index].append(column) }
            }
        }
        if scan.rowCount == 0 { throw TableError(.empty, "the file has a header and no rows") }
        scan.notes += repairs.notes
        scan.decisions = names.indices.map { index in
            if let type = forced[index] {
                return TypeInference.decide(names[index], summaries[index], as: type, options)
            }
            return TypeInference.decide(names[index], summaries[index], dateOrder: options.dateOrder)
        }
        for index in wanted {
            if let code = scan.decisions[index].note {
                scan.notes.append(Self.note(code, names[index], scan.decisions[index]))
            }
        }
        return scan
    }

    /// Reads blocks again that were taken as numbers in columns that turned out not to hold plain ones.
    private func readAgain(_ scan: inout Scan) throws {
        var again: [Int: [Int]] = [:]
        var kinds = layout.names.map { _ in CellKind.skip }
        for index in wanted {
            for (number, piece) in scan.pieces[index].enumerated()
            where piece.missing.count < scan.rowCounts[number] && Self.mustReread(piece, scan.decisions[index].reading)
            {
                again[number, default: []].append(index)
                kinds[index] = .string
            }
        }
        if again.isEmpty { return }
        var number = 0
        try blocks(&kinds) { block, _ in
            for index in again[number] ?? [] { scan.pieces[index][number] = block.columns[index] }
            number += 1
        }
    }

    /// Passes the parsed blocks to `body` in order; `body` may change how later blocks are read.
    private func blocks(_ kinds: inout [CellKind], _ body: (ParsedBlock, inout [CellKind]) throws -> Void) throws {
        let (stream, _) = try TextLayout.openText(source, layout.encoding)
        try stream.skip(layout.skippedBytes)
        let reader = BlockReader(stream, layout.dialect, blockBytes: options.blockBytes)
        var rows = 0
        var line = layout.firstLine
        while true {
            let parsed: ParsedBlock
            do {
                guard let block = try reader.next() else { return }
                parsed = try parser.parse(block, kinds)
            } catch var error as TableError {
                if let row = error.row { error.row = row + rows + 1 }
                if let inBlock = error.line { error.line = inBlock + line }
                throw error
            }
            try body(parsed, &kinds)
            rows += parsed.rowCount
            line += parsed.lineCount
        }
    }

    /// Adds the line to an error that names a row.
    private func locating(_ body: () throws -> Void) throws {
        do { try body() } catch var error as TableError {
            if error.line == nil, let row = error.row { error.line = try line(ofRow: row) }
            throw error
        }
    }

    /// The line on which data row `row`, counted from 1, starts.
    private func line(ofRow row: Int) throws -> Int? {
        let (stream, _) = try TextLayout.openText(source, layout.encoding)
        try stream.skip(layout.skippedBytes)
        let reader = BlockReader(stream, layout.dialect, blockBytes: options.blockBytes)
        var line = layout.firstLine
        var rows = 0
        while let block = try reader.next() {
            let bytes = Array(UnsafeBufferPointer(start: block.bytes, count: block.count))
            var scanner = RecordScanner(bytes[...], layout.dialect)
            var start = 0
            while let cells = scanner.next() {
                if cells.count > 1 || !cells[0].isEmpty { rows += 1 }
                if rows == row { return line + start }
                start = scanner.lines
            }
            line += scanner.lines
        }
        return nil
    }

    // MARK: Kinds

    private static func note(_ code: ReadNote.Code, _ name: String, _ decision: TypeInference.Decision) -> ReadNote {
        switch (code, decision.reading) {
        case (.ambiguousDates, .date(let order)), (.ambiguousDates, .datetime(let order)):
            let chosen = order == .dayFirst ? "the day" : "the month"
            return ReadNote(
                code, "days and months of \(name) could be swapped; \(chosen) was taken to come first", column: name)
        default:
            return ReadNote(code, "the commas of \(name) were taken to stand between thousands", column: name)
        }
    }

    /// Whether a piece holds numbers in a form that `reading` cannot be made from.
    private static func mustReread(_ piece: ParsedColumn, _ reading: TypeInference.Reading) -> Bool {
        switch (piece.values, reading) {
        case (.none, _), (.strings, _), (.integers, .integer), (.integers, .float): false
        case (_, .string), (_, .boolean), (_, .date), (_, .datetime), (.doubles, .integer): true
        case (.doubles, .float(let style)): style == .dotGroups
        }
    }

    /// How to read a column whose type is given.
    private static func kind(_ type: ColumnType?) -> CellKind {
        switch type {
        case nil, .constant?, .idLike?, .integer?: .integer
        case .float?: .float
        case .boolean?, .date?, .datetime?, .categorical?, .text?: .string
        }
    }

    /// How to read a column whose values are known.
    private static func kind(_ reading: TypeInference.Reading) -> CellKind {
        switch reading {
        case .integer(.plain): .integer
        case .float(.plain): .float
        default: .string
        }
    }
}
