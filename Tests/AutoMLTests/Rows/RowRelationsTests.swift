import Learners
import Search
import Tabular
import Testing

@testable import AutoML

/// What rows have to do with each other is found where it was planted, and not where it was shuffled away.
struct RowRelationsTests {
    private func prepare(_ table: Table, _ validation: ValidationChoice? = .auto) throws -> PreparedExperiment {
        try PreparedExperiment(
            table, settings: ExperimentSettings(target: "y", folds: 5, validation: validation), learners: .standard)
    }

    private func findings(_ table: Table) throws -> [RowFinding] { try prepare(table).relations.findings }

    @Test func copiesAreCounted() throws {
        let finding = try #require(try findings(RowTables.copies(copied: 60)).first)
        #expect(finding.kind == .repeats && finding.rows == 120 && finding.groups == 60 && finding.kept)
        #expect(finding.evidence.contains("120 rows (26.1 %)"))
        #expect(try findings(RowTables.copies(copied: 0)) == [])
    }

    @Test func copiesStayOnOneSide() throws {
        let table = RowTables.copies(copied: 60)
        let prepared = try prepare(table)
        #expect(prepared.validation.summary.hasSuffix("repeated rows kept together"))
        #expect(isApart(prepared.validation) { table.columns[0].doubles()?[Int($0)] ?? 0 })
        // As many rows in each fold, and as many of each class, as far as the sets allow.
        let yes = table.column("y")?.levels.firstIndex(of: "yes") ?? -1
        for index in 0..<5 {
            let scored = prepared.validation.split(index).validation
            #expect((91...93).contains(scored.count))
            let share = scored.count { table.column("y")?.code(Int($0)) == yes }
            #expect((36...56).contains(share))
        }
    }

    @Test func whatFewValuesRepeatIsNoCopy() throws {
        var random = Seed(8).generator()
        let few = (0..<4).map { column in
            Fixtures.integers("c\(column)", (0..<800).map { _ in random.below(3) })
        }
        let table = Table(columns: few + [Fixtures.strings("y", (0..<800).map { $0 % 2 == 0 ? "a" : "b" })])
        #expect(try findings(table) == [])
        // Neither is a row that is usual.
        let usual = (0..<800).map { $0 < 240 ? 0 : random.normal() }
        let most = Table(columns: [
            Fixtures.numbers("a", usual), Fixtures.numbers("b", usual.map { $0 * 2 }),
            Fixtures.strings("y", (0..<800).map { $0 % 2 == 0 ? "a" : "b" }),
        ])
        #expect(try findings(most) == [])
    }

    @Test(arguments: [false, true], [false, true])
    func entitiesAreFound(_ isNumber: Bool, _ isClass: Bool) throws {
        let table = RowTables.patients(isNumber: isNumber, isClass: isClass)
        let prepared = try prepare(table)
        let finding = try #require(prepared.relations.findings.first)
        #expect(prepared.relations.findings.count == 1)
        #expect(finding.kind == .entities && finding.columns == ["patient"] && finding.groups == 60)
        #expect(finding.rows == 480 && finding.kept)
        // 0.8 between them; two classes cut from such numbers agree by 2 / π · asin 0.8 (Sheppard 1899).
        #expect(abs(finding.strength - (isClass ? 0.59 : 0.8)) < 0.1)
        let patients = table.columns[0]
        #expect(isApart(prepared.validation) { patients.code(Int($0)) })
        #expect(prepared.validation.summary.hasSuffix("rows of one \"patient\" kept together"))
        // The name of a patient says nothing of another one.
        #expect(prepared.plan.sources.map(\.name) == ["x"])

        let shuffled = RowTables.patients(isShuffled: true, isNumber: isNumber, isClass: isClass)
        #expect(try findings(shuffled) == [])
    }

