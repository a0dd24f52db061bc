import Foundation
import Synchronization

/// Reads delimited text in two steps: a pass over all cells decides the types, then columns are put together, from what
/// the pass kept or from a second one.
struct TextReader: Sendable {
    let source: TableSource
    let options: ReadOptions
    let layout: TextLayout
    private let parser: BlockParser
    private let wanted: [Int]
    private let check: @Sendable () throws -> Void

    /// `check` is called for every part that is read or parsed, and ends the reading by throwing.
    init(
        _ source: TableSource, _ options: ReadOptions, check: @escaping @Sendable () throws -> Void = {}
    ) throws {
        self.check = check
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
        var summaries: [ColumnSummary]
        /// Forms in which present cells of each column were read.
        var forms: [Set<CellKind>]
        var rowCounts: [Int] = []
        var rowCount = 0
        var notes: [ReadNote]
    }

    /// The whole table.
    func read() throws -> (table: Table, notes: [ReadNote]) {
        var scan = try scan(keepsPieces: true)
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
        try blocks(kinds) { block, _ in
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
        var kinds = names.map { _ in CellKind.skip }
        for index in wanted { kinds[index] = Self.kind(options.types[names[index]]) }
        var scan = Scan(
            pieces: names.map { _ in [] }, summaries: names.map { _ in ColumnSummary() }, forms: names.map { _ in [] },
            notes: layout.notes)
        var repairs = RowRepairs()
        var line = layout.firstLine
        var errorCells: ReadNote?
        try blocks(kinds, finished: { errorCells = $0.note }) { block, kinds in
            repairs.add(block, rows: scan.rowCount, line: line)
            scan.rowCount += block.rowCount
            line += block.lineCount
            scan.rowCounts.append(block.rowCount)
            for index in wanted {
                let column = block.columns[index]
                scan.summaries[index].merge(column.summary)
                let form = column.form
                if form.rawValue > kinds[index].rawValue { kinds[index] = form }
                if column.summary.present > 0 || column.hasInfinite { scan.forms[index].insert(form) }
                if keepsPieces { scan.pieces[index].append(column) }
            }
        }
        if scan.rowCount == 0 { throw TableError(.empty, "the file has a header and no rows") }
        scan.notes += repairs.notes
        if let errorCells { scan.notes.append(errorCells) }
        scan.decisions = names.indices.map { decide($0, scan) }
        try readAgain(&scan, keepsPieces: keepsPieces)
        for index in wanted {
            if let code = scan.decisions[index].note {
                scan.notes.append(Self.note(code, names[index], scan.decisions[index]))
            }
        }
        return scan
    }

    private func decide(_ index: Int, _ scan: Scan) -> TypeInference.Decision {
        let name = layout.names[index]
        if let type = options.types[name] {
            return TypeInference.decide(name, scan.summaries[index], as: type, options)
        }
        return TypeInference.decide(name, scan.summaries[index], dateOrder: options.dateOrder)
    }

    /// Reads columns again of which some blocks were taken as numbers, before others showed that they do not hold plain
    /// ones; what their strings are like decides their type anew.
    private func readAgain(_ scan: inout Scan, keepsPieces: Bool) throws {
        let again = wanted.filter { index in
            scan.forms[index].contains { Self.mustReread($0, scan.decisions[index].reading) }
        }
        if again.isEmpty { return }
        var kinds = layout.names.map { _ in CellKind.skip }
        for index in again {
            kinds[index] = .string
            scan.summaries[index] = ColumnSummary()
            scan.pieces[index] = []
        }
        try blocks(kinds) { block, _ in
            for index in again {
                scan.summaries[index].merge(block.columns[index].summary)
                if keepsPieces { scan.pieces[index].append(block.columns[index]) }
            }
        }
        for index in again { scan.decisions[index] = decide(index, scan) }
    }

    /// Passes the parsed blocks to `body` in order; `body` may change how later blocks are read.
    private func blocks(
        _ kinds: [CellKind], finished: (SheetStream) -> Void = { _ in },
        _ body: (ParsedBlock, inout [CellKind]) throws -> Void
    ) throws {
        let (stream, _) = try TextLayout.openText(source, layout.encoding, sheet: options.sheet)
        try stream.skip(layout.skippedBytes)
        let reader = BlockReader(
            CheckedStream(stream, check), layout.dialect, blockBytes: options.blockBytes,
            maximumRows: options.maximumRows)
        var rows = 0
        var line = layout.firstLine
        let parser = parser
        defer { if let sheet = stream as? SheetStream { finished(sheet) } }
        do {
            try BlockPipeline.run(reader, threads: threads, kinds: kinds) { block, kinds in
                do { return try parser.parse(block, kinds) } catch let error as TableError {
                    throw InBlock(error: error)
                }
            } _: { parsed, kinds in
                try check()
                try body(parsed, &kinds)
                rows += parsed.rowCount
                line += parsed.lineCount
            }
        } catch let failure as InBlock {
            var error = failure.error
            if let row = error.row { error.row = row + rows + 1 }
            if let inBlock = error.line { error.line = inBlock + line }
            if error.code == .badEncoding, options.encoding == nil { throw NotUTF8(line: error.line) }
            throw error
        }
    }

    /// Tells that a text whose encoding was not given is not UTF-8.
    struct NotUTF8: Error {
        var line: Int?
    }

    /// An error whose place counts from a block's start.
    struct InBlock: Error {
        var error: TableError
    }

    private var threads: Int { max(1, options.threads ?? ProcessInfo.processInfo.activeProcessorCount) }

    /// Adds the line to an error that names a row.
    private func locating(_ body: () throws -> Void) throws {
        do { try body() } catch var error as TableError {
            if error.line == nil, let row = error.row { error.line = try line(ofRow: row) }
            throw error
        }
    }

    /// The line on which data row `row`, counted from 1, starts.
    private func line(ofRow row: Int) throws -> Int? {
        let (stream, _) = try TextLayout.openText(source, layout.encoding, sheet: options.sheet)
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

    /// Whether cells of the form `form` cannot be made into what `reading` says.
    private static func mustReread(_ form: CellKind, _ reading: TypeInference.Reading) -> Bool {
        switch (form, reading) {
        case (.skip, _), (.string, _), (.integer, .integer), (.integer, .float): false
        case (_, .string), (_, .boolean), (_, .date), (_, .datetime), (.float, .integer): true
        case (.float, .float(let style)): style == .dotGroups
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
