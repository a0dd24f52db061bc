/// Trees as flat arrays: inner nodes with 32-bit links, leaf values apart, no pointers.
public struct TreeEnsemble: Sendable, Hashable {
    /// An inner node. A child ≥ 0 is a node of the same ensemble, a child < 0 is the leaf `~child`.
    public struct Node: Sendable, Hashable, BitwiseCopyable {
        /// Index into the model's mappers.
        public var feature: Int32
        /// Where a row goes whose bin passes the test.
        public var left: Int32
        /// Where the others go.
        public var right: Int32
        /// Categorical: index of the set of bins that go left; −1 for a numeric test.
        public var categories: Int32
        /// Numeric: bins up to this one go left.
        public var bin: Int16
        /// Numeric: the bin of missing values where they go left, else −1.
        public var missingLeft: Int16
    }

    /// The first node of each tree, or the complement of its leaf where it has no node.
    public internal(set) var roots: [Int32] = []
    /// The inner nodes of all trees.
    public internal(set) var nodes: [Node] = []
    /// Sets of bins, four words each.
    public internal(set) var categories: [UInt64] = []
    /// Values of the leaves of all trees, `leafWidth` a leaf.
    public internal(set) var leaves: [Float] = []
    /// Values of a leaf: 1, or one a class.
    public internal(set) var leafWidth = 1
    /// Training rows of each leaf, at least 1; empty for trees of a file that does not tell.
    public internal(set) var covers: [UInt32] = []

    /// An ensemble without trees.
    public init() {}

    /// Number of trees.
    public var treeCount: Int { roots.count }

    /// Number of leaves of all trees.
    public var leafCount: Int { leaves.count / leafWidth }

    /// Appends a grown tree with these leaf values; `mapper` names each split's feature.
    mutating func append(_ tree: TreeGrower.Tree, values: [Float], features: BinnedFeatures) {
        let firstNode = Int32(nodes.count)
        let firstLeaf = Int32(leaves.count)
        func link(_ child: Int) -> Int32 { child >= 0 ? firstNode + Int32(child) : ~(firstLeaf + Int32(~child)) }
        roots.append(tree.nodes.isEmpty ? ~firstLeaf : firstNode)
        for node in tree.nodes {
            appendNode(node.split, features.features[node.split.feature])
            nodes[nodes.count - 1].left = link(node.left)
            nodes[nodes.count - 1].right = link(node.right)
        }
        leaves += values
        covers += tree.leaves.map { UInt32(max(1, $0.active.count)) }
    }

    /// Appends a node without children.
    mutating func appendNode(_ split: Split, _ feature: BinnedFeatures.Feature) {
        var set: Int32 = -1
        if let bins = split.categories {
            set = Int32(categories.count / 4)
            categories += [bins.words.0, bins.words.1, bins.words.2, bins.words.3]
        }
        nodes.append(
            Node(
                feature: Int32(feature.mapper), left: 0, right: 0, categories: set, bin: Int16(split.bin),
                missingLeft: split.missingLeft ? Int16(feature.valueBins) : -1))
    }

    /// Appends the trees of `other`, which has leaves as wide.
    mutating func append(_ other: TreeEnsemble) {
        let firstNode = Int32(nodes.count)
        let firstLeaf = Int32(leafCount)
        let firstSet = Int32(categories.count / 4)
        func link(_ old: Int32) -> Int32 { old >= 0 ? old + firstNode : ~(~old + firstLeaf) }
        roots += other.roots.map(link)
        for var node in other.nodes {
            node.left = link(node.left)
            node.right = link(node.right)
            if node.categories >= 0 { node.categories += firstSet }
            nodes.append(node)
        }
        categories += other.categories
        leaves += other.leaves
        covers += other.covers
    }

    /// Multiplies what the leaves add.
    mutating func scaleLeaves(by factor: Double) {
        if factor == 1 { return }
        for index in leaves.indices { leaves[index] = Float(Double(leaves[index]) * factor) }
    }

    /// Drops all trees but the first `count`.
    mutating func keepFirst(_ count: Int) {
        guard count < roots.count else { return }
        var nodeEnd = nodes.count
        var leafEnd = leafCount
        for root in roots[count...].reversed() {
            if root >= 0 { nodeEnd = min(nodeEnd, Int(root)) }
            leafEnd = min(leafEnd, root >= 0 ? firstLeaf(Int(root)) : Int(~root))
        }
        var setEnd = 0
        for node in nodes[..<nodeEnd] { setEnd = max(setEnd, Int(node.categories) + 1) }
        roots.removeSubrange(count...)
        nodes.removeSubrange(nodeEnd...)
        if !covers.isEmpty { covers.removeSubrange(leafEnd...) }
        leaves.removeSubrange((leafEnd * leafWidth)...)
        categories.removeSubrange((setEnd * 4)...)
    }

    /// The same trees without the features they do not ask for.
    func keepingUsedFeatures(of mappers: [BinMapper]) -> ([BinMapper], TreeEnsemble) {
        var used = [Bool](repeating: false, count: mappers.count)
        for node in nodes { used[Int(node.feature)] = true }
        var places = [Int32](repeating: 0, count: mappers.count)
        var kept: [BinMapper] = []
        for index in mappers.indices where used[index] {
            places[index] = Int32(kept.count)
            kept.append(mappers[index])
        }
        var copy = self
        for index in copy.nodes.indices { copy.nodes[index].feature = places[Int(nodes[index].feature)] }
        return (kept, copy)
    }

    /// The first leaf of the tree whose first node is `root`.
    private func firstLeaf(_ root: Int) -> Int {
        var least = Int.max
        var open = [Int32(root)]
        while let link = open.popLast() {
            if link < 0 {
                least = min(least, Int(~link))
            } else {
                open.append(nodes[Int(link)].left)
                open.append(nodes[Int(link)].right)
            }
        }
        return least
    }

    /// Adds the trees `first`, `first + step` … to `scores`, `leafWidth` numbers a row. `bins` is row-major, `width` bytes a row, in
    /// the order of the mappers; trees are the outer loop, so `rows` should be few enough for the cache.
    func add(
        bins: UnsafePointer<UInt8>, width: Int, rows: Int, first: Int, step: Int, scores: UnsafeMutablePointer<Double>,
        scoreStride: Int
    ) {
        nodes.withUnsafeBufferPointer { nodes in
            leaves.withUnsafeBufferPointer { leaves in
                categories.withUnsafeBufferPointer { sets in
                    for tree in stride(from: first, to: roots.count, by: step) {
                        let root = roots[tree]
                        for row in 0..<rows {
                            let link = TreeEnsemble.descend(
                                from: root, nodes: nodes, sets: sets, bins: bins + row * width)
                            let leaf = Int(~link) &* leafWidth
                            let target = scores + row &* scoreStride
                            for place in 0..<leafWidth { target[place] += Double(leaves[leaf &+ place]) }
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func descend(
        from root: Int32, nodes: UnsafeBufferPointer<Node>, sets: UnsafeBufferPointer<UInt64>,
        bins: UnsafePointer<UInt8>
    ) -> Int32 {
        var link = root
        while link >= 0 {
            let node = nodes[Int(link)]
            let bin = Int16(bins[Int(node.feature)])
            var goesLeft = bin <= node.bin || bin == node.missingLeft
            if node.categories >= 0 {
                let word = sets[Int(node.categories) &* 4 + Int(bin >> 6)]
                goesLeft = word >> UInt64(bin & 63) & 1 != 0
            }
            link = goesLeft ? node.left : node.right
        }
        return link
    }
}
