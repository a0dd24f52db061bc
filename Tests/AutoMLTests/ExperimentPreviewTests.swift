import AutoML
import Learners
import Search
import Tabular
import Testing

struct ExperimentPreviewTests {
    private func preview(_ table: Table, _ settings: ExperimentSettings, slots: Int = 1) throws -> ExperimentPreview {
        try ExperimentPreview(table, settings: settings, learners: .standard, slots: slots, threads: 2)
    }

    private func with(_ column: Column, _ table: Table) -> Table { Table(columns: [column] + table.columns) }

    private func numbers(_ table: Table, _ name: String) -> [Double] { table.column(name)?.doubles() ?? [] }

    @Test func leaksAreFoundAndHonestColumnsAreNot() throws {
        let regression = Fixtures.regression(rows: 400)
        let copied = Fixtures.numbers("leak", numbers(regression, "y").map { ($0 / 4).rounded() + $0 * $0 * $0 })
        let found = try preview(with(copied, regression), .init(target: "y"))
        #expect(found.columns.filter(\.isLeaking).map(\.name) == ["leak"])
        #expect(found.columns.allSatisfy { (0...1).contains($0.strength) })
        #expect(found.columns.first { $0.name == "a" }.map { $0.strength > 0.3 && $0.strength < 0.9 } == true)
        #expect(found.classes == nil && found.classCount == 0)

        let binary = Fixtures.binary(rows: 400)
        guard case .strings(let codes, let levels) = try #require(binary.column("label")).storage else { return }
        let coded = Fixtures.integers("code", codes.int64s().map { levels[Int($0)] == "yes" ? 7 : 3 })
        let leaking = try preview(with(coded, binary), .init(target: "label"))
        #expect(leaking.columns.filter(\.isLeaking).map(\.name) == ["code"])
        #expect(leaking.columns.first { $0.name == "noise" }.map { $0.strength < 0.2 } == true)
    }

    @Test func aRareClassDoesNotMakeEveryColumnLeak() throws {
        var random = RandomSource(seed: 1)
        let table = Table(columns: [
            Fixtures.numbers("x", (0..<600).map { _ in random.normal() }),
            Fixtures.strings("y", (0..<600).map { $0 % 60 == 0 ? "rare" : "usual" }),
        ])
        #expect(try preview(table, .init(target: "y")).columns.map(\.isLeaking) == [false])
    }

    @Test func theEstimateFollowsTheBudgetAndTheSlots() throws {
        let table = Fixtures.binary()
        let some = try preview(table, .init(target: "label", budget: .trials(10))).estimate
        #expect(some.trials == 10 && abs(some.seconds - 10 * some.secondsPerTrial) < 1e-9)
        let timed = try preview(table, .init(target: "label", budget: .seconds(60))).estimate
        let wide = try preview(table, .init(target: "label", budget: .seconds(60)), slots: 4).estimate
        #expect(timed.seconds == 60 && wide.trials >= timed.trials && !timed.basis.isEmpty)
    }

    @Test func targetsAreSuggestedByNamePlaceAndTask() {
        func suggested(_ columns: [Column]) -> String? {
            TargetSuggestion.column(in: TableProfile(Table(columns: columns)))
        }
        let numbers = Fixtures.numbers("a", (0..<40).map { Double($0) / 3 })
        let classes = Fixtures.strings("kind", (0..<40).map { "k\($0 % 2)" })
        #expect(suggested([classes, numbers]) == "a" || suggested([classes, numbers]) == "kind")
        #expect(suggested([numbers, classes]) == "kind")
        #expect(suggested([Fixtures.integers("Survived", (0..<40).map { $0 % 2 }), numbers, classes]) == "Survived")
        #expect(suggested([Fixtures.integers("one", (0..<40).map { _ in 1 })]) == nil)
        #expect(suggested([]) == nil)
    }
}
