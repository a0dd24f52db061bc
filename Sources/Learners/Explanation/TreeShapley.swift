import Foundation
import Tabular

/// Exact path-dependent Shapley values of trees (TreeSHAP, Lundberg et al. 2020), in time linear in the nodes of a tree.
///
/// A leaf is a product of one factor a feature on its path: 1 or 0 where the feature is known (the row goes this way or not),
/// and the share of training rows that go this way where it is not. A feature's Shapley value in such a product is an integral
/// over 0 … 1 of the other factors, each a line between its two values, so a quadrature of half as many places as the path
/// has features is exact (the sums over subsets as polynomials: Yu et al. 2022). A few rows are taken one by one
/// (`TreeRows`): the factors at those places are carried down the tree, the products of the leaves are summed on the way up,
/// and each edge takes its feature's part of the sum. Many rows look tables of the leaves up (`TreeBatch`).
struct TreeShapley: Sendable {
    let layout: TreeLayout
    /// Where a mapper's contributions go.
    let columnOfMapper: [Int]
    let columnCount: Int
    /// Scores that trees take turns in, where a leaf has one value.
    let scoreCount: Int

    /// Trees that are summed up in single precision before they join the sum in double.
    private static let chunk = 128
    /// Blocks of rows and scores that keep the threads busy without cutting the trees as well.
    private static let enoughTasks = 16
    /// Rows from which on tables pay.
    private static let tableRows = 32
    /// The deepest tree that tables are made for.
    private static let tableDepth = 128

    /// The value of each score with nothing known: leaves weighted by their training rows.
    func expectedValues() -> [Double] {
        let width = layout.leafWidth
        var sums = [Double](repeating: 0, count: scoreCount * width)
        for tree in layout.trees.indices {
            for place in 0..<width { sums[tree % scoreCount * width + place] += layout.means[tree * width + place] }
        }
        return sums
    }

    /// `rows × columns × scores` values for the rows of `table`, the score running fastest.
    func values(_ table: BinnedTable, context: TrainingContext) throws -> [Double] {
        let scores = scoreCount * layout.leafWidth
        // Neither these cuts nor those of the trees depend on the threads, so neither do the sums.
        let blockRows = max(64, min(512, 4_000_000 / max(1, columnCount * layout.leafWidth) / 8 * 8))
        let blocks = (table.rowCount + blockRows - 1) / blockRows
        let treesPerScore = layout.trees.count / scoreCount
        let isCut = blocks * scoreCount < TreeShapley.enoughTasks
        let cut = isCut ? TreeShapley.chunk : max(1, treesPerScore)
        let chunks = max(1, (treesPerScore + cut - 1) / cut)
        let sums = NumberBuffer<Double>(repeating: 0, count: table.rowCount * columnCount * scores)
        let parts = NumberBuffer<Double>(repeating: 0, count: sums.count * (chunks - 1))
        let (rowStride, shapley) = (columnCount * scores, self)
        context.pool.forEach(blocks * scoreCount * chunks) { task in
            if (try? context.check()) == nil { return }
            let (block, rest) = (task % blocks, task / blocks)
            let (score, chunk) = (rest % scoreCount, rest / scoreCount)
            let rows = block * blockRows..<min(table.rowCount, (block + 1) * blockRows)
            let base =
                (chunk == 0 ? sums.base : parts.base + (chunk - 1) * sums.count)
                + rows.lowerBound * rowStride + score * layout.leafWidth
            let trees = (chunk * cut..<min(treesPerScore, (chunk + 1) * cut)).map { $0 * scoreCount + score }
            let output = Output(base: base, rowStride: rowStride, columnStride: scores)
            shapley.run(Job(table: table, rows: rows, trees: trees, output: output), context)
        }
        try context.check()
        for chunk in 1..<max(1, chunks) {
            let part = parts.base + (chunk - 1) * sums.count
            for index in 0..<sums.count { sums.base[index] += part[index] }
        }
        return Array(UnsafeBufferPointer(start: sums.base, count: sums.count))
    }

