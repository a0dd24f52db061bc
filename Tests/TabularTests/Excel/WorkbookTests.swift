import Foundation
import Testing

@testable import Tabular

/// Workbooks written by openpyxl hold what the same table as CSV holds.
@Suite struct WorkbookTests {
    @Test(arguments: ["plain", "mac1904", "odd"])
    func aWorkbookReadsLikeTheSameTableAsCSV(name: String) throws {
        let workbook = try TableReader.read(.file(resource("excel/\(name).xlsx")))
        let text = try TableReader.read(.file(resource("excel/\(name).csv")))
        expectSame(workbook.table, text.table)
    }

    @Test func typesOfAWorkbook() throws {
        let table = try TableReader.read(.file(resource("excel/plain.xlsx"))).table
        #expect(
            table.schema.columns.map(\.type) == [
                .idLike, .categorical, .float, .boolean, .date, .datetime, .categorical, .integer,
            ])
        #expect(table.rowCount == 24)
    }

    @Test func sheetsAreChosenByName() throws {
        let path = resource("excel/plain.xlsx")
        let other = try TableReader.read(.file(path), ReadOptions(sheet: "Other sheet")).table
        expectSame(other, try TableReader.read(.file(resource("excel/other.csv"))).table)
        let error = try #require(throws: TableError.self) {
            try TableReader.read(.file(path), ReadOptions(sheet: "None"))
        }
        #expect(error.code == .sheetNotFound)
        #expect(error.message.contains("\"People\", \"Other sheet\""))
    }

    @Test func errorCellsAreMissingAndNoted() throws {
        let (table, notes) = try TableReader.read(.file(resource("excel/odd.xlsx")))
        #expect(table.column("share")?.missingCount == 1)
        #expect(notes.map(\.code) == [.errorCells])
        #expect(notes.last?.line == 6)
    }

    @Test func bytesInMemoryReadLikeTheFile() throws {
        let path = resource("excel/plain.xlsx")
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(try TableReader.read(.bytes(bytes)).table == TableReader.read(.file(path)).table)
        var parts: [Table] = []
        _ = try TableReader.readChunks(.bytes(bytes), rowsPerChunk: 7) { parts.append($0) }
        #expect(Table(joining: parts) == (try TableReader.read(.file(path)).table))
    }

    @Test func damagedWorkbooksAreRefused() throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: resource("excel/plain.xlsx"))))
        for length in stride(from: 4, to: bytes.count, by: 97) {
            #expect(throws: TableError.self) { try TableReader.read(.bytes(Array(bytes[..<length]))) }
        }
        // Flipped bytes may do no harm; they must not stop the process.
        for position in stride(from: 0, to: bytes.count, by: 41) {
            var damaged = bytes
            damaged[position] ^= 0x55
            _ = try? TableReader.read(.bytes(damaged))
        }
    }

    @Test(
        arguments: [
            ("yyyy-mm-dd", Workbook.DateKind.date), ("d/m/yy h:mm", .datetime), ("General", nil), ("0.00", nil),
            ("[h]:mm:ss", nil), ("h:mm", nil), ("[Red]0.0\"days\"", nil), ("mmm yyyy", .date), ("#,##0_d", nil),
            ("[$-409]d\\-mmm\\-yyyy", .date), ("0;d", nil),
        ] as [(String, Workbook.DateKind?)])
    func dateFormatsAreTold(code: String, kind: Workbook.DateKind?) {
        #expect(Workbook.dateKind(code) == kind)
    }
}
