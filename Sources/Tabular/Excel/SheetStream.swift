/// A sheet of a workbook as comma-separated text, so that it is read exactly as the same table in a file would be. Rows
/// stand on lines of their own; empty rows are blank lines. Columns before the first that holds a value are left out, and
/// rows are filled with empty cells up to the length of the first one.
final class SheetStream: ByteStream, XMLHandler {
    /// Columns and rows a sheet can have (ECMA-376).
    static let maximumColumns = 16_384
    private static let maximumRows = 1_048_576

    /// The most bytes of text a sheet may come to; cells that share strings can make much of a small file.
    private static let maximumTextBytes = ZipArchive.maximumPartBytes

    private let workbook: Workbook
    /// The first column that holds a value, counted from 0.
    private let firstColumn: Int
    private var scanner: XMLScanner?
    private var output: [UInt8] = []
    private var position = 0

    private var row: [[UInt8]] = []
    private var rowBytes = 0
    private var textBytes = 0
    /// Cells of the first row that holds any; 0 before it.
    private var width = 0
    private var rowNumber = 0
    private var cellType = ""
    private var cellStyle = 0
    private var cellColumn = 0
    private var nextColumn = 0
    private var value: [UInt8] = []
    private var isInValue = false
    private var isInReading = false
    private var failure: TableError?
    private var errorCells = 0
    private var firstErrorRow: Int?

    init(_ source: TableSource, sheet: String?) throws {
        workbook = try Workbook(source, sheet: sheet)
        firstColumn = try FirstColumnHandler.firstColumn(of: Self.sheet(of: workbook))
        scanner = try XMLScanner(Self.sheet(of: workbook), self)
    }

    private static func sheet(of workbook: Workbook) throws -> ZipPartStream {
        guard let part = try workbook.archive.open(workbook.sheetPart) else {
            throw TableError(.corruptWorkbook, "the workbook lacks the part \(workbook.sheetPart)")
        }
        return part
    }

    /// Keeps the first error; what follows in the same piece of XML is passed over.
    private func fail(_ code: TableError.Code, _ message: String, line: Int? = nil) {
        failure = failure ?? TableError(code, message, line: line)
    }

