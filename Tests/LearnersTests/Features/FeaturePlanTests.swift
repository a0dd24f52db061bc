import Foundation
import Learners
import Tabular
import Testing

@Suite struct FeaturePlanTests {
    @Test func uselessColumnsAreDroppedWithTheirReason() {
        let plan = FeaturePlan(
            fitting: Table(columns: [
                .integers("id", [1, 2, 3], type: .idLike), .numbers("same", [4, 4, 4]),
                .numbers("none", [.nan, .nan, .nan]), .numbers("some", [4, .nan, 4]), .integers("x", [1, 2, 2]),
            ]))
        #expect(plan.dropped.map(\.name) == ["id", "same", "none"])
        #expect(plan.dropped.allSatisfy { !$0.reason.isEmpty })
        #expect(plan.featureNames == ["some", "x"])
    }

    @Test func datesBecomeTheirParts() throws {
        // 2024-02-29 (a Thursday), 1969-12-31 (a Wednesday), 2000-12-31 (a Sunday)
        let table = Table(columns: [.dates("d", [19_782, -1, 11_322])])
        let plan = FeaturePlan(fitting: table)
        let features = try plan.apply(table)
        #expect(plan.featureNames == ["d.year", "d.month", "d.day", "d.weekday", "d.day_of_year", "d.days"])
        #expect(
            features.columns.map { $0.doubles() } == [
                [2024, 1969, 2000], [2, 12, 12], [29, 31, 31], [4, 3, 7], [60, 365, 366], [19_782, -1, 11_322],
            ])
    }

    @Test func partsThatDoNotDifferAreLeftOut() throws {
        // 2024-01-01T06:30 and 2024-01-08T07:30: the same year, month and weekday
        let hour: Int64 = 3_600_000_000
        let day: Int64 = 24 * hour
        let column = Column(
            name: "t", type: .datetime,
            storage: .datetimes([19_723 * day + 13 * hour / 2, 19_730 * day + 15 * hour / 2, 0]),
            validity: {
                var bits = Bitmap(repeating: true, count: 3)
                bits[2] = false
                return bits
            }())
        let plan = FeaturePlan(fitting: Table(columns: [column]))
        #expect(plan.featureNames == ["t.day", "t.day_of_year", "t.days", "t.hour", "t.minute_of_day"])
        let features = try plan.apply(Table(columns: [column]))
        #expect(features.columns.allSatisfy { $0.isMissing(2) && !$0.isMissing(0) })
        #expect(features.column("t.hour")?.doubles()?.prefix(2) == [6, 7])
        #expect(features.column("t.minute_of_day")?.doubles()?.prefix(2) == [390, 450])
        #expect(abs((features.column("t.days")?.doubles()?[0] ?? 0) - (19_723 + 6.5 / 24)) < 1e-9)
    }

    @Test func wholeHoursNeedNoMinutes() {
        let hour: Int64 = 3_600_000_000
        let column = Column(name: "t", type: .datetime, storage: .datetimes([hour, 30 * hour]))
        let names = FeaturePlan(fitting: Table(columns: [column])).featureNames
        #expect(names.contains("t.hour") && !names.contains("t.minute_of_day"))
    }

    @Test func partNamesDoNotClash() {
        let plan = FeaturePlan(
            fitting: Table(columns: [.dates("d", [0, 400]), .integers("d.year", [1, 2])]))
        #expect(Set(plan.featureNames).count == plan.featureNames.count)
    }

    @Test func columnsMayBeReorderedAndMore() throws {
        let table = Table(columns: [.integers("a", [1, 2]), .strings("b", ["x", "y"])])
        let plan = FeaturePlan(fitting: table)
        let other = Table(columns: [.strings("b", ["y", "z"]), .numbers("c", [0, 1]), .numbers("a", [1.5, 3])])
        let features = try plan.apply(other)
        #expect(features.columns.map(\.name) == ["a", "b"])
        #expect(features.column("a")?.doubles() == [1.5, 3])
    }

    @Test func anAbsentColumnIsNamed() throws {
        let plan = FeaturePlan(fitting: Table(columns: [.integers("a", [1, 2]), .strings("b", ["x", "y"])]))
        let other = Table(columns: [.integers("a", [1, 2])])
        #expect(plan.absentColumns(in: other) == ["b"])
        #expect(throws: FeatureError(message: "the model needs this column and the table has none", column: "b")) {
            try plan.apply(other)
        }
        let features = try plan.apply(other, absent: .areMissing)
        #expect(features.column("b")?.missingCount == 2)
    }

    @Test func textWhereNumbersWereIsNamedWithItsRow() throws {
        let plan = FeaturePlan(fitting: Table(columns: [.numbers("a", [1, 2, 3])]))
        #expect(throws: FeatureError(message: "\"tall\" is not a number", column: "a", row: 2)) {
            try plan.apply(Table(columns: [.strings("a", ["1.5", nil, "tall"])]))
        }
        let features = try plan.apply(Table(columns: [.strings("a", ["1.5", nil, "7"])]))
        #expect(features.column("a")?.doubles()?[2] == 7)
        #expect(features.column("a")?.isMissing(1) == true)
    }

    @Test func numbersWhereDatesOrCategoriesWere() throws {
        let dated = FeaturePlan(fitting: Table(columns: [.dates("d", [1, 40])]))
        #expect(throws: FeatureError.self) { try dated.apply(Table(columns: [.integers("d", [1, 2])])) }
        let named = FeaturePlan(fitting: Table(columns: [.strings("c", ["10", "b"])]))
        let features = try named.apply(Table(columns: [.numbers("c", [10, 2.5, .nan])]))
        guard case .strings(let codes, let levels) = features.columns[0].storage else {
            Issue.record("not strings")
            return
        }
        #expect(levels == ["10", "2.5"])
        #expect(codes.int64s() == [0, 1, -1])
        let flag = Column(name: "c", type: .boolean, storage: .booleans(Bitmap(repeating: true, count: 1)))
        #expect(throws: FeatureError.self) { try named.apply(Table(columns: [flag])) }
    }

    @Test func anAllMissingColumnOfAnyStorageIsMissing() throws {
        let plan = FeaturePlan(fitting: Table(columns: [.numbers("a", [1, 2]), .strings("b", ["x", "y"])]))
        let other = Table(columns: [.strings("a", [nil, nil]), .numbers("b", [.nan, .nan])])
        let features = try plan.apply(other)
        #expect(features.columns.allSatisfy { $0.missingCount == 2 })
        #expect(features.columns.map(\.isNumeric) == [true, false])
    }

    @Test func itTravelsAsJSON() throws {
        let plan = FeaturePlan(
            fitting: Table(columns: [.dates("d", [1, 400]), .numbers("same", [1, 1]), .strings("c", ["p", "q"])]))
        let copy = try JSONDecoder().decode(FeaturePlan.self, from: JSONEncoder().encode(plan))
        #expect(copy == plan)
    }
}
