/// Where a text's rows start and how they are divided: what has to be known before it can be read in blocks.
struct TextLayout: Sendable {
    var encoding: ReadOptions.Encoding
    var dialect: Dialect
    /// Column names, distinct.
    var names: [String]
    /// Bytes of the text, as UTF-8 and after the byte order mark, before the first data row.
    var skippedBytes = 0
    /// Line of the first data row, the first one being 1.
    var firstLine = 1
    var notes: [ReadNote] = []

    /// Bytes looked at.
    private static let sampleBytes = 1 << 18

    /// A stream of the source's text as UTF-8 without a byte order mark, and the encoding it had. A workbook's is its
    /// sheet's cells between commas.
    static func openText(
        _ source: TableSource, _ encoding: ReadOptions.Encoding?, sheet: String?
    ) throws -> (stream: any ByteStream, encoding: ReadOptions.Encoding) {
        if try source.isArchive { return (try SheetStream(source, sheet: sheet), .utf8) }
        let stream = try source.openDecompressed()
        let head = try stream.readBytes(4)
        if head.starts(with: [0xEF, 0xBB, 0xBF]), encoding == nil || encoding == .utf8 {
            return (PrefixedStream(Array(head[3...]), stream), .utf8)
        }
        for (mark, marked) in [
            ([0xFF, 0xFE], ReadOptions.Encoding.utf16LittleEndian), ([0xFE, 0xFF], .utf16BigEndian),
        ] as [([UInt8], ReadOptions.Encoding)] where head.starts(with: mark) && (encoding == nil || encoding == marked)
        {
            return (TranscodingStream(PrefixedStream(Array(head[2...]), stream), from: marked), marked)
        }
        let whole = PrefixedStream(head, stream)
        guard let encoding, encoding != .utf8 else { return (whole, .utf8) }
        return (TranscodingStream(whole, from: encoding), encoding)
    }

    /// Finds the layout of `source` from its first quarter of a megabyte, or more if the first row is longer.
    static func detect(_ source: TableSource, _ options: ReadOptions) throws -> TextLayout {
        let (stream, encoding) = try openText(source, options.encoding, sheet: options.sheet)
        var options = options
        if stream is SheetStream {
            options.delimiter = ","
        } else if options.sheet != nil {
            throw TableError(.invalidOptions, "a sheet was asked for, but this is not a workbook")
        }
        var sample: [UInt8] = []
        var isWhole = false
        repeat {
            let more = try stream.readBytes(sampleBytes)
            isWhole = more.count < sampleBytes
            sample += more
        } while !isWhole && sample.count < BlockReader.maximumRecordBytes
            && !sample.contains(where: { $0 == Dialect.lineFeed || $0 == Dialect.carriageReturn })
        try TableSource.refuseOtherFormats(Array(sample.prefix(512)))
        if let nul = sample.firstIndex(of: 0) {
            let line = sample[..<nul].count { $0 == Dialect.lineFeed } + 1
            throw TableError(.notText, "the file is not text: it holds a NUL byte", line: line)
        }
        return try detect(sample[...], isWhole: isWhole, encoding, options)
    }

