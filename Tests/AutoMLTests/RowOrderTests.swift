import AutoML
import Learners
import Search
import Tabular
import Testing

/// Which rows are scored where rows belong together or follow each other.
struct RowOrderTests {
    private func table(rows: Int = 120) -> Table {
        var random = RandomSource(seed: 5)
        return Table(columns: [
            Fixtures.numbers("x", (0..<rows).map { _ in random.normal() }),
            Fixtures.strings("house", (0..<rows).map { $0 == 7 ? nil : "h\($0 % 30)" }),
            Fixtures.numbers("moment", (0..<rows).map { Double(($0 * 37) % rows) }),
            Fixtures.strings("y", (0..<rows).map { $0 % 3 == 0 ? "a" : "b" }),
        ])
    }

    private func prepare(_ settings: ExperimentSettings, _ table: Table? = nil) throws -> PreparedExperiment {
        try PreparedExperiment(table ?? self.table(), settings: settings, learners: .standard)
    }

    @Test func groupsAreNeverOnBothSides() throws {
        var settings = ExperimentSettings(target: "y", seed: 3, folds: 4, group: "house")
        let plan = try prepare(settings).validation
        #expect(plan.folds == 4)
        var scored: [Int32] = []
        for index in 0..<plan.splitCount {
            let split = plan.split(index)
            let houses = Set(split.validation.filter { $0 != 7 }.map { $0 % 30 })
            #expect(split.training.allSatisfy { $0 == 7 || !houses.contains($0 % 30) })
            #expect((25...35).contains(split.validation.count))
            if index < 4 { scored += split.validation }
        }
        #expect(scored.sorted() == (0..<120).map(Int32.init))
        #expect(try prepare(settings).validation == plan)
        settings.seed = 4
        #expect(try prepare(settings).validation != plan)
        #expect(try !prepare(settings).plan.sources.contains { $0.name == "house" })

        settings = ExperimentSettings(target: "y", holdout: 0.3, group: "house")
        let held = try prepare(settings).validation
        let houses = Set(held.scoredRows.filter { $0 != 7 }.map { $0 % 30 })
        #expect((30...42).contains(held.scoredRows.count) && !held.isCrossValidation)
        #expect(held.split(0).training.allSatisfy { $0 == 7 || !houses.contains($0 % 30) })
    }

    @Test func theLatestRowsAreHeldOut() throws {
        let prepared = try prepare(.init(target: "y", holdout: 0.25, time: "moment"))
        let split = prepared.validation.split(0)
        #expect(split.validation.count == 30 && split.training.count == 90)
        func moment(_ row: Int32) -> Int { Int(row) * 37 % 120 }
        #expect(split.training.map(moment).max() ?? .max < split.validation.map(moment).min() ?? .min)
        #expect(prepared.plan.sources.contains { $0.name == "moment" })
        // Rows of one moment stay on one side.
        let coarse = Table(
            columns: table().columns.filter { $0.name != "moment" }
                + [Fixtures.integers("moment", (0..<120).map { $0 / 40 })])
        let steps = try prepare(.init(target: "y", time: "moment"), coarse).validation
        #expect(steps.scoredRows == (80..<120).map(Int32.init))
    }

    @Test func aShareIsHeldOut() throws {
        let plan = try prepare(.init(target: "y", holdout: 0.1)).validation
        #expect(!plan.isCrossValidation && (10...14).contains(plan.scoredRows.count))
        #expect(plan.summary.hasPrefix("hold-out of"))
    }

    @Test func whatCannotBeDividedIsAnError() {
        func field(_ settings: ExperimentSettings, _ table: Table? = nil) -> String? {
            do {
                _ = try prepare(settings, table)
                return nil
            } catch {
                return (error as? AutoMLError)?.field
            }
        }
        let one = Table(columns: table().columns + [Fixtures.integers("one", (0..<120).map { _ in 1 })])
        #expect(field(.init(target: "y", folds: 3, group: "one"), one) == "group")
        #expect(field(.init(target: "y", holdout: 0.2, group: "one"), one) == "group")
        #expect(field(.init(target: "y", time: "one"), one) == "time")
        #expect(field(.init(target: "y", time: "house")) == "time")
        let late = Table(
            columns: [
                Fixtures.numbers("x", (0..<120).map { Double($0 % 7) }),
                Fixtures.integers("t", (0..<120).map { $0 }),
                Fixtures.strings("y", (0..<120).map { $0 < 60 && $0 % 2 == 0 ? "a" : "b" }),
            ])
        #expect(field(.init(target: "y", time: "t"), late) == "time")
    }
}
