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

    @Test func theSmallestWholeNumberIsWritten() throws {
        nonisolated(unsafe) var bytes: [UInt8] = []
        var writer = CSVWriter { bytes += $0 }
        for number in [-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_808, -9_007_199_254_740_991] {
            writer.cell(number)
        }
        writer.cell(Int64.min)
        try writer.endRow()
        try writer.finish()
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "-9.223372036854776e+18,9.223372036854776e+18,-9007199254740991,-9223372036854775808\n")
    }

    @Test func momentsThatNoCalendarHasAreWritten() {
        #expect(DateText.datetime(.min).hasSuffix("-12-21T19:59:05.224192Z"))
        #expect(DateText.datetime(.max).hasSuffix("-01-10T04:00:54.775807Z"))
        #expect(DateText.datetime(-1) == "1969-12-31T23:59:59.999999Z")
        #expect(!DateText.date(.max).isEmpty && !DateText.date(.min).isEmpty)
    }

    @Test func numbersOfAnySizeBecomeTheNearestWholeOne() {
        #expect(
            [1e300, -1e300, .nan, 2.9, -2.9, -0x1p63, 0x1p63].map { Int64(saturating: $0) }
                == [.max, .min, 0, 2, -2, .min, .max])
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