    /// A note on the cells passed so far that hold an error, if there are any.
    var note: ReadNote? {
        guard errorCells > 0 else { return nil }
        let cells = errorCells == 1 ? "1 cell holds an error and is" : "\(errorCells) cells hold an error and are"
        return ReadNote(.errorCells, "\(cells) taken as missing", line: firstErrorRow)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while position == output.count {
            output.removeAll(keepingCapacity: true)
            position = 0
            guard let scanner else { return 0 }
            if try !scanner.step() {
                self.scanner = nil
                return 0
            }
            if let failure { throw failure }
        }
        let count = min(buffer.count, output.count - position)
        output.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[position..<position + count]))
        }
        position += count
        return count
    }

    func start(_ element: String, _ attributes: [String: String]) {
        guard failure == nil else { return }
        switch element {
        case "row":
            let number = attributes["r"].flatMap { Int($0) } ?? rowNumber + 1
            guard number > rowNumber, number <= Self.maximumRows else {
                fail(.corruptWorkbook, "the rows of the sheet are out of order")
                return
            }
            while rowNumber + 1 < number {
                output.append(0x0A)
                rowNumber += 1
            }
            rowNumber = number
            row.removeAll(keepingCapacity: true)
            rowBytes = 0
            nextColumn = 0
        case "c":
            cellColumn = attributes["r"].flatMap(Self.column) ?? nextColumn
            nextColumn = cellColumn + 1
            cellType = attributes["t"] ?? "n"
            cellStyle = attributes["s"].flatMap { Int($0) } ?? 0
            value.removeAll(keepingCapacity: true)
        case "v", "t": isInValue = true
        case "rPh": isInReading = true
        default: break
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard isInValue, !isInReading, failure == nil else { return }
        value.append(contentsOf: bytes)
        if value.count > BlockParser.maximumCellBytes {
            fail(.tooLarge, "a cell is longer than 256 KiB", line: rowNumber)
        }
    }

    func end(_ element: String) {
        guard failure == nil else { return }
        switch element {
        case "v", "t": isInValue = false
        case "rPh": isInReading = false
        case "c": endCell()
        case "row": endRow()
        default: break
        }
    }

    private func endCell() {
        guard cellColumn < Self.maximumColumns else {
            fail(.corruptWorkbook, "the sheet has more columns than Excel allows", line: rowNumber)
            return
        }
        guard !value.isEmpty, cellColumn >= firstColumn else { return }
        var text = value
        switch cellType {
        case "s":
            guard let number = Int(String(decoding: value, as: UTF8.self)), let shared = workbook.sharedStrings[number]
            else {
                let cell = "\(Self.letters(cellColumn))\(rowNumber)"
                fail(
                    .corruptWorkbook, "the cell \(cell) refers to a string the workbook does not hold", line: rowNumber)
                return
            }
            guard shared.count <= BlockParser.maximumCellBytes else {
                fail(.tooLarge, "a cell is longer than 256 KiB", line: rowNumber)
                return
            }
            text = Array(shared)
        case "b": text = Array((value == [0x31] ? "TRUE" : "FALSE").utf8)
        case "e":
            errorCells += 1
            firstErrorRow = firstErrorRow ?? rowNumber
            text = []
        case "n":
            if workbook.styles.indices.contains(cellStyle), let kind = workbook.styles[cellStyle] { text = date(kind) }
        case "d":
            // ISO 8601 as it stands.
            break
        default: break
        }
        rowBytes += text.count
        guard rowBytes <= BlockReader.maximumRecordBytes else {
            fail(.tooLarge, "a row is longer than 16 MiB", line: rowNumber)
            return
        }
        let index = cellColumn - firstColumn
        while row.count < index { row.append([]) }
        if row.count == index { row.append(text) } else { row[index] = text }
    }

    private func endRow() {
        while let last = row.last, last.isEmpty { row.removeLast() }
        if width == 0 { width = row.count }
        textBytes += rowBytes + max(row.count, width)
        guard textBytes <= Self.maximumTextBytes else {
            fail(.tooLarge, "the text of the sheet is larger than 4 GiB", line: rowNumber)
            return
        }
        for (index, cell) in row.enumerated() {
            if index > 0 { output.append(0x2C) }
            let needsQuotes = cell.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
            guard needsQuotes else {
                output += cell
                continue
            }
            output.append(0x22)
            for byte in cell {
                if byte == 0x22 { output.append(0x22) }
                output.append(byte)
            }
            output.append(0x22)
        }
        if !row.isEmpty, row.count < width { output.append(contentsOf: repeatElement(0x2C, count: width - row.count)) }
        output.append(0x0A)
    }

    /// A day number as ISO 8601. Day 60 of the 1900 system is a 29 February that never was; days before it are one ahead.
    private func date(_ kind: Workbook.DateKind) -> [UInt8] {
        guard let serial = value.withUnsafeBufferPointer(NumberParser.double), serial.isFinite,
            serial >= 0, serial < 2_958_466
        else { return value }
        let seconds = (serial * 86_400_000).rounded()
        var days = Int64((seconds / 86_400_000).rounded(.down))
        let milliseconds = Int64(seconds) - days * 86_400_000
        if workbook.is1904 {
            days -= 24_107
        } else {
            days -= days < 60 ? 25_568 : 25_569
        }
        if kind == .date, milliseconds == 0 { return Array(DateText.date(days).utf8) }
        return Array(DateText.datetime(days * 86_400_000_000 + milliseconds * 1000).utf8)
    }

    /// The column of a reference like `AB12`, counted from 0.
    static func column(_ reference: String) -> Int? {
        var column = 0
        for byte in reference.utf8 {
            let letter = (byte | 0x20) &- 97
            guard byte >= 65, letter < 26 else { break }
            column = column * 26 + Int(letter) + 1
            if column > maximumColumns { return maximumColumns }
        }
        return column > 0 ? column - 1 : nil
    }

    /// The name of a column counted from 0: `A`, `B` … `AA`.
    static func letters(_ column: Int) -> String {
        var rest = column + 1
        var letters: [UInt8] = []
        while rest > 0 {
            letters.append(65 + UInt8((rest - 1) % 26))
            rest = (rest - 1) / 26
        }
        return String(decoding: letters.reversed(), as: UTF8.self)
    }
}
