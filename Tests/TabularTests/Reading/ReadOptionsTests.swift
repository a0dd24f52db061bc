import Tabular
import Testing

@Suite struct ReadOptionsTests {
    private func read(_ text: String, _ options: ReadOptions) throws -> (table: Table, notes: [ReadNote]) {
        try TableReader.read(.bytes(Array(text.utf8)), options)
    }

    @Test func delimiterHeaderAndEncodingCanBeGiven() throws {
        let table = try read("a;b,c\n1;2,3\n", ReadOptions(delimiter: ";")).table
        #expect(table.columns.map(\.name) == ["a", "b,c"])
        let bare = try read("a,b\nc,d\n", ReadOptions(header: false)).table
        #expect(bare.rowCount == 2)
        let named = try read("1,2\n3,4\n", ReadOptions(header: true)).table
        #expect(named.columns.map(\.name) == ["1", "2"])
        let latin = try TableReader.read(.bytes([0x61, 0x0A, 0xC3, 0xA9, 0x0A]), ReadOptions(encoding: .latin1)).table
        #expect(latin.columns[0].storage == .strings(codes: .int8([0]), levels: ["Ã©"]))
        #expect(throws: TableError.self) {
            try TableReader.read(.bytes([0x61, 0x0A, 0xE9, 0x0A]), ReadOptions(encoding: .utf8))
        }
        #expect(throws: TableError.self) { try read("a\n1\n", ReadOptions(delimiter: "\"")) }
        #expect(throws: TableError.self) { try read("a\n1\n", ReadOptions(sheet: "x")) }
    }

    @Test func missingMarkersCanBeReplaced() throws {
        let table = try read("a,b\nNA,1\n-99,2\n,3\n", ReadOptions(missingMarkers: ["-99"])).table
        #expect(table.column("a")?.storage == .strings(codes: .int8([0, -1, -1]), levels: ["NA"]))
        #expect(table.column("a")?.missingCount == 2)
    }

    @Test func columnsAndRowsCanBeFewer() throws {
        var text = "a,b,c\n"
        for row in 0..<1000 { text += "\(row),\(row < 10 ? "1" : "x"),\"q\n\(row)\"\n" }
        let table = try read(text, ReadOptions(columns: ["b", "c", "unknown"], maximumRows: 10)).table
        #expect(table.columns.map(\.name) == ["b", "c"])
        #expect(table.rowCount == 10)
        #expect(table.column("b")?.type == .constant)
    }

    @Test func givenTypesAreObeyed() throws {
        let text = "code,day,flag,n\n007,1/2/2024,1,3\n12,3/4/2024,0,4.5\n"
        let types: [String: ColumnType] = ["code": .categorical, "day": .date, "flag": .boolean, "other": .text]
        let table = try read(text, ReadOptions(types: types, dateOrder: .dayFirst)).table
        #expect(table.column("code")?.storage == .strings(codes: .int8([0, 1]), levels: ["007", "12"]))
        #expect(table.column("day")?.storage == .dates(.int16([19_754, 19_816])))
        #expect(table.column("flag")?.doubles() == [1, 0])
        let error = try #require(throws: TableError.self) { try read(text, ReadOptions(types: ["n": .integer])) }
        #expect(error.column == "n" && error.row == 2 && error.line == 3)
        let (lenient, notes) = try read(text, ReadOptions(types: ["n": .integer], mismatch: .missing))
        #expect(lenient.column("n")?.missingCount == 1)
        #expect(notes.contains { $0.code == .mismatchedCells && $0.column == "n" && $0.row == 2 })
    }

    @Test func rowsToPredictFromKeepTheirSchema() throws {
        let schema = Schema(columns: [
            ColumnSchema(name: "n", type: .integer), ColumnSchema(name: "town", type: .categorical),
            ColumnSchema(name: "day", type: .date),
        ])
        let table = try read("n,town,day\n1.5,8001,2024-01-02\n2,3000,\n", .matching(schema)).table
        #expect(table.column("n")?.storage == .doubles([1.5, 2]))
        #expect(table.column("town")?.storage == .strings(codes: .int8([0, 1]), levels: ["8001", "3000"]))
        #expect(table.column("day")?.missingCount == 1)
        #expect(throws: TableError.self) { try read("n,town,day\nmany,x,2024-01-02\n", .matching(schema)) }
    }
}
