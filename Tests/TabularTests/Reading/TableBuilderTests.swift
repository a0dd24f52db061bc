import Tabular
import Testing

@Suite struct TableBuilderTests {
    private let schema = Schema(columns: [
        ColumnSchema(name: "age", type: .integer), ColumnSchema(name: "fare", type: .float),
        ColumnSchema(name: "member", type: .boolean), ColumnSchema(name: "day", type: .date),
        ColumnSchema(name: "town", type: .categorical),
    ])

    @Test func cellsBecomeColumnsOfTheSchema() throws {
        var builder = TableBuilder(schema: schema)
        builder.append([
            "age": .integer(3), "fare": .integer(7), "member": .boolean(true), "day": .string("2024-01-02"),
        ])
        builder.append([.string("4"), .string("1.5"), .string("no"), .missing, .string(" Bern "), .integer(9)])
        let table = try builder.table()
        #expect(table.rowCount == 2)
        #expect(table.column("age")?.storage == .integers(.int8([3, 4])))
        #expect(table.column("fare")?.storage == .doubles([7, 1.5]))
        #expect(table.column("member")?.doubles() == [1, 0])
        #expect(table.column("day")?.storage == .dates(.int16([19724, 0])))
        #expect(table.column("town")?.storage == .strings(codes: .int8([-1, 0]), levels: ["Bern"]))
        #expect(table.column("town")?.isMissing(0) == true)
    }

    @Test func fractionsWidenIntegersOnlyIfTheyMay() throws {
        var builder = TableBuilder(schema: schema)
        builder.append(["age": .number(2.5)])
        #expect(try builder.table().column("age")?.storage == .doubles([2.5]))
        var strict = TableBuilder(schema: schema, options: ReadOptions())
        strict.append(["age": .number(2.5)])
        #expect(throws: TableError.self) { try strict.table() }
    }

    @Test func aWrongTypeNamesColumnAndRow() throws {
        var builder = TableBuilder(schema: schema)
        builder.append(["age": .integer(1)])
        builder.append(["fare": .string("cheap")])
        let error = try #require(throws: TableError.self) { try builder.table() }
        #expect(error.column == "fare")
        #expect(error.row == 2)
        #expect(error.description == "column \"fare\", row 2: \"cheap\" is not of type float")
        var lenient = TableBuilder(schema: schema, options: ReadOptions(mismatch: .missing))
        lenient.append(["fare": .string("cheap")])
        #expect(try lenient.table().column("fare")?.missingCount == 1)
    }
}
