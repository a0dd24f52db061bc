import Search

/// Grows trees leaf by leaf, the leaf whose split gains most first (Shi 2007; Ke et al. 2017), on memory kept from tree to
/// tree. One grower works for one caller at a time; several may work side by side.
final class TreeGrower: @unchecked Sendable {
    /// A tree as it was grown, and the rows of its leaves.
    struct Tree {
        /// An inner node; children < 0 are leaves, ~leaf.
        struct Node {
            var split: Split
            var left: Int
            var right: Int
        }
        /// A leaf's rows in the partitions of trained-on and of other rows.
        struct Leaf {
            var active: Range<Int>
            var passive: Range<Int>
            /// Whether the split above picked categories by sorting them.
            var isBelowSorted = false
        }
        var nodes: [Node] = []
        var leaves: [Leaf] = []
    }

    private struct Candidate {
        var active: Range<Int>
        var passive: Range<Int>
        var depth: Int
        var slot: Int
        var total: Int64
        /// The node above, and whether this is its left child.
        var parent: Int
        var isLeft: Bool
        var split = Split()
    }

    let features: BinnedFeatures
    let parameters: TreeParameters
    /// Rows that gradients come from.
    let active: RowPartition
    /// Rows that are carried along: validation rows and those left out of a sample.
    let passive: RowPartition
    private var slots: [NumberBuffer<Int64>] = []
    private var freeSlots: [Int] = []

    init(features: BinnedFeatures, parameters: TreeParameters, activeCapacity: Int, passiveCapacity: Int) {
        self.features = features
        self.parameters = parameters
        active = RowPartition(capacity: activeCapacity)
        passive = RowPartition(capacity: passiveCapacity)
    }

    /// Grows one tree; nil when the context asked for the end.
    func grow(
        activeRows: NumberBuffer<Int32>, passiveRows: NumberBuffer<Int32>, gradients: QuantizedGradients, seed: Seed,
        context: TrainingContext, pool: ThreadPool
    ) -> Tree? {
        active.reset(activeRows)
        passive.reset(passiveRows)
        freeSlots = Array(slots.indices.reversed())
        let splitter = Splitter(
            features: features, parameters: parameters, gradientScale: gradients.gradientScale,
            hessianScale: gradients.hessianScale)
        let chosen = treeFeatures(seed)
        var tree = Tree()
        var total: Int64 = 0
        for index in 0..<activeRows.count {
            total &+= HistogramBuilder.widen(gradients.words.base[Int(activeRows.base[index])])
        }
        var leaves = [
            Candidate(
                active: 0..<activeRows.count, passive: 0..<passiveRows.count, depth: 0, slot: takeSlot(), total: total,
                parent: -1, isLeft: false)
        ]
        build(leaves[0], gradients, pool)
        leaves[0].split = search(leaves[0], splitter, chosen, seed.child("node", 0), pool)
        while leaves.count < max(2, parameters.maximumLeaves) {
            if (try? context.check()) == nil { return nil }
            var best = 0
            for index in leaves.indices where leaves[index].split.gain > leaves[best].split.gain { best = index }
            guard leaves[best].split.gain > 0 else { break }
            let (left, right) = divide(leaves[best], &tree, pool)
            leaves[best] = left
            leaves.append(right)
            let node = tree.nodes.count - 1
            if leaves.count < parameters.maximumLeaves {
                let last = leaves.count - 1
                (leaves[best], leaves[last]) = buildChildren(leaves[best], leaves[last], gradients, pool)
                for index in [best, leaves.count - 1] where leaves[index].slot >= 0 {
                    let side = seed.child("node", 2 * node + (index == best ? 1 : 2))
                    leaves[index].split = search(leaves[index], splitter, chosen, side, pool)
                    if leaves[index].split.gain <= 0 { release(&leaves[index]) }
                }
            }
        }
        finish(leaves, &tree)
        return tree
    }

    private func finish(_ leaves: [Candidate], _ tree: inout Tree) {
        for (index, leaf) in leaves.enumerated() {
            tree.leaves.append(Tree.Leaf(active: leaf.active, passive: leaf.passive))
            guard leaf.parent >= 0 else { continue }
            tree.leaves[index].isBelowSorted = tree.nodes[leaf.parent].split.isSorted
            if leaf.isLeft { tree.nodes[leaf.parent].left = ~index } else { tree.nodes[leaf.parent].right = ~index }
        }
    }

