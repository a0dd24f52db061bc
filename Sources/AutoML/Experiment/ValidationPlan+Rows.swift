import Learners
import Search

// Plans that keep rows together, or apart by their time.
extension ValidationPlan {
    /// Folds that each hold whole groups and about as many rows; throws where there are fewer groups than folds.
    static func grouped(
        _ target: Target, _ groups: [Int32], folds: Int, repeats: Int, name: String, seed: Seed
    ) throws -> ValidationPlan {
        ValidationPlan(
            folds: folds, repeats: repeats, rowCount: target.values.count,
            assignments: try (0..<repeats).map {
                try deal(groups, into: folds, name: name, seed: seed.child("groups", $0))
            }, remark: ", rows of one \"\(name)\" kept together")
    }

    /// Holds out whole groups with about that share of the rows; `what` says for people what they are.
    static func groupedHoldOut(
        _ target: Target, _ groups: [Int32], share: Double, name: String, what: String? = nil, seed: Seed
    ) throws -> ValidationPlan {
        var sizes = [Int](repeating: 0, count: Int((groups.max() ?? -1) + 1))
        for group in groups { sizes[Int(group)] += 1 }
        var random = seed.child("held_out_groups").generator()
        var order = Array(sizes.indices)
        random.shuffle(&order)
        let wanted = share * Double(groups.count)
        var side = [UInt8](repeating: .max, count: sizes.count)
        /// Marks groups that have no side yet, about that many of their rows in all.
        func mark(_ mark: UInt8, rows wanted: Double) {
            var rows = 0
            for group in order where side[group] == .max {
                guard Double(rows) + Double(sizes[group]) / 2 <= wanted || rows == 0 else { continue }
                side[group] = mark
                rows += sizes[group]
            }
        }
        mark(0, rows: wanted)
        let left = groups.count { side[Int($0)] == .max }
        mark(watched, rows: Double(min(mostWatched, left / watchedShare)))
        let assignment = groups.map { side[Int($0)] }
        return try ValidationPlan(
            folds: 1, repeats: 1, rowCount: target.values.count, assignments: [assignment],
            remark: ", \(what ?? "rows of one \"\(name)\"") kept together"
        ).checked(target, field: "group", name: name)
    }

    /// Holds out the latest rows, about that share of them; rows of the same moment stay together. The latest of the others
    /// are watched.
    static func latest(
        _ target: Target, _ moments: [Double], share: Double, name: String
    ) throws -> ValidationPlan {
        let sorted = moments.sorted()
        let first = max(1, Int((Double(sorted.count) * (1 - share)).rounded()))
        let cut = sorted[min(first, sorted.count - 1)]
        let before = sorted.prefix { $0 < cut }.count
        let firstWatched = sorted[max(0, before - max(1, min(mostWatched, before / watchedShare)))]
        return try ValidationPlan(
            folds: 1, repeats: 1, rowCount: target.values.count,
            assignments: [moments.map { $0 >= cut ? 0 : $0 >= firstWatched ? watched : .max }],
            remark: ", the latest by \"\(name)\""
        ).checked(target, field: "time", name: name)
    }

    /// Throws where one of a hold-out's two sides cannot be learned from or scored on.
    private func checked(_ target: Target, field: String, name: String) throws -> ValidationPlan {
        let split = split(0)
        for (side, rows) in [("trained", split.training), ("scored", split.validation)] {
            let first = rows.first.map { target.values[Int($0)] }
            if rows.isEmpty || rows.allSatisfy({ target.values[Int($0)] == first }) {
                throw AutoMLError(
                    .unsuitableData,
                    "divided by \"\(name)\", the rows that are \(side) on would have fewer than two values of the target",
                    field: field)
            }
        }
        return self
    }

    /// The part of each row: the largest groups first, each to the part with the fewest rows; equal ones in random order.
    private static func deal(_ groups: [Int32], into parts: Int, name: String, seed: Seed) throws -> [UInt8] {
        var sizes = [Int](repeating: 0, count: Int((groups.max() ?? -1) + 1))
        for group in groups { sizes[Int(group)] += 1 }
        guard sizes.count >= parts else {
            throw AutoMLError(
                .unsuitableData, "the group \"\(name)\" has \(sizes.count) values and \(parts) are needed",
                field: "group")
        }
        var order = (0..<Int32(sizes.count)).map { $0 }
        var random = seed.generator()
        random.shuffle(&order)
        var place = [Int](repeating: 0, count: order.count)
        for (index, group) in order.enumerated() { place[Int(group)] = index }
        order.sort {
            let (left, right) = (sizes[Int($0)], sizes[Int($1)])
            return left == right ? place[Int($0)] < place[Int($1)] : left > right
        }
        var rows = [Int](repeating: 0, count: parts)
        var part = [UInt8](repeating: 0, count: sizes.count)
        for group in order {
            let lightest = rows.indices.min { (rows[$0], $0) < (rows[$1], $1) } ?? 0
            part[Int(group)] = UInt8(lightest)
            rows[lightest] += sizes[Int(group)]
        }
        return groups.map { part[Int($0)] }
    }
}