    private static func detect(
        _ sample: ArraySlice<UInt8>, isWhole: Bool, _ encoding: ReadOptions.Encoding, _ options: ReadOptions
    ) throws -> TextLayout {
        let isOldMac = !sample.contains(Dialect.lineFeed) && sample.contains(Dialect.carriageReturn)
        let terminator = isOldMac ? Dialect.carriageReturn : Dialect.lineFeed
        var start = sample.startIndex
        var delimiter: UInt8?
        if let wanted = options.delimiter {
            guard let byte = wanted.asciiValue, byte != terminator, byte != Dialect.quote, byte != 0 else {
                throw TableError(
                    .invalidOptions, "the delimiter must be one ASCII character, not a quote or a line end")
            }
            delimiter = byte
        }
        // Excel's own hint: a first line `sep=;`.
        var lines = 0
        if let end = sample.firstIndex(of: terminator) {
            let hint = RecordScanner.trim(Array(sample[..<end]))
            if hint.count == 5, hint.starts(with: Array("sep=".utf8)) {
                delimiter = delimiter ?? hint[4]
                start = end + 1
                lines = 1
            }
        }
        while start < sample.endIndex, RecordScanner.isSpace(sample[start]), sample[start] != delimiter ?? 0x09 {
            if sample[start] == terminator { lines += 1 }
            start += 1
        }
        guard start < sample.endIndex else { throw TableError(.empty, "the file is empty") }
        let text = sample[start...]
        let dialect = Dialect(
            delimiter: delimiter
                ?? DialectDetector.delimiter(
                    text, terminator, isWhole: isWhole, maximumCells: options.maximumColumns),
            terminator: terminator)
        var scanner = RecordScanner(text, dialect, maximumCells: options.maximumColumns)
        guard let first = scanner.next() else { throw TableError(.empty, "the file is empty") }
        try check(first, scanner, isWhole: isWhole, options, line: lines + 1)
        if scanner.endedInQuotes, isWhole {
            throw TableError(.unclosedQuote, "a quote is opened and never closed", line: lines + 1)
        }
        let firstEnd = scanner.position
        let head = sample[..<firstEnd]
        if head.withUnsafeBufferPointer(TextCheck.firstFlaw)?.isNUL == false {
            if options.encoding == nil, encoding == .utf8 { throw TextReader.NotUTF8(line: lines + 1) }
            throw TableError(.badEncoding, "the bytes are not valid UTF-8", line: lines + 1)
        }
        let firstLines = scanner.lines
        var rows: [[[UInt8]]] = []
        while rows.count < 1000, let row = scanner.next() {
            if scanner.hitEnd, !isWhole { break }
            if row.count > 1 || !row[0].isEmpty { rows.append(row) }
        }
        let markers = Set(options.missingMarkers.map { Array($0.utf8) })
        let isHeader = options.header ?? DialectDetector.isHeader(first, rows, markers)
        var layout = TextLayout(encoding: encoding, dialect: dialect, names: [])
        if let line = options.latin1Line {
            layout.notes.append(
                ReadNote(
                    .latin1, "the bytes are not UTF-8 and were read as Latin-1, the whole file through", line: line))
        }
        if isHeader {
            if rows.isEmpty, isWhole { throw TableError(.empty, "the file has a header and no rows") }
            let (names, notes) = repair(
                first.map { String(decoding: $0, as: UTF8.self) }, line: lines + 1)
            layout.names = names
            layout.notes += notes
            layout.skippedBytes = firstEnd - sample.startIndex
            layout.firstLine = lines + firstLines + 1
        } else {
            layout.names = (1...first.count).map { "column_\($0)" }
            layout.skippedBytes = start - sample.startIndex
            layout.firstLine = lines + 1
            if options.header == nil {
                layout.notes.append(
                    ReadNote(
                        .noHeader,
                        "the first row looks like data, so the columns are called column_1, column_2 and so on")
                )
            }
        }
        return layout
    }

    /// Throws for a first row that is beyond the limits on columns, cells and rows.
    private static func check(
        _ first: [[UInt8]], _ scanner: RecordScanner, isWhole: Bool, _ options: ReadOptions, line: Int
    ) throws {
        if scanner.isTooWide {
            throw TableError(
                .tooLarge, "the table has more than \(options.maximumColumns) columns, which is the limit", line: line)
        }
        if let long = first.firstIndex(where: { $0.count > BlockParser.maximumCellBytes }) {
            throw TableError(.tooLarge, "the cell of column \(long + 1) is longer than 256 KiB", line: line)
        }
        if scanner.hitEnd, !isWhole, !scanner.endedInQuotes {
            throw TableError(.tooLarge, "the first row is longer than 16 MiB", line: line)
        }
    }

    /// Names that are there and distinct.
    static func repair(_ header: [String], line: Int?) -> (names: [String], notes: [ReadNote]) {
        var notes: [ReadNote] = []
        var taken = Set(header.filter { !$0.isEmpty })
        var seen = Set<String>()
        // The number that the next column of a name gets, so that not all are tried again for each.
        var numbers: [String: Int] = [:]
        let names = header.enumerated().map { index, name in
            var unique = name
            if name.isEmpty {
                unique = "column_\(index + 1)"
                while taken.contains(unique) { unique += "_" }
                notes.append(
                    ReadNote(
                        .emptyName, "column \(index + 1) has no name and is called \(unique)", column: unique,
                        line: line))
            } else if seen.contains(name) {
                var number = numbers[name] ?? 2
                while taken.contains("\(name)_\(number)") { number += 1 }
                numbers[name] = number + 1
                unique = "\(name)_\(number)"
                notes.append(
                    ReadNote(
                        .duplicateName, "a second column called \(name) is now called \(unique)", column: unique,
                        line: line))
            }
            taken.insert(unique)
            seen.insert(unique)
            return unique
        }
        return (names, notes)
    }
}
