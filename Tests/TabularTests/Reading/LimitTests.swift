import Foundation
import Tabular
import Testing

@Suite struct LimitTests {
    private func read(_ text: String, columns: Int? = nil) throws -> Table {
        var options = ReadOptions()
        if let columns { options.maximumColumns = columns }
        return try TableReader.read(.bytes(Array(text.utf8)), options).table
    }

    @Test func aTableMayHaveSoManyColumns() throws {
        #expect(try read("a,b,c\n1,2,3\n", columns: 3).columns.count == 3)
        for header in ["a,b,c,d\n1,2,3,4\n", "a;b;c;\"d\"\n1;2;3;4\n", "1,2,3,4\n"] {
            let error = #expect(throws: TableError.self) { try read(header, columns: 3) }
            #expect(error?.code == .tooLarge)
            #expect(error?.description == "line 1: the table has more than 3 columns, which is the limit")
        }
    }

    @Test func fiftyThousandColumnsAreTaken() throws {
        let names = (0..<50_000).map { "c\($0)" }.joined(separator: ",")
        let values = (0..<50_000).map(String.init).joined(separator: ",")
        let table = try read("\(names)\n\(values)\n")
        #expect(table.columns.count == 50_000)
        #expect(table.columns[49_999].doubles() == [49_999])
    }

    @Test func millionsOfNamesAreRefusedAtTheLimit() throws {
        // Names without a line end: as many as the longest row has room for.
        let error = #expect(throws: TableError.self) { try read(String(repeating: "a,", count: 9 << 20)) }
        #expect(error?.message == "the table has more than 100000 columns, which is the limit")
        let long = #expect(throws: TableError.self) { try read(String(repeating: "a", count: 300 << 10) + ",b\n1,2\n") }
        #expect(long?.message == "the cell of column 1 is longer than 256 KiB")
    }

    @Test func oneNameForAllColumnsGivesEachANumber() throws {
        let header = Array(repeating: "a", count: 20_000).joined(separator: ",")
        let row = Array(repeating: "1", count: 20_000).joined(separator: ",")
        let table = try read("\(header)\n\(row)\n")
        #expect(table.columns[0].name == "a" && table.columns[1].name == "a_2")
        #expect(table.columns[19_999].name == "a_20000")
        #expect(TableProfile(table).columns.count == 20_000)
    }
}
