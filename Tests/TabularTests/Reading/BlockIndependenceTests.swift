import Testing

@testable import Tabular

/// What is read must not depend on how the text is cut into blocks or on how many threads parse them.
@Suite struct BlockIndependenceTests {
    static let text: [UInt8] = {
        var text = "id,whole,late,price,flag,when,note,code,eu,gap\r\n"
        for row in 0..<400 {
            let late = row == 390 ? "x" : "\(row)"
            let price = row % 17 == 0 ? "NA" : row % 5 == 0 ? "-0" : "\(Double(row) / 16)"
            let note = row % 3 == 0 ? "\"a \"\"quoted\"\", note\n\(row)\"" : "plain"
            text += "\(row),\(row * 37 % 100),\(late),\(price),\(row % 2 == 0 ? "Yes" : "no"),"
            text += "2024-01-\(10 + row % 20) 0\(row % 10):30,\(note),C\(row * 7919 % 50),"
            text += "\"\(row % 2 == 0 ? "1.234" : "12,5")\",\(row % 2 == 0 ? "" : "?")\r\n"
            if row % 50 == 0 { text += "\r\n" }
        }
        return Array(text.utf8)
    }()

    private func options(_ threads: Int, _ block: Int) -> ReadOptions {
        var options = ReadOptions(threads: threads)
        options.blockBytes = block
        return options
    }

    @Test(arguments: [1, 2, 3], [16, 64, 333, 4096])
    func cuttingAndThreadsDoNotMatter(threads: Int, block: Int) throws {
        let whole = try TableReader.read(.bytes(Self.text), options(1, 1 << 20))
        #expect(
            whole.table.schema.columns.map(\.type) == [
                .idLike, .integer, .idLike, .float, .boolean, .datetime, .categorical, .categorical, .float, .constant,
            ])
        let cut = try TableReader.read(.bytes(Self.text), options(threads, block))
        expectSame(cut.table, whole.table)
        #expect(cut.notes == whole.notes)
        #expect(whole.table.column("eu")?.storage == .doubles((0..<400).map { $0 % 2 == 0 ? 1234 : 12.5 }))
    }

    @Test(arguments: [1, 7, 100, 399, 400, 1000])
    func chunksJoinToTheWhole(rowsPerChunk: Int) throws {
        let whole = try TableReader.read(.bytes(Self.text)).table
        var parts: [Table] = []
        let summary = try TableReader.readChunks(.bytes(Self.text), options(2, 200), rowsPerChunk: rowsPerChunk) {
            parts.append($0)
        }
        #expect(summary.rowCount == 400)
        #expect(parts.dropLast().allSatisfy { $0.rowCount == rowsPerChunk })
        expectSame(try #require(Table(joining: parts)), whole)
    }

    @Test(arguments: [16, 64, 1 << 20])
    func placesOfErrorsDoNotDependOnBlocks(block: Int) throws {
        let lines = String(decoding: Self.text, as: UTF8.self)
        let long = Array((lines + "1,2,3,4,yes,2024-01-01,n,c,1,,9\r\n1,2").utf8)
        let error = try #require(throws: TableError.self) { try TableReader.read(.bytes(long), options(2, block)) }
        #expect(error.code == .tooManyCells)
        #expect(error.row == 401)
        #expect(error.line == 1 + 400 + 134 + 8 + 1)
        var forced = options(2, block)
        forced.types = ["late": .integer]
        let mismatch = try #require(throws: TableError.self) { try TableReader.read(.bytes(Self.text), forced) }
        #expect(mismatch.column == "late")
        #expect(mismatch.row == 391)
        #expect(mismatch.line == 1 + 390 + 130 + 8 + 1)
    }

    @Test func aLateBadByteMakesTheWholeFileLatin1() throws {
        var bytes = Array("name,n\n".utf8)
        for row in 0..<200 { bytes += Array("Z\u{FC}rich \(row % 4),\(row)\n".utf8) }
        bytes += Array("Gen".utf8) + [0xE8] + Array("ve,7\n".utf8)
        let (table, notes) = try TableReader.read(.bytes(bytes), options(2, 64))
        #expect(notes.map(\.code) == [.latin1])
        #expect(notes.first?.line == 202)
        guard case .strings(_, let levels) = table.columns[0].storage else {
            Issue.record("names are strings")
            return
        }
        #expect(levels.last == "Gen\u{E8}ve")
        #expect(levels.first == "Z\u{C3}\u{BC}rich 0")
    }
}
