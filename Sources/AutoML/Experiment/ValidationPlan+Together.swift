import Learners
import Search

// Plans that keep rows together which the table shows to belong together.
extension ValidationPlan {
    /// Folds that each hold whole sets of rows and about as many rows; sets of one size are dealt so that the folds are alike
    /// in their distribution of the target. Where most rows are sets of their own, the folds are much like random ones.
    static func together(
        _ target: Target, _ together: RowRelations.Together, folds: Int, repeats: Int, seed: Seed
    ) -> ValidationPlan {
        let sets = Int((together.groups.max() ?? -1) + 1)
        let folds = max(2, min(folds, sets))
        return ValidationPlan(
            folds: folds, repeats: repeats, rowCount: target.values.count,
            assignments: (0..<repeats).map {
                deal(target, together.groups, sets: sets, into: folds, seed: seed.child("together", $0))
            }, remark: ", \(together.what) kept together")
    }

    private static func deal(
        _ target: Target, _ groups: [Int32], sets: Int, into parts: Int, seed: Seed
    ) -> [UInt8] {
        var sizes = [Int](repeating: 0, count: sets)
        var sums = [Double](repeating: 0, count: sets)
        for (row, group) in groups.enumerated() {
            sizes[Int(group)] += 1
            sums[Int(group)] += target.values[row]
        }
        let means = sets == 0 ? [] : sums.indices.map { sums[$0] / Double(max(1, sizes[$0])) }
        var order = (0..<sets).map { $0 }
        var random = seed.generator()
        random.shuffle(&order)
        var place = [Int](repeating: 0, count: sets)
        for (index, group) in order.enumerated() { place[group] = index }
        order.sort { left, right in
            if sizes[left] != sizes[right] { return sizes[left] > sizes[right] }
            return means[left] == means[right] ? place[left] < place[right] : means[left] < means[right]
        }
        var rows = [Int](repeating: 0, count: parts)
        var part = [UInt8](repeating: 0, count: sets)
        var hand = (0..<parts).map { $0 }
        for (index, group) in order.enumerated() {
            // Each run of as many sets is dealt to all parts, those with the fewest rows first, equal ones by chance.
            if index % parts == 0 { random.shuffle(&hand) }
            let lightest = hand.indices.min { (rows[hand[$0]], $0) < (rows[hand[$1]], $1) } ?? 0
            part[group] = UInt8(hand[lightest])
            rows[hand[lightest]] += sizes[group]
        }
        return groups.map { part[Int($0)] }
    }
}
