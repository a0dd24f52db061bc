import Testing

@testable import Tabular

/// Sheets as other programs than Excel may write them, made here part by part.
@Suite struct SheetTests {
    private static let header =
        "<row><c t=\"inlineStr\"><is><t>a</t></is></c><c t=\"inlineStr\"><is><t>b</t></is></c></row>"

    private func read(_ rows: String, strings: String? = nil) throws -> (table: Table, notes: [ReadNote]) {
        let book = StoredWorkbook(sheets: [("S", nil, rows)], strings: strings)
        let result = try TableReader.read(.bytes(book.bytes))
        return (result.table, result.notes)
    }

    @Test func aPartThatSwellsIsRefused() throws {
        let error = try #require(throws: TableError.self) {
            try TableReader.read(.file(resource("excel/swelling.xlsx")))
        }
        #expect(error.code == .tooLarge)
        #expect(error.message.contains("xl/worksheets/sheet1.xml"))
        #expect(error.message.contains("400 times"))
    }

    @Test func partsHaveALimit() throws {
        let book = StoredWorkbook(sheets: [("S", nil, Self.header)], strings: nil)
        let part = try #require(try ZipArchive(.bytes(book.bytes)).open("xl/workbook.xml", limit: 10))
        let error = try #require(throws: TableError.self) { try part.readBytes(1000) }
        #expect(error.code == .tooLarge)
    }

    @Test(arguments: ["2", "-1", "x", "99999999999999999999"])
    func aStringThatIsNotThereIsNamedByItsCell(index: String) throws {
        let rows = Self.header + "<row><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>\(index)</v></c></row>"
        let error = try #require(throws: TableError.self) {
            try read(rows, strings: "<si><t>x</t></si><si><t>y</t></si>")
        }
        #expect(error.code == .corruptWorkbook)
        #expect(error.message.contains("cell B2"))
        #expect(error.line == 2)
        #expect(throws: TableError.self) { try read(rows) }
    }

    @Test func sharedStringsCannotMakeARowWithoutEnd() throws {
        let long = String(repeating: "x", count: 200_000)
        let row = "<row>" + String(repeating: "<c t=\"s\"><v>0</v></c>", count: 100) + "</row>"
        let error = try #require(throws: TableError.self) { try read(row, strings: "<si><t>\(long)</t></si>") }
        #expect(error.code == .tooLarge)
        #expect(error.line == 1)
    }

    @Test func hiddenSheetsAreReadWhenNamedOnly() throws {
        let sheets = ["hidden", "veryHidden", nil, "visible"].enumerated().map { index, state in
            ("Sheet \(index)", state, Self.header + "<row><c><v>\(index)</v></c><c><v>5</v></c></row>")
        }
        let book = StoredWorkbook(sheets: sheets, strings: nil)
        func first(_ sheet: String?) throws -> Table {
            try TableReader.read(.bytes(book.bytes), ReadOptions(sheet: sheet)).table
        }
        #expect(try first(nil) == first("Sheet 2"))
        #expect(try first(nil) != first("Sheet 1"))
        #expect(try first("sHEET 3") == first("Sheet 3"))
        let hidden = StoredWorkbook(sheets: [("Only", "hidden", Self.header)], strings: nil)
        let error = try #require(throws: TableError.self) { try TableReader.read(.bytes(hidden.bytes)) }
        #expect(error.code == .sheetNotFound)
        #expect(error.message.contains("\"Only\""))
    }

    @Test func aNameIsMatchedExactlyBeforeItsCaseIsForgotten() throws {
        let sheets = ["data", "DATA"].enumerated().map { index, name in
            (name, nil as String?, Self.header + "<row><c><v>\(index)</v></c><c><v>5</v></c></row>")
        }
        let book = StoredWorkbook(sheets: sheets, strings: nil)
        func table(_ sheet: String) throws -> Table {
            try TableReader.read(.bytes(book.bytes), ReadOptions(sheet: sheet)).table
        }
        #expect(try table("DATA") != table("data"))
        #expect(try table("Data") == table("data"))
    }

    @Test func cellsRightOfTheHeaderFollowTheRuleOfText() throws {
        let two = "<row r=\"4\"><c><v>1</v></c><c><v>2</v></c>"
        let error = try #require(throws: TableError.self) {
            try read(Self.header + two + "<c r=\"D4\"><v>3</v></c></row>")
        }
        #expect(error.code == .tooManyCells)
        #expect(error.row == 1)
        #expect(error.line == 4)
        let (table, notes) = try read(
            Self.header + two + "<c r=\"C4\" s=\"1\"/><c r=\"D4\" t=\"inlineStr\"><is><t></t></is></c></row>")
        #expect(table.columns.count == 2)
        #expect(notes.isEmpty)
    }

    @Test func shortRowsOfASheetAreNotNoted() throws {
        let (table, notes) = try read(
            Self.header + "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
        #expect(table.column("b")?.missingCount == 1)
        #expect(notes.isEmpty)
    }

    @Test func emptyRowsAndColumnsBeforeTheTableAreLeftOut() throws {
        let named = { (cell: String, text: String) in "<c r=\"\(cell)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>" }
        let header = "<row r=\"3\"><c r=\"A3\" s=\"1\"/>\(named("C3", "a"))\(named("D3", "b"))</row>"
        let (table, notes) = try read(
            header + "<row r=\"4\"><c r=\"C4\"><v>1</v></c><c r=\"D4\"><v>2</v></c></row>"
                + "<row r=\"5\"><c r=\"C5\"><v>3</v></c><c r=\"D5\"><v>4</v></c></row>")
        #expect(table.columns.map(\.name) == ["a", "b"])
        #expect(table.rowCount == 2)
        #expect(notes.isEmpty)
        // An index without a name, as programs write it, is a column.
        let indexed = try read(
            header + "<row r=\"4\"><c r=\"B4\"><v>1</v></c><c r=\"C4\"><v>1</v></c><c r=\"D4\"><v>2</v></c></row>")
        #expect(indexed.table.columns.map(\.name) == ["column_1", "a", "b"])
    }

    @Test func columnsAreNamedAsExcelDoes() {
        for (index, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            #expect(SheetStream.letters(index) == name)
            #expect(SheetStream.column("\(name)7") == index)
        }
    }
}
