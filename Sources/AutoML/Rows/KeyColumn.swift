import Search
import Tabular

/// A column that may name what a row is of.
struct KeyColumn {
    /// Names that say so, as whole words.
    private static let words: Set<String> = [
        "id", "ids", "uid", "uuid", "guid", "pid", "sid", "cid", "key", "name", "patient", "subject", "subj", "person",
        "people", "customer", "client", "user", "member", "account", "household", "family", "student", "pupil",
        "employee",
        "participant", "respondent", "individual", "animal", "driver", "player", "speaker", "author", "owner", "donor",
        "borrower", "email", "phone", "ssn", "mrn", "vin", "imei", "serial",
    ]
    /// Names of kinds and places, of which rows to come are too, whatever else is in the name.
    private static let kinds: Set<String> = [
        "product", "item", "store", "shop", "brand", "model", "make", "type", "kind", "class", "category", "group",
        "region",
        "zone", "area", "city", "state", "country", "county", "district", "location", "place", "site", "station",
        "airport",
        "route", "line", "carrier", "department", "team", "course", "school", "company", "sector", "industry", "code",
        "zip",
        "service", "color", "colour", "species", "day", "month", "year", "hour", "week",
    ]

    let column: Column
    let name: String
    /// Whether its name says that it names something.
    let isNamedAsKey: Bool
    /// Whether values next to each other are alike in a way: numbers and moments, not words.
    let isOrdered: Bool
    /// The rows that are looked at, as places among all: those with a value, or of many those of some values, each with all
    /// of its rows and its neighbours.
    let places: [Int32]
    /// For each of these the place of its value in their order.
    let codes: [Int64]
    /// Different values among them.
    let levels: Int

    /// Rows that are looked at, about.
    static let mostRows = 60_000
    private static let windows = 32
    private static let sampled = 4_096

    init(_ column: Column, rows: [Int32]) {
        self.column = column
        name = column.name
        let words = KeyColumn.words(of: column.name)
        isNamedAsKey = !KeyColumn.words.isDisjoint(with: words) && KeyColumn.kinds.isDisjoint(with: words)
        if case .strings(let packed, let names) = column.storage {
            isOrdered = false
            let step = max(1, rows.count / KeyColumn.mostRows)
            let isChosen = names.indices.map { Seed.mix(UInt64($0)) % UInt64(step) == 0 }
            places = rows.indices.filter { place in
                let code = Int(packed[Int(rows[place])])
                return code >= 0 && isChosen[code]
            }.map { Int32($0) }
            codes = places.map { packed[Int(rows[Int($0)])] }
            levels = Set(codes).count
        } else {
            isOrdered = true
            let values = column.doubles() ?? []
            let edges = KeyColumn.windows(of: values, rows)
            let chosen = rows.indices.filter { place in
                let value = values[Int(rows[place])]
                return !value.isNaN && (edges.isEmpty || KeyColumn.isInside(value, edges))
            }
            (codes, levels) = KeyColumn.dense(chosen.map { values[Int(rows[$0])] })
            places = chosen.map { Int32($0) }
        }
    }

    /// The codes of rows at other places, and how many there are.
    func codes(at places: [Int32], of rows: [Int32]) -> (codes: [Int64], levels: Int) {
        if case .strings(let packed, let names) = column.storage {
            return (places.map { packed[Int(rows[Int($0)])] }, names.count)
        }
        let values = column.doubles() ?? []
        return KeyColumn.dense(places.map { values[Int(rows[Int($0)])] })
    }

    /// The place of each value in their order, -1 for NaN.
    private static func dense(_ values: [Double]) -> (codes: [Int64], levels: Int) {
        let sorted = values.enumerated().filter { !$0.element.isNaN }
            .sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
        var codes = [Int64](repeating: -1, count: values.count)
        var level: Int64 = -1
        var last = Double.nan
        for entry in sorted {
            if entry.element != last { level += 1 }
            last = entry.element
            codes[entry.offset] = level
        }
        return (codes, Int(level + 1))
    }

    /// The ends of windows that hold about as many rows as are looked at; none where all are.
    private static func windows(of values: [Double], _ rows: [Int32]) -> [Double] {
        guard rows.count > mostRows else { return [] }
        let sorted = stride(from: 0, to: rows.count, by: max(1, rows.count / sampled))
            .map { values[Int(rows[$0])] }.filter { !$0.isNaN }.sorted()
        let width = max(1, sorted.count * mostRows / rows.count / windows)
        guard sorted.count >= windows * (width + 1) else { return [] }
        return (0..<windows).flatMap { window in
            let start = window * sorted.count / windows
            return [sorted[start], sorted[start + width]]
        }
    }

    /// Whether a value lies between the first and second of two ends, the second not included.
    private static func isInside(_ value: Double, _ edges: [Double]) -> Bool {
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low % 2 == 1
    }

    /// The words that a column's name is made of, in small letters.
    static func words(of name: String) -> Set<String> {
        var words: [String] = [""]
        var wasSmall = false
        for character in name {
            guard character.isLetter else {
                words.append("")
                wasSmall = false
                continue
            }
            if character.isUppercase, wasSmall { words.append("") }
            words[words.count - 1] += character.lowercased()
            wasSmall = character.isLowercase
        }
        return Set(words.filter { !$0.isEmpty })
    }
}
