import Foundation
import Tabular
import Testing

/// A file of `Resources/odd` and what must become of it.
struct OddFile: Decodable, Sendable, CustomTestStringConvertible {
    struct Failure: Decodable, Sendable {
        var code: String
        var row: Int?
        var line: Int?
        var column: String?
    }

    /// Column, row from 1, and the text a writer would write; nil for a missing cell.
    struct Expectation: Decodable, Sendable {
        var column: String
        var row: Int
        var text: String?

        init(from decoder: any Decoder) throws {
            var parts = try decoder.unkeyedContainer()
            column = try parts.decode(String.self)
            row = try parts.decode(Int.self)
            text = try parts.decodeNil() ? nil : parts.decode(String.self)
        }
    }

    var file: String
    var error: Failure?
    var rows: Int?
    var columns: [String]?
    var types: [String]?
    var cells: [Expectation]?
    var notes: [String]?

    var testDescription: String { file }

    static func all() throws -> [OddFile] {
        let data = try Data(contentsOf: URL(fileURLWithPath: resource("odd/expected.json")))
        return try JSONDecoder().decode([OddFile].self, from: data)
    }
}

@Suite struct OddFileTests {
    private func text(_ column: Column, _ row: Int) throws -> String? {
        if column.isMissing(row) { return nil }
        nonisolated(unsafe) var bytes: [UInt8] = []
        var writer = CSVWriter { bytes += $0 }
        if case .strings(let codes, let levels) = column.storage { return levels[Int(codes[row])] }
        writer.cell(column, row)
        try writer.endRow()
        try writer.finish()
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    @Test func thereAreManyAndEachFileHasItsOutcome() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: resource("odd"))
        let described = try OddFile.all().map(\.file) + ["expected.json", "make.py"]
        #expect(files.sorted() == described.sorted())
        #expect(files.count >= 60)
    }

    @Test(arguments: try OddFile.all())
    func eachFileHasItsOutcome(odd: OddFile) throws {
        let source = TableSource.file(resource("odd/\(odd.file)"))
        if let expected = odd.error {
            let error = try #require(throws: TableError.self) { try TableReader.read(source) }
            #expect(error.code.rawValue == expected.code, "\(error)")
            #expect(error.row == expected.row)
            #expect(error.line == expected.line)
            #expect(error.column == expected.column)
            #expect(!error.description.contains("\n"))
            #expect(throws: TableError.self) { try TableReader.readChunks(source) { _ in } }
            return
        }
        let (table, notes) = try TableReader.read(source)
        #expect(table.rowCount == odd.rows)
        if let columns = odd.columns { #expect(table.columns.map(\.name) == columns) }
        if let types = odd.types { #expect(table.columns.map(\.type.rawValue) == types) }
        for cell in odd.cells ?? [] {
            let column = try #require(table.column(cell.column))
            #expect(try text(column, cell.row - 1) == cell.text)
        }
        #expect(notes.map(\.code.rawValue) == odd.notes ?? [], "\(notes)")
        var parts: [Table] = []
        let summary = try TableReader.readChunks(source, rowsPerChunk: 3) { parts.append($0) }
        #expect(summary.notes == notes)
        expectSame(try #require(Table(joining: parts)), table)
    }
}
