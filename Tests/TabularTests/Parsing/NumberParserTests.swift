import Testing

@testable import Tabular

@Suite struct NumberParserTests {
    private func double(_ text: String) -> Double? { Array(text.utf8).withUnsafeBufferPointer(NumberParser.double) }
    private func integer(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBufferPointer(NumberParser.integer) }

    /// The oracle is Swift's own conversion, which rounds correctly.
    @Test func decimalsAreCorrectlyRounded() {
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            #expect(double(value.description) == value)
        }
        for text in [
            "9007199254740993", "0.1", "123456789.987654321", "1e22", "1e23", "8.5e-320", "4.9e-324", "2.4e-324",
            "1.7976931348623157e308", "0.30000000000000004", "000000000000000000000001.5",
            "0.000000000000000000000000000015",
            "123456789012345678901234567890", "179769313486231580793728971405301e276",
        ] {
            #expect(double(text) == Double(text), "\(text)")
        }
    }

    @Test func readingAWholeTableRoundsTheSame() throws {
        var state: UInt64 = 11
        var text = "x\n"
        var expected: [Double] = []
        for row in 0..<3000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let digits = Int(state >> 59) % 17 + 1
            let cell = "\(row % 2 == 0 ? "-" : "")\(state >> 44).\(String(state >> 8).suffix(digits))"
            text += cell + "\n"
            expected.append(try #require(Double(cell)))
        }
        let table = try TableReader.read(.bytes(Array(text.utf8))).table
        #expect(table.columns[0].storage == .doubles(expected))
    }

    @Test(arguments: ["", "-", "+", ".", "1e", "e5", "1.2.3", "0x1F", "1_000", "--1", "1 2", "nan", "infin", "1e5.5"])
    func otherTextIsNoNumber(text: String) {
        #expect(double(text) == nil)
        #expect(integer(text) == nil)
    }

    @Test func wholeNumbersStopAt64Bits() {
        #expect(integer("9223372036854775807") == .max)
        #expect(integer("-9223372036854775808") == .min)
        #expect(integer("9223372036854775808") == nil)
        #expect(integer("+0012") == 12)
        #expect(double("-0")?.sign == .plus)
    }
}
