import Foundation
import Learners
import Search
import Tabular
import Testing

@testable import AutoML

struct LeakFinderTests {
    /// 600 rows of three columns that say a little of the target at most, and what is planted beside them.
    private static func table(_ task: Learners.Task, _ plant: (Int, Double, inout RandomSource) -> [String: String])
        throws
        -> (Table, ExperimentSettings)
    {
        var random = Seed(11).generator()
        var columns: [String: [String]] = [:]
        for row in 0..<600 {
            let first = random.unit()
            let value = first + 2 * random.unit()
            let target: Double
            switch task {
            case .regression: target = (value * 1e4).rounded() / 1e4
            case .binary: target = value > 1.5 ? 1 : 0
            case .multiclass: target = value > 2 ? 2 : value > 1 ? 1 : 0
            }
            var cells = plant(row, target, &random)
            cells["first"] = "\(first)"
            cells["second"] = "\(random.unit())"
            cells["kind"] = ["red", "green", "blue"][random.below(3)]
            cells["y"] = task == .regression ? "\(target)" : "class \(Int(target))"
            for (name, cell) in cells { columns[name, default: []].append(cell) }
        }
        let names = columns.keys.sorted()
        var lines = [names.joined(separator: ",")]
        for row in 0..<600 { lines.append(names.map { columns[$0]?[row] ?? "" }.joined(separator: ",")) }
        let table = try TableReader.read(.bytes(Array(lines.joined(separator: "\n").utf8)), ReadOptions()).table
        return (table, ExperimentSettings(target: "y", budget: .trials(1)))
    }

    private static func leaks(
        _ task: Learners.Task, _ plant: (Int, Double, inout RandomSource) -> [String: String]
    ) throws -> [Leak] {
        let (table, settings) = try table(task, plant)
        return try LeakFinder(
            table, PreparedExperiment(table, settings: settings, learners: LearnerSet.standard)
        ).leaks()
    }

    @Test(arguments: Learners.Task.allCases)
    func honestColumnsAreNotNamed(_ task: Learners.Task) throws {
        #expect(try Self.leaks(task) { _, _, _ in [:] } == [])
    }

    @Test(arguments: Learners.Task.allCases)
    func copiesAreFoundHoweverTheyAreWritten(_ task: Learners.Task) throws {
        let leaks = try Self.leaks(task) { _, target, random in
            [
                "copy": "\(target)", "recoded": "\(7 - 3 * target)", "log": "\(log(1 + target))",
                "noisy": random.unit() < 0.04 ? "\(Double(random.below(3)))" : "\(target)",
            ]
        }
        #expect(Set(leaks.map(\.columns)) == [["copy"], ["recoded"], ["log"], ["noisy"]])
        #expect(leaks.allSatisfy { $0.kind == .column && $0.evidence.contains("\"y\"") })
    }

    @Test(arguments: Learners.Task.allCases)
    func whatIsThereForSomeValuesAloneIsFound(_ task: Learners.Task) throws {
        let leaks = try Self.leaks(task) { row, target, _ in
            ["closed": target > (task == .regression ? 1.5 : 0) ? "2024-01-\(10 + row % 20)" : ""]
        }
        #expect(leaks.map(\.columns) == [["closed"]])
    }

    @Test func aMomentThatIsLaterForOneClassIsFound() throws {
        let leaks = try Self.leaks(.binary) { row, target, _ in
            let day = 12 + row % 15
            return ["opened": "2024-01-\(day)", "closed": "2024-01-\(target > 0 ? day + 1 : day - 1)"]
        }
        #expect(leaks.contains { $0.kind == .order && Set($0.columns) == ["opened", "closed"] })
    }

    @Test(arguments: ["sum", "ratio"])
    func twoColumnsThatTellTogetherAreFound(_ kind: String) throws {
        let leaks = try Self.leaks(.regression) { _, target, random in
            let part = 0.5 + 5 * random.unit()
            return ["one": "\(kind == "sum" ? target - part : target * part)", "other": "\(part)"]
        }
        #expect(leaks.map(\.kind) == [.pair])
        #expect(Set(leaks.flatMap(\.columns)) == ["one", "other"])
    }

    @Test func aColumnThatCountsTheRowsIsFound() throws {
        let leaks = try Self.leaks(.binary) { row, _, _ in ["Unnamed: 0": "\(row)"] }
        #expect(leaks.map(\.kind) == [.index])
        #expect(leaks.map(\.columns) == [["Unnamed: 0"]])
    }

    @Test func rowsInTheOrderOfTheTargetAreFound() throws {
        let (table, settings) = try Self.table(.regression) { _, _, _ in [:] }
        let values = try #require(table.column("y")?.doubles())
        let order = values.indices.sorted { values[$0] < values[$1] }.map(Int32.init)
        let sorted = table.selecting(order)
        let leaks = try LeakFinder(
            sorted, PreparedExperiment(sorted, settings: settings, learners: LearnerSet.standard)
        ).leaks()
        #expect(leaks.map(\.kind) == [.rows])
    }
}