    /// Products that are sold will be sold again.
    @Test func kindsAreNoEntitiesWhateverTheirName() throws {
        let patients = RowTables.patients(share: 0.4)
        func renamed(_ name: String) -> Table {
            guard case .strings(let codes, let levels) = patients.columns[0].storage else { return patients }
            let column = Column(
                name: name, type: .categorical, storage: .strings(codes: codes, levels: levels))
            return Table(columns: [column] + patients.columns[1...])
        }
        #expect(try findings(renamed("customerId")).map(\.kind) == [.entities])
        for name in ["product_id", "CityName", "neighbourhood"] { #expect(try findings(renamed(name)) == []) }
    }

    @Test func numbersThatTheTargetFollowsAreNoEntities() throws {
        var random = Seed(9).generator()
        let sizes = (0..<900).map { _ in random.below(150) }
        let table = Table(columns: [
            Fixtures.integers("size_id", sizes), Fixtures.numbers("x", sizes.map { _ in random.normal() }),
            Fixtures.numbers("y", sizes.map { Double($0) + 5 * random.normal() }),
        ])
        #expect(try findings(table) == [])
    }

    @Test func driftIsFound() throws {
        let prepared = try prepare(RowTables.drifting())
        let finding = try #require(prepared.relations.findings.first)
        #expect(prepared.relations.findings.count == 1)
        #expect(finding.kind == .time && finding.columns == ["day"] && finding.groups == 300)
        #expect(prepared.relations.moments?.name == "day")
        // 0 … 3 evenly has a variance of 3 / 4 beside 1.
        #expect(abs(finding.strength - 0.43) < 0.08)
        // It changes no folds.
        #expect(try prepare(RowTables.drifting(), .random).validation == prepared.validation)
        #expect(try findings(RowTables.drifting(isShuffled: true)) == [])
    }

    @Test func panelsAreNamed() throws {
        let patients = RowTables.patients()
        let day = Column(
            name: "seen", type: .date, storage: .dates(PackedIntegers((0..<480).map { Int64(18_000 + $0 % 8) })))
        let y = (patients.columns[2].doubles() ?? []).enumerated().map { $1 + Double($0 % 8) / 4 }
        let table = Table(columns: Array(patients.columns[..<2]) + [day, Fixtures.numbers("y", y)])
        let found = try findings(table)
        #expect(found.map(\.kind) == [.entities, .time, .panel])
        #expect(found.last?.columns == ["patient", "seen"])
        #expect(found.last?.evidence.contains("60 of \"patient\", seen at 8 moments") == true)
    }

    @Test func theChoiceDecides() throws {
        let table = RowTables.patients()
        let random = try prepare(table, .random)
        #expect(random.validation.summary.hasPrefix("5-fold cross-validation"))
        #expect(!random.validation.summary.contains("kept together"))
        #expect(random.relations.findings.map(\.kept) == [false])
        #expect(random.plan.sources.map(\.name) == ["patient", "x"])
        // Settings of programs that did not look are divided as they were.
        let old = try prepare(table, nil)
        #expect(old.validation == random.validation && old.relations.findings == [])
        #expect(try prepare(table, .group).validation == prepare(table).validation)
        #expect(field { try prepare(table, .time) } == "folds")
        #expect(field { try prepare(RowTables.copies(copied: 0), .group) } == "group")
        let settings = ExperimentSettings(target: "y", validation: .time)
        #expect(field { try PreparedExperiment(table, settings: settings, learners: .standard) } == "time")
        let days = try PreparedExperiment(RowTables.drifting(), settings: settings, learners: .standard)
        #expect(days.validation.summary.hasSuffix("the latest by \"day\""))
    }

    private func field(_ body: () throws -> PreparedExperiment) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? AutoMLError)?.field
        }
    }

    /// Whether no key is on both sides of a split.
    private func isApart<Key: Hashable>(_ plan: ValidationPlan, _ key: (Int32) -> Key) -> Bool {
        (0..<plan.splitCount).allSatisfy { index in
            let split = plan.split(index)
            return Set(split.training.map(key)).isDisjoint(with: split.validation.map(key))
        }
    }
}

extension Column {
    fileprivate func code(_ row: Int) -> Int {
        if case .strings(let codes, _) = storage { return Int(codes[row]) }
        return Int(doubles()?[row] ?? -1)
    }

    fileprivate var levels: [String] {
        if case .strings(_, let levels) = storage { return levels }
        return []
    }
}
