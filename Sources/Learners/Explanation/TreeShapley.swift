import Foundation
import Tabular

/// Exact path-dependent Shapley values of trees (TreeSHAP, Lundberg et al. 2020), in time linear in the nodes of a tree.
///
/// A leaf is a product of one factor a feature on its path: 1 or 0 where the feature is known (the row goes this way or not),
/// and the share of training rows that go this way where it is not. A feature's Shapley value in such a product is an integral
/// over 0 … 1 of the other factors, each a line between its two values, so a quadrature of half as many places as the path
/// has features is exact (the sums over subsets as polynomials: Yu et al. 2022). The factors at those places are carried down
/// the tree, the products of the leaves are summed on the way up, and each edge takes its feature's part of the sum.
struct TreeShapley: Sendable {
    let ensemble: TreeEnsemble
    /// Where a mapper's contributions go.
    let columnOfMapper: [Int]
    let columnCount: Int
    /// Scores that trees take turns in, where a leaf has one value.
    let scoreCount: Int

    /// Trees that are summed up in single precision before they join the sum in double.
    private static let chunk = 128
    private static let blockRows = 64

    /// The value of each score with nothing known: leaves weighted by their training rows.
    func expectedValues() -> [Double] {
        var sums = [Double](repeating: 0, count: scoreCount * ensemble.leafWidth)
        let width = ensemble.leafWidth
        for (index, root) in ensemble.roots.enumerated() {
            var open = [root]
            var total = 0.0
            var own = [Double](repeating: 0, count: width)
            while let link = open.popLast() {
                if link >= 0 {
                    open.append(ensemble.nodes[Int(link)].left)
                    open.append(ensemble.nodes[Int(link)].right)
                    continue
                }
                let cover = Double(ensemble.covers[Int(~link)])
                total += cover
                for place in 0..<width { own[place] += cover * Double(ensemble.leaves[Int(~link) * width + place]) }
            }
            for place in 0..<width { sums[index % scoreCount * width + place] += own[place] / total }
        }
        return sums
    }

    /// `rows × columns × scores` values for the rows of `table`, the score running fastest.
    func values(_ table: BinnedTable, context: TrainingContext) throws -> [Double] {
        let scores = scoreCount * ensemble.leafWidth
        let blocks = (table.rowCount + TreeShapley.blockRows - 1) / TreeShapley.blockRows
        let treesPerScore = ensemble.treeCount / scoreCount
        let chunks = (treesPerScore + TreeShapley.chunk - 1) / TreeShapley.chunk
        let sums = NumberBuffer<Double>(repeating: 0, count: table.rowCount * columnCount * scores)
        let parts = NumberBuffer<Double>(
            repeating: 0, count: chunks > 1 ? sums.count * (chunks - 1) : 0)
        let features = ensemble.pathFeatureCounts
        let (rowStride, shapley) = (columnCount * scores, self)
        let sets = NumberBuffer(ensemble.categories, filler: 0)
        // The cuts do not depend on the threads, so neither do the sums.
        context.pool.forEach(blocks * scoreCount * chunks) { task in
            if (try? context.check()) == nil { return }
            let (block, rest) = (task % blocks, task / blocks)
            let (score, chunk) = (rest % scoreCount, rest / scoreCount)
            let rows = block * TreeShapley.blockRows..<min(table.rowCount, (block + 1) * TreeShapley.blockRows)
            let first = chunk * TreeShapley.chunk
            let trees = first..<min(treesPerScore, first + TreeShapley.chunk)
            let out =
                (chunk == 0 ? sums.base : parts.base + (chunk - 1) * sums.count)
                + rows.lowerBound * rowStride + score * ensemble.leafWidth
            let output = TreeShapley.Output(base: out, rowStride: rowStride, columnStride: scores)
            let job = Job(
                table: table, rows: rows, trees: trees, score: score, output: output, sets: sets.base,
                features: features)
            shapley.run(TreePaths<SIMD4<Float>>(), job, 0...8)
            shapley.run(TreePaths<SIMD8<Float>>(), job, 9...16)
            shapley.run(TreePaths<SIMD16<Float>>(), job, 17...32)
            shapley.run(TreePaths<SIMD32<Float>>(), job, 33...64)
            shapley.run(TreePaths<SIMD64<Float>>(), job, 65...Int.max)
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
        let trees: Range<Int>
        let score: Int
        let output: Output
        let sets: UnsafePointer<UInt64>
        /// For each tree of the ensemble, most distinct features on a path.
        let features: [Int]
    }

    /// Adds the values of those trees whose paths have so many distinct features, which these lanes are exact for.
    @inline(__always)
    private func run<Lanes: SIMD>(_ paths: TreePaths<Lanes>, _ job: Job, _ counts: ClosedRange<Int>)
    where Lanes.Scalar == Float {
        let (table, rows, output) = (job.table, job.rows, job.output)
        let trees = job.trees.map { $0 * scoreCount + job.score }.filter { counts.contains(job.features[$0]) }
        if trees.isEmpty { return }
        let width = ensemble.leafWidth
        let mappers = max(1, columnOfMapper.count)
        let sums = UnsafeMutablePointer<Lanes>.allocate(capacity: rows.count * mappers * width)
        sums.initialize(repeating: Lanes(), count: rows.count * mappers * width)
        defer { sums.deallocate() }
        for tree in trees {
            paths.compile(ensemble, root: ensemble.roots[tree])
            paths.run(
                bins: table.bins.base + rows.lowerBound * table.width, width: table.width, rows: rows.count,
                sets: job.sets, sums: sums)
        }
        for row in 0..<rows.count {
            for (mapper, column) in columnOfMapper.enumerated() {
                let place = output.base + row * output.rowStride + column * output.columnStride
                for value in 0..<width {
                    let lanes = sums[(row * width + value) * mappers + mapper]
                    var sum = 0.0
                    for lane in 0..<Lanes.scalarCount { sum += Double(lanes[lane]) }
                    place[value] += sum
                }
            }
        }
    }
}
