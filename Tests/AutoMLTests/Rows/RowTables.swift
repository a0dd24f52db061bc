import Foundation
import Search
import Tabular

/// Tables whose rows belong together or follow each other in a known way.
enum RowTables {
    /// Rows of so many patients, a share of the target's variance between them; `isShuffled` takes their names from each other.
    static func patients(
        _ count: Int = 60, rowsEach: Int = 8, share: Double = 0.8, isShuffled: Bool = false, isNumber: Bool = false,
        isClass: Bool = false
    ) -> Table {
        var random = Seed(3).generator()
        var (ids, x, y): ([Int], [Double], [Double]) = ([], [], [])
        for patient in 0..<count {
            let level = random.normal() * share.squareRoot()
            for _ in 0..<rowsEach {
                ids.append((patient * 37) % count + 100)
                x.append(random.normal())
                y.append(level + random.normal() * (1 - share).squareRoot())
            }
        }
        if isShuffled { random.shuffle(&ids) }
        return Table(columns: [
            isNumber
                ? Fixtures.integers("patient", ids) : Fixtures.strings("patient", ids.map { "p\($0)" }),
            Fixtures.numbers("x", x),
            isClass ? Fixtures.strings("y", y.map { $0 > 0 ? "b" : "a" }) : Fixtures.numbers("y", y),
        ])
    }

    /// Rows of noise, and copies of the first so many, all in random order.
    static func copies(rows: Int = 400, copied: Int) -> Table {
        var random = Seed(4).generator()
        let table = Table(columns: [
            Fixtures.numbers("a", (0..<rows).map { _ in random.normal() }),
            Fixtures.numbers("b", (0..<rows).map { _ in random.normal() }),
            Fixtures.strings("c", (0..<rows).map { _ in ["x", "y", "z"][random.below(3)] }),
            Fixtures.strings("y", (0..<rows).map { _ in random.unit() < 0.5 ? "no" : "yes" }),
        ])
        var order = (0..<Int32(rows)).map { $0 } + (0..<Int32(copied)).map { $0 }
        random.shuffle(&order)
        return table.selecting(order)
    }

    /// Days in random order whose target rises and whose `x` does not.
    static func drifting(rows: Int = 600, isShuffled: Bool = false) -> Table {
        var random = Seed(5).generator()
        var days = (0..<rows).map { $0 / 2 }
        random.shuffle(&days)
        let y = days.map { Double($0) / 100 + random.normal() }
        if isShuffled { random.shuffle(&days) }
        return Table(columns: [
            Fixtures.numbers("x", days.map { _ in random.normal() }), Fixtures.numbers("y", y),
            Column(name: "day", type: .date, storage: .dates(PackedIntegers(days.map { Int64(18_000 + $0) }))),
        ])
    }

    /// Hourly counts of which three in ten hours have a second or third row that differs in the weather alone, and hours of
    /// the same time that are kept apart. What an hour is like beyond the time of day is its own.
    static func hours(_ count: Int = 1_500) -> (table: Table, unseen: Table) {
        var random = Seed(6).generator()
        var (hours, temperatures, weathers, y): ([Int], [Double], [String?], [Double]) = ([], [], [], [])
        var isUnseen: [Bool] = []
        for hour in 0..<count {
            let temperature = 10 + 8 * sin(Double(hour) / 24 * 2 * .pi) + 3 * random.normal()
            let value = (1_000 * (2 + sin(Double(hour % 24) / 24 * 2 * .pi)) + 300 * random.normal()).rounded()
            let isKeptApart = random.unit() < 0.2
            let rows = random.unit() < 0.3 ? 2 + random.below(2) : 1
            for _ in 0..<rows {
                hours.append(hour)
                temperatures.append(temperature)
                weathers.append(["clear", "clouds", "rain", "mist"][random.below(4)])
                y.append(value)
                isUnseen.append(isKeptApart)
            }
        }
        let table = Table(columns: [
            Column(
                name: "date_time", type: .datetime,
                storage: .datetimes(hours.map { (1_600_000_000 / 3_600 + Int64($0)) * 3_600_000_000 })),
            Fixtures.numbers("temperature", temperatures), Fixtures.strings("weather", weathers),
            Fixtures.numbers("count", y),
        ])
        let rows = (0..<Int32(hours.count)).map { $0 }
        return (table.selecting(rows.filter { !isUnseen[Int($0)] }), table.selecting(rows.filter { isUnseen[Int($0)] }))
    }
}
