/// Rows in the order of the leaves they are in: a leaf's rows lie side by side.
final class RowPartition: Sendable {
    /// The rows.
    let rows: NumberBuffer<Int32>
    private let scratch: NumberBuffer<Int32>

    /// All of `rows` in one leaf.
    init(capacity: Int) {
        rows = NumberBuffer(repeating: 0, count: capacity)
        scratch = NumberBuffer(repeating: 0, count: capacity)
    }

    /// Puts `source` into one leaf again.
    func reset(_ source: NumberBuffer<Int32>) { rows.base.update(from: source.base, count: source.count) }

    /// Rows of one range whose byte has direction 1 first, the others after them, both in their old order; how many went
    /// first.
    func split(
        _ range: Range<Int>, column: UnsafePointer<UInt8>, directions: UnsafePointer<UInt8>, pool: ThreadPool
    ) -> Int {
        let cuts = min(pool.threadCount, range.count / 16_384)
        guard cuts > 1 else {
            return RowPartition.split(
                rows.base + range.lowerBound, count: range.count, column: column, directions: directions,
                scratch: scratch.base + range.lowerBound)
        }
        // Each cut is split in place; then the pieces move together, so the cuts leave no trace in the result.
        let (rows, scratch) = (rows, scratch)
        let left = NumberBuffer<Int>(repeating: 0, count: cuts)
        let inputs = SplitInputs(column: column, directions: directions)
        func cut(_ index: Int) -> Range<Int> {
            range.lowerBound + index * range.count / cuts..<range.lowerBound + (index + 1) * range.count / cuts
        }
        let parts = (0..<cuts).map(cut)
        pool.forEach(cuts) { index in
            left.base[index] = RowPartition.split(
                rows.base + parts[index].lowerBound, count: parts[index].count, column: inputs.column,
                directions: inputs.directions, scratch: scratch.base + parts[index].lowerBound)
        }
        let total = (0..<cuts).reduce(0) { $0 + left.base[$1] }
        pool.forEach(cuts) { index in
            var leftPlace = range.lowerBound
            var rightPlace = range.lowerBound + total
            for earlier in 0..<index {
                leftPlace += left.base[earlier]
                rightPlace += parts[earlier].count - left.base[earlier]
            }
            let source = rows.base + parts[index].lowerBound
            let count = left.base[index]
            (scratch.base + leftPlace).update(from: source, count: count)
            (scratch.base + rightPlace).update(from: source + count, count: parts[index].count - count)
        }
        pool.forEach(cuts) { index in
            (rows.base + parts[index].lowerBound).update(
                from: scratch.base + parts[index].lowerBound, count: parts[index].count)
        }
        return total
    }

    private static func split(
        _ rows: UnsafeMutablePointer<Int32>, count: Int, column: UnsafePointer<UInt8>,
        directions: UnsafePointer<UInt8>, scratch: UnsafeMutablePointer<Int32>
    ) -> Int {
        var left = 0
        for index in 0..<count {
            let row = rows[index]
            let goesLeft = Int(directions[Int(column[Int(row)])])
            rows[left] = row
            scratch[index &- left] = row
            left &+= goesLeft
        }
        (rows + left).update(from: scratch, count: count - left)
        return left
    }
}

/// Memory that a split reads, for the threads of a pool.
private struct SplitInputs: @unchecked Sendable {
    let column: UnsafePointer<UInt8>
    let directions: UnsafePointer<UInt8>
}
