import Tabular
import Testing

@Suite struct CSVWriterTests {
    @Test func whatIsWrittenReadsBackTheSame() throws {
        let source = #"""
            id,"a, b",f,b,d,t
            1,"line\#nbreak",0.1,Yes,2024-02-29,1969-12-31T23:59:59.5Z
            2,"say ""hi""",-2.5e-7,No,,2024-01-01T00:00:00Z
            3,,1e300,Yes,1850-01-01,2024-01-01T12:30:00Z

            """#
        let (table, notes) = try TableReader.read(.bytes(Array(source.utf8)))
        #expect(notes.isEmpty)
        nonisolated(unsafe) var bytes: [UInt8] = []
        var writer = CSVWriter { bytes += $0 }
        try writer.write(table)
        try writer.finish()
        #expect(try TableReader.read(.bytes(bytes)).table == table)
        #expect(
            String(decoding: bytes, as: UTF8.self).contains("2,\"say \"\"hi\"\"\",-2.5e-07,No,,2024-01-01T00:00:00Z\n"))
    }

    @Test func aLoneEmptyCellIsNotABlankLine() throws {
        nonisolated(unsafe) var bytes: [UInt8] = []
        var writer = CSVWriter { bytes += $0 }
        for value in [1.5, .nan, 2] {
            writer.cell(value)
            try writer.endRow()
        }
        try writer.finish()
        #expect(String(decoding: bytes, as: UTF8.self) == "1.5\n\"\"\n2\n")
    }
}
