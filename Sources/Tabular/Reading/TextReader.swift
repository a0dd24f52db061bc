/// Reads delimited text.
struct TextReader {
    let source: TableSource
    let options: ReadOptions
    let layout: TextLayout
    let parser: BlockParser

    init(_ source: TableSource, _ options: ReadOptions) throws {
        self.source = source
        self.options = options
        layout = try TextLayout.detect(source, options)
        var markers = Set(options.missingMarkers.map { RecordScanner.trim(Array($0.utf8)) })
        markers.remove([])
        parser = BlockParser(dialect: layout.dialect, names: layout.names, markers: markers)
    }

    /// Passes the parsed blocks to `body` in order, with the rows and lines before each.
    func blocks(_ kinds: inout [CellKind], _ body: (ParsedBlock, inout [CellKind]) throws -> Void) throws {
        let (stream, _) = try TextLayout.openText(source, layout.encoding)
        try stream.skip(layout.skippedBytes)
        let reader = BlockReader(stream, layout.dialect, blockBytes: options.blockBytes)
        var rows = 0
        var line = layout.firstLine
        do {
            while let block = try reader.next() {
                let parsed = try parser.parse(block, kinds)
                try body(parsed, &kinds)
                rows += parsed.rowCount
                line += parsed.lineCount
            }
        } catch var error as TableError {
            if let row = error.row { error.row = row + rows + 1 }
            if let inBlock = error.line { error.line = inBlock + line }
            throw error
        }
    }

    func read() throws -> (table: Table, notes: [ReadNote]) {
        var notes = layout.notes
        let wanted = layout.names.map { options.columns?.contains($0) ?? true }
        let forced = layout.names.map { options.types[$0] }
        var kinds = layout.names.indices.map { index in
            !wanted[index] ? CellKind.skip : Self.kind(forced[index])
        }
        var summaries = layout.names.map { _ in ColumnSummary() }
        var pieces: [[ParsedColumn]] = layout.names.map { _ in [] }
        var rowCounts: [Int] = []
        let names = layout.names
        var repairs = RowRepairs()
        var rows = 0
        var line = layout.firstLine
        try blocks(&kinds) { block, kinds in
            repairs.add(block, rows: rows, line: line)
            rows += block.rowCount
            line += block.lineCount
            rowCounts.append(block.rowCount)
            for index in names.indices where wanted[index] {
                let column = block.columns[index]
                summaries[index].add(
                    column, rowCount: block.rowCount, countsIntegers: TypeInference.namesIdentifier(names[index]))
                switch column.values {
                case .strings: kinds[index] = .string
                case .doubles: kinds[index] = .float
                case .none, .integers: break
                }
                pieces[index].append(column)
            }
        }
        let rowCount = rowCounts.reduce(0, +)
        if rowCount == 0 { throw TableError(.empty, "the file has a header and no rows") }
        notes += repairs.notes
        let decisions = names.indices.map { index in
            if let type = forced[index] {
                return TypeInference.decide(names[index], summaries[index], as: type, options)
            }
            return TypeInference.decide(names[index], summaries[index], dateOrder: options.dateOrder)
        }
        // Blocks read as numbers in columns that turned out not to hold plain ones are read again as strings.
        var again: [Int: Set<Int>] = [:]
        for index in names.indices where wanted[index] {
            for (number, piece) in pieces[index].enumerated()
            where piece.missing.count < rowCounts[number] && Self.mustReread(piece, decisions[index].reading) {
                again[number, default: []].insert(index)
            }
        }
        if !again.isEmpty {
            var number = 0
            let needed = Set(again.values.flatMap { $0 })
            var stringKinds = names.indices.map { needed.contains($0) ? CellKind.string : .skip }
            try blocks(&stringKinds) { block, _ in
                for index in again[number] ?? [] { pieces[index][number] = block.columns[index] }
                number += 1
            }
        }
        var columns: [Column] = []
        for index in names.indices where wanted[index] {
            var assembler = ColumnAssembler(name: names[index], decision: decisions[index], options: options)
            for (number, piece) in pieces[index].enumerated() { try assembler.add(piece, rowCounts[number]) }
            pieces[index] = []
            columns.append(assembler.finish())
            notes += assembler.notes
        }
        return (Table(columns: columns, rowCount: rowCount), notes)
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
    static func kind(_ type: ColumnType?) -> CellKind {
        switch type {
        case nil, .constant?, .idLike?, .integer?: .integer
        case .float?: .float
        case .boolean?, .date?, .datetime?, .categorical?, .text?: .string
        }
    }
}
