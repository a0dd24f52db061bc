import Foundation

/// The trees of a model laid out for `TreeShapley`: nodes and leaves in preorder, each with what the edge into it asks.
/// Made once for a model; 24 bytes a node or leaf and 4 a value.
final class TreeLayout: Sendable {
    /// A node or leaf. Its parent's left child follows the parent, so it is that child where it is next to it.
    struct Entry: BitwiseCopyable {
        /// Place of the parent in the tree.
        var parent: Int32 = 0
        /// Place of the nearest edge above that asks for the same feature; 0 for none.
        var previous: Int32 = 0
        /// Share of the training rows that go this way at every edge above that asks for the feature, this one included.
        var share: Float = 1
        /// What a node asks: as in `TreeEnsemble.Node`, whose fields these are; `leaf` for the set of a leaf.
        var feature: Int32 = 0
        var categories: Int32 = Entry.leaf
        var bin: Int16 = 0
        var missingLeft: Int16 = -1

        static let leaf: Int32 = -2

        @inline(__always)
        var isLeaf: Bool { categories == Entry.leaf }
    }

    /// One tree.
    struct Tree: BitwiseCopyable {
        /// Index of its root.
        var first: Int
        /// Nodes and leaves.
        var count: Int
        /// Most distinct features on a path from the root to a leaf.
        var features: Int
        /// Edges from the root to the deepest leaf.
        var depth: Int
    }

    let entries: NumberBuffer<Entry>
    /// `leafWidth` numbers an entry: those of a leaf, 0 for a node.
    let values: NumberBuffer<Float>
    let sets: NumberBuffer<UInt64>
    let leafWidth: Int
    let trees: [Tree]
    /// For each tree the mean of its leaves by training rows, `leafWidth` numbers a tree.
    let means: [Double]
    /// Nodes and leaves of the largest tree.
    let largest: Int

    /// Nil for trees whose leaves do not tell their rows, and for what is read from a file and has a node in two places.
    init?(_ ensemble: TreeEnsemble) {
        guard ensemble.hasCovers else { return nil }
        let most = ensemble.nodes.count + ensemble.leafCount
        leafWidth = ensemble.leafWidth
        entries = NumberBuffer(repeating: Entry(), count: most)
        values = NumberBuffer(repeating: 0, count: most * leafWidth)
        sets = NumberBuffer(ensemble.categories, filler: 0)
        var made: [Tree] = []
        var means: [Double] = []
        var builder = Builder(ensemble: ensemble, entries: entries.base, values: values.base, most: most)
        for root in ensemble.roots {
            guard let tree = builder.add(root) else { return nil }
            made.append(tree)
            means += builder.means
        }
        (trees, self.means) = (made, means)
        largest = made.map(\.count).max() ?? 0
    }

    /// Lays out one tree after the other.
    private struct Builder {
        let ensemble: TreeEnsemble
        let entries: UnsafeMutablePointer<Entry>
        let values: UnsafeMutablePointer<Float>
        let most: Int
        var end = 0
        /// The means of the last tree.
        var means: [Double] = []
        private var open: [(link: Int32, parent: Int32, depth: Int, features: Int)] = []
        private var covers: [Double] = []

        init(
            ensemble: TreeEnsemble, entries: UnsafeMutablePointer<Entry>, values: UnsafeMutablePointer<Float>, most: Int
        ) {
            (self.ensemble, self.entries, self.values, self.most) = (ensemble, entries, values, most)
        }

        mutating func add(_ root: Int32) -> Tree? {
            let own = entries + end
            let width = ensemble.leafWidth
            var tree = Tree(first: end, count: 0, features: 0, depth: 0)
            covers.removeAll(keepingCapacity: true)
            open.append((root, 0, 0, 0))
            while let next = open.popLast() {
                guard end < most else { return nil }
                let place = tree.count
                var entry = Entry()
                entry.parent = next.parent
                var features = next.features
                if place > 0 {
                    entry.previous = previous(own, next.parent)
                    if entry.previous == 0 { features += 1 }
                }
                if next.link >= 0 {
                    let node = ensemble.nodes[Int(next.link)]
                    (entry.feature, entry.categories) = (node.feature, node.categories)
                    (entry.bin, entry.missingLeft) = (node.bin, node.missingLeft)
                    covers.append(0)
                    open.append((node.right, Int32(place), next.depth + 1, features))
                    open.append((node.left, Int32(place), next.depth + 1, features))
                } else {
                    let leaf = Int(~next.link)
                    for value in 0..<width { values[end * width + value] = ensemble.leaves[leaf * width + value] }
                    covers.append(Double(ensemble.covers[leaf]))
                    tree.features = max(tree.features, features)
                    tree.depth = max(tree.depth, next.depth)
                }
                own[place] = entry
                tree.count += 1
                end += 1
            }
            share(tree)
            return tree
        }

        /// The nearest edge above the children of `parent` that asks for the same feature as they do.
        private func previous(_ own: UnsafeMutablePointer<Entry>, _ parent: Int32) -> Int32 {
            let feature = own[Int(parent)].feature
            var edge = parent
            while edge > 0 {
                let above = own[Int(edge)].parent
                if own[Int(above)].feature == feature { return edge }
                edge = above
            }
            return 0
        }

        /// Sums up the rows of the nodes, and from them the shares of the edges and the mean of the leaves.
        private mutating func share(_ tree: Tree) {
            let (own, width) = (entries + tree.first, ensemble.leafWidth)
            means = [Double](repeating: 0, count: width)
            for place in stride(from: tree.count - 1, through: 0, by: -1) {
                if own[place].isLeaf {
                    for value in 0..<width {
                        means[value] += covers[place] * Double(values[(tree.first + place) * width + value])
                    }
                }
                if place > 0 { covers[Int(own[place].parent)] += covers[place] }
            }
            for value in 0..<width { means[value] /= covers[0] }
            for place in stride(from: 1, to: tree.count, by: 1) {
                let ratio = covers[place] / covers[Int(own[place].parent)]
                own[place].share = Float(Double(own[Int(own[place].previous)].share) * ratio)
            }
        }
    }

    /// The parts of one tree.
    @inline(__always)
    func pointers(_ index: Int) -> TreePointers {
        let tree = trees[index]
        return TreePointers(
            entries: UnsafePointer(entries.base + tree.first),
            values: UnsafePointer(values.base + tree.first * leafWidth),
            sets: UnsafePointer(sets.base), count: tree.count, leafWidth: leafWidth)
    }
}

/// A tree's entries and what belongs to them; for as long as the layout is there.
struct TreePointers {
    let entries: UnsafePointer<TreeLayout.Entry>
    let values: UnsafePointer<Float>
    let sets: UnsafePointer<UInt64>
    let count: Int
    let leafWidth: Int

    /// Whether a bin is in a set.
    @inline(__always)
    func isIn(_ set: Int32, _ bin: Int16) -> Bool {
        sets[Int(set) &* 4 + Int(bin >> 6)] >> UInt64(bin & 63) & 1 != 0
    }
}

/// A value that is made at its first use and then kept; no part of what its owner is.
final class Kept<Value: Sendable>: @unchecked Sendable, Hashable {
    private let lock = NSLock()
    private var value: Value?

    /// The value; concurrent callers wait for the first.
    func value(_ make: () -> Value) -> Value {
        lock.withLock {
            if let value { return value }
            let made = make()
            value = made
            return made
        }
    }

    static func == (one: Kept, other: Kept) -> Bool { true }

    func hash(into hasher: inout Hasher) {}
}
