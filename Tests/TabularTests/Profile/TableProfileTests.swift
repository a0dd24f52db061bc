import Foundation
import Tabular
import Testing

@Suite struct TableProfileTests {
    private func table() throws -> Table {
        var text = "n,copy,same,town\n"
        for row in 1...100 { text += "\(row),\(row),x,\(row % 10 == 0 ? "" : row % 3 == 0 ? "Bern" : "Zug")\n" }
        return try TableReader.read(.bytes(Array(text.utf8))).table
    }

    @Test func numbersAndLevelsAreDescribed() throws {
        let profile = TableProfile(try table())
        #expect(profile.rows == 100)
        let numbers = profile.columns[0]
        #expect(numbers.minimum == 1 && numbers.maximum == 100 && numbers.distinct == 100)
        #expect(numbers.mean == 50.5)
        #expect(abs((numbers.standardDeviation ?? 0) - 29.011491975882016) < 1e-12)
        #expect(numbers.quantiles?[2] == 50.5)
        #expect(numbers.histogram?.counts == Array(repeating: 5, count: 20))
        #expect(profile.columns[1].warnings == [.duplicateColumn])
        #expect(profile.columns[1].duplicateOf == "n")
        #expect(profile.columns[2].warnings == [.constant])
        #expect(profile.columns[3].missing == 10)
        #expect(profile.columns[3].top?.first == ColumnProfile.Level(value: "Zug", count: 60))
    }

    @Test func numbersNearTheLargestHaveADeviation() throws {
        func profile(_ cells: [String]) throws -> ColumnProfile {
            let text = "n,m\n" + cells.map { "\($0),1" }.joined(separator: "\n") + "\n"
            return TableProfile(try TableReader.read(.bytes(Array(text.utf8))).table).columns[0]
        }
        let large = try profile(["1e155", "-1e155", "3e155", "5"])
        #expect(abs((large.mean ?? 0) / 7.5e154 - 1) < 1e-12)
        #expect(abs((large.standardDeviation ?? 0) / 1.707825127659933e155 - 1) < 1e-12)
        // Further apart than the largest number: quantiles lie between, and there is a deviation as long as there can be.
        let apart = try profile(["1.5e308", "-1.5e308", "1.5e308", "-1.5e308", "0"])
        #expect(apart.mean == 0 && apart.quantiles?[2] == 0)
        #expect(apart.quantiles?.allSatisfy(\.isFinite) == true)
        #expect(abs((apart.standardDeviation ?? 0) / 1.5e308 - 1) < 1e-12)
        #expect(try profile(["1.7e308", "-1.7e308"]).standardDeviation == nil)
        let small = try profile(["1", "2", "3", "4"])
        #expect(small.standardDeviation == (5.0 / 3).squareRoot())
        _ = try JSONEncoder().encode([large, apart, try profile(["1.7e308", "-1.7e308"])])
    }

    @Test func howRowsAreCutDoesNotMatter() throws {
        let table = try table()
        var builder = ProfileBuilder()
        for start in stride(from: 0, to: 100, by: 7) { builder.add(table.slice(start..<min(start + 7, 100))) }
        #expect(builder.profile() == TableProfile(table))
    }

    @Test func theWireFormIsSnakeCase() throws {
        let json = String(decoding: try JSONEncoder().encode(TableProfile(try table())), as: UTF8.self)
        for key in ["\"rows\"", "\"standard_deviation\"", "\"duplicate_of\"", "\"missing\"", "\"distinct\""] {
            #expect(json.contains(key))
        }
    }
}
