import Learners
import Tabular

/// What the rows of an experiment have to do with each other, found in the table alone: repeats, rows of one entity, time.
/// The same table and settings always give the same.
struct RowRelations: Sendable {
    /// Rows that are never on both sides of a split, by numbers from 0, and what they are, for people.
    struct Together: Sendable {
        var groups: [Int32]
        var what: String
    }

    /// When each row was.
    struct Moments: Sendable {
        var values: [Double]
        var name: String
    }

    /// What was found, for people.
    var findings: [RowFinding] = []
    /// Rows that belong together; nil where none do.
    private(set) var together: Together?
    /// Moments along which rows change; nil where there are none.
    private(set) var moments: Moments?
    /// Columns that name what rows are of and nothing else: values that are to come are others.
    private(set) var names: [String] = []

    /// No set that is kept together may have more of the rows than this.
    private static let largestShare = 0.2
    private static let leastSets = 10

    /// Nothing found.
    init() {}

    /// - Parameters:
    ///   - columns: all but the target and the weight.
    ///   - features: those of them that models learn from.
    ///   - rows: the rows with a target.
    init(_ columns: [Column], features: [Column], rows: [Int32], target: Target) {
        let likeness = TargetLikeness(
            target.values, classCount: target.task.isClassification ? target.classes.count : 0)
        let entities = EntityFinder(columns, rows: rows, target: likeness).found()
        let pure = Set(entities.filter(\.isPureName).flatMap(\.finding.columns))
        let repeats = RepeatFinder(
            features.filter { !pure.contains($0.name) }, rows: rows, target: target.values)
        let time = TimeFinder(columns, features: features, rows: rows, target: likeness).found()
        var sets = Sets(rowCount: rows.count)
        var kept: [String] = []
        if var finding = repeats.finding, let groups = repeats.groups {
            finding.kept = sets.join(groups)
            if finding.kept { kept.append("repeated rows") }
            findings.append(finding)
        }
        for var entity in entities {
            let before = sets.count
            entity.finding.kept = sets.join(entity.groups)
            // A key that names the same sets under another name says nothing new.
            if entity.finding.kept, sets.count == before { continue }
            if entity.finding.kept {
                kept.append("rows of one " + entity.finding.columns.map { "\"\($0)\"" }.joined(separator: " and "))
                if entity.isPureName { names += entity.finding.columns }
            }
            findings.append(entity.finding)
        }
        if !kept.isEmpty { together = Together(groups: sets.numbered, what: kept.joined(separator: " and ")) }
        if let time {
            moments = Moments(values: time.moments, name: time.name)
            findings.append(time.finding)
            if let entity = entities.first(where: { $0.finding.kind == .entities }),
                let panel = RowRelations.panel(entity, time)
            {
                findings.append(panel)
            }
        }
    }

    /// Says of what was found that none of it is kept together, but for rows of one group.
    mutating func keepNothing(but group: String?) {
        for index in findings.indices {
            findings[index].kept = findings[index].kept && group != nil && findings[index].columns == [group]
        }
        (together, names) = (nil, [])
    }

    /// Entities that are seen at several moments each.
    private static func panel(_ entity: EntityFinder.Found, _ time: TimeFinder.Found) -> RowFinding? {
        struct Seen: Hashable {
            var entity: Int32
            var moment: Double
        }
        guard !entity.finding.columns.contains(time.name) else { return nil }
        let seen = Set(zip(entity.groups, time.moments).map { Seen(entity: $0, moment: $1) })
        let entities = Set(entity.groups).count
        guard seen.count >= 2 * entities else { return nil }
        let names = entity.finding.columns.map { "\"\($0)\"" }.joined(separator: " and ")
        return RowFinding(
            kind: .panel, columns: entity.finding.columns + [time.name], rows: entity.groups.count, groups: entities,
            strength: entity.finding.strength, kept: false,
            evidence: "panel data: \(entities) of \(names), seen at \(seen.count / entities) moments of "
                + "\"\(time.name)\" each on average")
    }

    /// Rows joined to sets (union and find, with the least row as the root).
    private struct Sets {
        private var parents: [Int32]
        /// Sets, those of one row included.
        private(set) var count: Int

        init(rowCount: Int) {
            parents = (0..<Int32(rowCount)).map { $0 }
            count = rowCount
        }

        private mutating func root(_ row: Int32) -> Int32 {
            var row = row
            while parents[Int(row)] != row {
                parents[Int(row)] = parents[Int(parents[Int(row)])]
                row = parents[Int(row)]
            }
            return row
        }

        /// Joins rows of the same number, unless one set would get too large or too few would be left.
        mutating func join(_ groups: [Int32]) -> Bool {
            let before = parents
            var first = [Int32](repeating: -1, count: Int((groups.max() ?? -1) + 1))
            for row in groups.indices {
                let group = Int(groups[row])
                if first[group] < 0 {
                    first[group] = Int32(row)
                } else {
                    let (one, other) = (root(first[group]), root(Int32(row)))
                    parents[Int(max(one, other))] = min(one, other)
                }
            }
            var sizes: [Int32: Int] = [:]
            for row in parents.indices { sizes[root(Int32(row)), default: 0] += 1 }
            let largest = Double(sizes.values.max() ?? 0)
            if sizes.count >= leastSets, largest <= largestShare * Double(parents.count) {
                count = sizes.count
                return true
            }
            parents = before
            return false
        }

        var numbered: [Int32] {
            var sets = self
            return RowKeys.numbered(parents.indices.map { UInt64(sets.root(Int32($0))) })
        }
    }
}
