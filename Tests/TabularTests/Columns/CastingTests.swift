import Tabular
import Testing

struct CastingTests {
    private func read(_ csv: String) throws -> Table { try TableReader.read(.bytes(Array(csv.utf8))).0 }

    private func strings(_ column: Column) -> [String?] {
        guard case .strings(let codes, let levels) = column.storage else { return [] }
        return codes.int64s().map { $0 < 0 ? nil : levels[Int($0)] }
    }

    @Test func wholeNumbersBecomeCategoriesOrFractions() throws {
        let column = try #require(try read("n,x\n3,a\n,b\n3,c\n-7,d\n").column("n"))
        let category = try column.cast(to: .categorical)
        #expect(category.type == .categorical && strings(category) == ["3", nil, "3", "-7"])
        #expect(category.missingCount == 1)
        let float = try column.cast(to: .float)
        #expect(float.type == .float && float.missingCount == 1 && float.doubles()?[3] == -7)
        #expect(float.doubles()?[1].isNaN == true)
        #expect(try column.cast(to: .integer) == column)
    }

    @Test func truthWordsKeepTheirSpelling() throws {
        let column = try #require(try read("b,x\nYes,1\nNo,2\nYes,3\n").column("b"))
        #expect(column.type == .boolean)
        #expect(strings(try column.cast(to: .categorical)) == ["Yes", "No", "Yes"])
    }

    @Test func textBecomesNumbersWhereAllOfItIs() throws {
        let column = Column(
            name: "t", type: .categorical,
            storage: .strings(codes: PackedIntegers([0, -1, 1, 0]), levels: ["10", "2.5", "unused"]),
            validity: Bitmap(words: [0b1101], count: 4))
        let float = try column.cast(to: .float)
        #expect(float.doubles()?[0] == 10 && float.doubles()?[2] == 2.5 && float.doubles()?[1].isNaN == true)
        let whole = #expect(throws: TableError.self) { try column.cast(to: .integer) }
        #expect(whole?.column == "t" && whole?.message.contains("2.5") == true)
        let words = Column(
            name: "w", type: .categorical, storage: .strings(codes: PackedIntegers([0, 1]), levels: ["1", "one"]))
        let refused = #expect(throws: TableError.self) { try words.cast(to: .float) }
        #expect(refused?.code == .typeMismatch && refused?.message.contains("one") == true)
        #expect(try words.cast(to: .text).type == .text)
    }

    @Test func everyTypeThatIsOfferedKeepsItsValuesOrSaysWhy() throws {
        let table = try read(
            "user_id,i,f,b,d,c,same\n"
                + (0..<12).map { "\($0 + 5),\($0 % 4),\($0).5,\($0 % 2 == 0),2024-01-\($0 + 10),c\($0 % 3),1\n" }
                .joined())
        for column in table.columns {
            #expect(column.type.castable.first == column.type)
            for type in column.type.castable {
                do {
                    let cast = try column.cast(to: type)
                    #expect(cast.type == type && cast.count == column.count && cast.missingCount == column.missingCount)
                } catch let error as TableError {
                    #expect(error.column == column.name && column.type == .categorical)
                }
            }
        }
        #expect(throws: TableError.self) { try table.column("d")?.cast(to: .integer) }
    }

    @Test func gzipIsReadBackByTheReader() throws {
        let csv = "a,b\n" + (0..<500).map { "\($0),x\($0 % 7)\n" }.joined()
        let packed = try #require(Gzip.compress(Array(csv.utf8)))
        #expect(packed.count < csv.utf8.count / 2)
        #expect(packed == Gzip.compress(Array(csv.utf8)))
        #expect(try TableReader.read(.bytes(packed)).0 == read(csv))
        #expect(Gzip.compress([])?.isEmpty == false)
    }
}
