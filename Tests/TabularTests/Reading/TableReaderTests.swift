import Synchronization
import Tabular
import Testing

@Suite struct TableReaderTests {
    private func read(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
        try TableReader.read(.bytes(Array(text.utf8)), options).table
    }

    @Test func typesAreInferredOverTheWholeColumn() throws {
        let table = try read(
            """
            count,price,paid,when,town,gap
            1,2.5,yes,2024-01-31,Bern,
            2,3,no,2024-02-01,"Zürich, city",NA
            -3,1e3,yes,2024-02-29,Bern,7

            """)
        #expect(table.rowCount == 3)
        #expect(
            table.schema.columns.map(\.type) == [.integer, .float, .boolean, .date, .categorical, .integer])
        #expect(table.column("count")?.storage == .integers(.int8([1, 2, -3])))
        #expect(table.column("price")?.storage == .doubles([2.5, 3, 1000]))
        #expect(table.column("paid")?.booleanLabels == BooleanLabels(no: "no", yes: "yes"))
        #expect(table.column("when")?.storage == .dates(.int16([19753, 19754, 19782])))
        #expect(table.column("town")?.storage == .strings(codes: .int8([0, 1, 0]), levels: ["Bern", "Zürich, city"]))
        #expect(table.column("gap")?.missingCount == 2)
    }

    @Test func aLateCellChangesTheWholeColumn() throws {
        var text = "a,b\n"
        for row in 0..<5000 { text += "\(row),\(row)\n" }
        text += "x,1.5\n"
        let table = try read(text)
        #expect(table.schema.columns.map(\.type) == [.idLike, .float])
        guard case .strings(_, let levels) = table.columns[0].storage else {
            Issue.record("the column must hold strings")
            return
        }
        #expect(levels.count == 5001)
        #expect(levels[17] == "17")
    }
}

@Suite struct ReadingUntilTests {
    private struct Stop: Error {}

    @Test func readingEndsWhereItIsNotWantedAnyMore() throws {
        let csv = "a,b\n" + String(repeating: "1,some text\n", count: 400_000)
        for threads in [1, 3] {
            let checks = Atomic<Int>(0)
            #expect(throws: Stop.self) {
                _ = try TableReader.readChunks(
                    .bytes(Array(csv.utf8)), ReadOptions(threads: threads),
                    check: { if checks.wrappingAdd(1, ordering: .relaxed).oldValue >= 2 { throw Stop() } }
                ) { _ in Issue.record("rows came all the same") }
            }
            // No thread goes on reading once it has been told.
            #expect(checks.load(ordering: .relaxed) <= 3 + 2 * threads)
        }
    }
}