    /// Where the values of one score go.
    struct Output {
        let base: UnsafeMutablePointer<Double>
        let rowStride: Int
        let columnStride: Int
    }

    /// Some trees of one score, for some rows.
    private struct Job {
        let table: BinnedTable
        let rows: Range<Int>
        let trees: [Int]
        let output: Output
    }

    private func run(_ job: Job, _ context: TrainingContext) {
        let isBatch = job.rows.count >= TreeShapley.tableRows
        var (few, more, rest): ([Int], [Int], [Int]) = ([], [], [])
        for index in job.trees {
            let tree = layout.trees[index]
            if !isBatch || tree.features > TreeBatch.mostSlots || tree.depth > TreeShapley.tableDepth {
                rest.append(index)
            } else if tree.features <= 8 {
                few.append(index)
            } else {
                more.append(index)
            }
        }
        batch(job, few, slots: 8, context)
        batch(job, more, slots: TreeBatch.mostSlots, context)
        for start in stride(from: 0, to: rest.count, by: TreeShapley.chunk) {
            let trees = rest[start..<min(rest.count, start + TreeShapley.chunk)]
            rowByRow(SIMD4<Float>.self, job, trees, 0...8, context)
            rowByRow(SIMD8<Float>.self, job, trees, 9...16, context)
            rowByRow(SIMD16<Float>.self, job, trees, 17...32, context)
            rowByRow(SIMD32<Float>.self, job, trees, 33...64, context)
            rowByRow(SIMD64<Float>.self, job, trees, 65...Int.max, context)
        }
    }

    private func batch(_ job: Job, _ trees: [Int], slots: Int, _ context: TrainingContext) {
        if trees.isEmpty { return }
        let depth = trees.reduce(0) { max($0, layout.trees[$1].depth) }
        let batch = TreeBatch(
            table: job.table, rows: job.rows, depth: depth, slots: slots, columnOf: columnOfMapper,
            columnCount: columnCount, leafWidth: layout.leafWidth)
        for index in trees {
            if context.cancellation.isCancelled { return }
            batch.run(layout.pointers(index))
        }
        batch.finish(job.output)
    }

    /// Adds the values of those trees whose paths have so many distinct features, which these lanes are exact for.
    @inline(__always)
    private func rowByRow<Lanes: SIMD>(
        _: Lanes.Type, _ job: Job, _ all: ArraySlice<Int>, _ counts: ClosedRange<Int>, _ context: TrainingContext
    ) where Lanes.Scalar == Float {
        let trees = all.filter { counts.contains(layout.trees[$0].features) }
        if trees.isEmpty { return }
        let (width, features, output) = (layout.leafWidth, max(1, columnOfMapper.count), job.output)
        let kernel = TreeRows<Lanes>(largest: layout.largest)
        // As many rows at a time as leave the sums of moderate size.
        let size = max(1, min(64, (1 << 22) / (features * width * MemoryLayout<Lanes>.stride)))
        let sums = UnsafeMutablePointer<Lanes>.allocate(capacity: size * features * width)
        sums.initialize(repeating: Lanes(), count: size * features * width)
        defer { sums.deallocate() }
        for start in stride(from: 0, to: job.rows.count, by: size) {
            let count = min(size, job.rows.count - start)
            sums.update(repeating: Lanes(), count: count * features * width)
            for index in trees {
                if context.cancellation.isCancelled { return }
                let tree = layout.pointers(index)
                for row in 0..<count {
                    let place = job.rows.lowerBound + start + row
                    kernel.run(
                        tree, bins: job.table.bins.base + place * job.table.width, features: features,
                        sums: sums + row * features * width)
                }
            }
            for row in 0..<count {
                for (mapper, column) in columnOfMapper.enumerated() {
                    let place = output.base + (start + row) * output.rowStride + column * output.columnStride
                    for value in 0..<width {
                        place[value] += kernel.total(sums[(row * width + value) * features + mapper])
                    }
                }
            }
        }
    }
}