    /// Splits the rows of `leaf` and adds its node.
    private func divide(_ leaf: Candidate, _ tree: inout Tree, _ pool: ThreadPool) -> (Candidate, Candidate) {
        let feature = features.features[leaf.split.feature]
        let column = UnsafePointer(features.columns.base + feature.group * features.rowCount)
        let (activeLeft, passiveLeft) = leaf.split.directions(feature).withUnsafeBufferPointer { directions in
            guard let directions = directions.baseAddress else { return (0, 0) }
            return (
                active.split(leaf.active, column: column, directions: directions, pool: pool),
                passive.split(leaf.passive, column: column, directions: directions, pool: pool)
            )
        }
        let node = tree.nodes.count
        tree.nodes.append(Tree.Node(split: leaf.split, left: 0, right: 0))
        if leaf.parent >= 0 {
            if leaf.isLeft { tree.nodes[leaf.parent].left = node } else { tree.nodes[leaf.parent].right = node }
        }
        let activeCut = leaf.active.lowerBound + activeLeft
        let passiveCut = leaf.passive.lowerBound + passiveLeft
        let left = Candidate(
            active: leaf.active.lowerBound..<activeCut, passive: leaf.passive.lowerBound..<passiveCut,
            depth: leaf.depth + 1, slot: leaf.slot, total: leaf.split.left, parent: node, isLeft: true)
        let right = Candidate(
            active: activeCut..<leaf.active.upperBound, passive: passiveCut..<leaf.passive.upperBound,
            depth: leaf.depth + 1, slot: -1, total: leaf.total &- leaf.split.left, parent: node, isLeft: false)
        return (left, right)
    }

    /// Histograms of both children: the smaller one's from its rows, the larger one's by subtraction in the parent's slot,
    /// which `left` holds on entry. Children that cannot be split get none.
    private func buildChildren(
        _ leftChild: Candidate, _ rightChild: Candidate, _ gradients: QuantizedGradients, _ pool: ThreadPool
    ) -> (Candidate, Candidate) {
        var (left, right) = (leftChild, rightChild)
        let parent = left.slot
        left.slot = -1
        let leftNeeds = canSplit(left)
        let rightNeeds = canSplit(right)
        guard leftNeeds || rightNeeds else {
            freeSlots.append(parent)
            return (left, right)
        }
        let leftIsSmaller = left.active.count <= right.active.count
        let smallSlot = takeSlot()
        var smaller = leftIsSmaller ? left : right
        smaller.slot = smallSlot
        build(smaller, gradients, pool)
        let largerNeeds = leftIsSmaller ? rightNeeds : leftNeeds
        if largerNeeds {
            HistogramBuilder.subtract(
                slots[smallSlot].base, from: slots[parent].base, into: slots[parent].base, count: features.totalBins)
        }
        if leftIsSmaller {
            left.slot = smallSlot
            right.slot = parent
        } else {
            right.slot = smallSlot
            left.slot = parent
        }
        if !leftNeeds { release(&left) }
        if !rightNeeds { release(&right) }
        return (left, right)
    }

    private func canSplit(_ leaf: Candidate) -> Bool {
        Double(leaf.active.count) >= 2 * parameters.minimumRows && leaf.active.count > 1
            && (parameters.maximumDepth <= 0 || leaf.depth < parameters.maximumDepth)
    }

    private func takeSlot() -> Int {
        if let slot = freeSlots.popLast() { return slot }
        slots.append(NumberBuffer(repeating: 0, count: features.totalBins))
        return slots.count - 1
    }

    private func release(_ leaf: inout Candidate) {
        if leaf.slot >= 0 { freeSlots.append(leaf.slot) }
        leaf.slot = -1
    }

    private func build(_ leaf: Candidate, _ gradients: QuantizedGradients, _ pool: ThreadPool) {
        let histogram = slots[leaf.slot]
        let features = features
        let rows = active.rows
        let range = leaf.active
        let body: @Sendable (Int) -> Void = { panel in
            let members = features.panels[panel]
            let start = features.groupStarts[members.lowerBound]
            let end =
                members.upperBound < features.groupStarts.count
                ? features.groupStarts[members.upperBound] : features.totalBins
            (histogram.base + start).update(repeating: 0, count: end - start)
            HistogramBuilder.add(
                features, panel: panel, rows: rows.base + range.lowerBound, count: range.count,
                gradients: gradients.words.base, histogram: histogram.base + start)
        }
        if range.count * features.groupBins.count < 8192 {
            for panel in features.panels.indices { body(panel) }
        } else {
            pool.forEach(features.panels.count, body)
        }
    }

    private func search(
        _ leaf: Candidate, _ splitter: Splitter, _ chosen: [Int], _ seed: Seed, _ pool: ThreadPool
    ) -> Split {
        guard canSplit(leaf), leaf.slot >= 0 else { return Split() }
        let candidates = nodeFeatures(chosen, seed)
        let described = Splitter.Leaf(
            histogram: UnsafePointer(slots[leaf.slot].base), total: leaf.total, rows: leaf.active.count, seed: seed)
        return splitter.best(described, candidates: candidates)
    }

    private func treeFeatures(_ seed: Seed) -> [Int] {
        TreeGrower.sample(Array(features.features.indices), parameters.featureFraction, seed.child("features"))
    }

    private func nodeFeatures(_ chosen: [Int], _ seed: Seed) -> [Int] {
        TreeGrower.sample(chosen, parameters.nodeFeatureFraction, seed)
    }

    /// A share of `all`, at least one, in ascending order.
    private static func sample(_ all: [Int], _ fraction: Double, _ seed: Seed) -> [Int] {
        guard fraction < 1, all.count > 1 else { return all }
        let count = max(1, min(all.count, Int((Double(all.count) * fraction).rounded())))
        var random = seed.generator()
        var order = all
        random.shuffle(&order)
        return order.prefix(count).sorted()
    }
}
