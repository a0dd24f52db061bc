import Foundation

/// One tree laid out for `TreeShapley`: its nodes in preorder, each with the factors that the edge into it brings.
final class TreePaths<Lanes: SIMD> where Lanes.Scalar == Float {
    /// A node or leaf; the first is the root.
    private struct Entry {
        var parent: Int32
        /// The nearest edge above that asks for the same feature; 0 for none.
        var previous: Int32
        /// The feature that the edge into it asks for.
        var feature: Int32
        /// Index of the inner node, or the complement of the leaf.
        var link: Int32
        /// 1 where it is its parent's left child.
        var isLeft: UInt8
        /// What an inner node asks.
        var test: TreeEnsemble.Node
    }

    private struct Pending {
        var link: Int32
        var parent: Int32
        var isLeft: UInt8
    }

    private static var noTest: TreeEnsemble.Node {
        TreeEnsemble.Node(feature: 0, left: 0, right: 0, categories: -1, bin: 0, missingLeft: -1)
    }

    // Over the entries.
    private var count = 0
    private var capacity = 0
    private var leafWidth = 1
    private var pending: [Pending] = []
    private let entries = ScratchBuffer<Entry>()
    private let covers = ScratchBuffer<Float>()
    private let shares = ScratchBuffer<Float>()
    private let factors = ScratchBuffer<Lanes>()
    private let slopes = ScratchBuffer<Lanes>()
    /// What the product is multiplied by, for each state of an edge: the feature failed above, fails here, or holds.
    private let steps = ScratchBuffer<Lanes>()
    /// What the sum of the leaves below is multiplied by, for the same.
    private let parts = ScratchBuffer<Lanes>()
    /// The values of leaves, `leafWidth` an entry.
    private let values = ScratchBuffer<Float>()

    // Over the entries, anew for every row.
    private let products = ScratchBuffer<Lanes>()
    private let leafSums = ScratchBuffer<Lanes>()
    private let states = ScratchBuffer<UInt8>()
    private let goesLeft = ScratchBuffer<UInt8>()

    private let places: Lanes
    private let rest: Lanes
    private let weights: Lanes
    /// The part of an edge whose feature fails.
    private let failing: Lanes

    init() {
        let rule = QuadratureRule.of(Lanes.scalarCount)
        var (places, rest, weights) = (Lanes(), Lanes(), Lanes())
        for lane in 0..<Lanes.scalarCount {
            places[lane] = Float(rule.places[lane])
            rest[lane] = Float(1 - rule.places[lane])
            weights[lane] = Float(rule.weights[lane])
        }
        (self.places, self.rest, self.weights) = (places, rest, weights)
        failing = -1 / rest
    }

    /// Lays out the tree whose first link is `root`.
    @inline(__always)
    func compile(_ ensemble: TreeEnsemble, root: Int32) {
        layOut(ensemble, root: root)
        let (entries, covers, shares) = (entries.base, covers.base, shares.base)
        let (factors, slopes, steps, parts) = (factors.base, slopes.base, steps.base, parts.base)
        for index in stride(from: count - 1, to: 0, by: -1) { covers[Int(entries[index].parent)] += covers[index] }
        shares[0] = 1
        factors[0] = Lanes(repeating: 1)
        slopes[0] = Lanes()
        for index in 1..<max(1, count) {
            let entry = entries[index]
            let ratio = covers[index] / covers[Int(entry.parent)]
            let previous = Int(entry.previous)
            let share = shares[previous] * ratio
            let factor = share * rest + places
            let inverse = 1 / factors[previous]
            shares[index] = share
            factors[index] = factor
            slopes[index] = (1 - share) / factor
            steps[index * 3] = Lanes(repeating: ratio)
            steps[index * 3 + 1] = share * rest * inverse
            steps[index * 3 + 2] = factor * inverse
            parts[index * 3] = Lanes()
            parts[index * 3 + 1] = weights * (failing - slopes[previous])
            parts[index * 3 + 2] = weights * (slopes[index] - slopes[previous])
        }
    }

    /// Puts the nodes in preorder, with the covers and values of the leaves.
    private func layOut(_ ensemble: TreeEnsemble, root: Int32) {
        leafWidth = ensemble.leafWidth
        count = 0
        pending.append(Pending(link: root, parent: 0, isLeft: 0))
        while let next = pending.popLast() {
            if count == capacity { reserve(max(64, 2 * capacity)) }
            let entries = entries.base
            var entry = Entry(
                parent: next.parent, previous: 0, feature: 0, link: next.link, isLeft: next.isLeft,
                test: TreePaths.noTest)
            if count > 0 {
                entry.feature = entries[Int(next.parent)].test.feature
                var above = next.parent
                while above > 0, entries[Int(above)].feature != entry.feature { above = entries[Int(above)].parent }
                entry.previous = above
            }
            if next.link >= 0 {
                entry.test = ensemble.nodes[Int(next.link)]
                covers.base[count] = 0
                pending.append(Pending(link: entry.test.right, parent: Int32(count), isLeft: 0))
                pending.append(Pending(link: entry.test.left, parent: Int32(count), isLeft: 1))
            } else {
                let leaf = Int(~next.link)
                covers.base[count] = Float(ensemble.covers[leaf])
                for place in 0..<leafWidth {
                    values.base[count * leafWidth + place] = ensemble.leaves[leaf * leafWidth + place]
                }
            }
            entries[count] = entry
            count += 1
        }
    }

    /// Makes room for so many entries; what was laid out so far stays.
    private func reserve(_ count: Int) {
        let empty = Entry(parent: 0, previous: 0, feature: 0, link: 0, isLeft: 0, test: TreePaths.noTest)
        entries.reserve(count, filler: empty, keeping: self.count)
        covers.reserve(count, filler: 0, keeping: self.count)
        values.reserve(count * leafWidth, filler: 0, keeping: self.count * leafWidth)
        capacity = count
        shares.reserve(count, filler: 0)
        for buffer in [factors, slopes, products, leafSums] { buffer.reserve(count, filler: Lanes()) }
        for buffer in [steps, parts] { buffer.reserve(3 * count, filler: Lanes()) }
        for buffer in [states, goesLeft] { buffer.reserve(count, filler: 0) }
    }

    /// Adds the tree's part to `sums`: for each row, value of a leaf and feature, in `Lanes` that are summed in the end.
    @inline(__always)
    func run(
        bins: UnsafePointer<UInt8>, width: Int, rows: Int, sets: UnsafePointer<UInt64>,
        sums: UnsafeMutablePointer<Lanes>
    ) {
        guard count > 1 else { return }
        let mappers = max(1, width)
        for row in 0..<rows {
            descend(bins + row * width, sets)
            for value in 0..<leafWidth { ascend(value, into: sums + (row * leafWidth + value) * mappers) }
        }
    }

    /// The product of the factors of a row on the way to every entry.
    @inline(__always)
    private func descend(_ bins: UnsafePointer<UInt8>, _ sets: UnsafePointer<UInt64>) {
        let (entries, states, goesLeft) = (entries.base, states.base, goesLeft.base)
        let (products, steps) = (products.base, steps.base)
        states[0] = 2
        products[0] = Lanes(repeating: 1)
        goesLeft[0] = TreePaths.isLeft(entries[0].test, bins, sets)
        for index in 1..<count {
            let parent = Int(entries[index].parent)
            let holds: UInt8 = goesLeft[parent] == entries[index].isLeft ? 1 : 0
            let above = states[Int(entries[index].previous)] >> 1
            let state = above &+ (above & holds)
            states[index] = state
            products[index] = products[parent] * steps[index &* 3 &+ Int(state)]
            if entries[index].link >= 0 { goesLeft[index] = TreePaths.isLeft(entries[index].test, bins, sets) }
        }
    }

    /// Sums the leaves below every edge and gives its feature its part.
    @inline(__always)
    private func ascend(_ value: Int, into target: UnsafeMutablePointer<Lanes>) {
        let (entries, states, values) = (entries.base, states.base, values.base)
        let (products, parts, leafSums, leafWidth) = (products.base, parts.base, leafSums.base, leafWidth)
        for index in 0..<count {
            leafSums[index] =
                entries[index].link < 0 ? products[index] * values[index &* leafWidth &+ value] : Lanes()
        }
        var index = count - 1
        while index > 0 {
            let sum = leafSums[index]
            leafSums[Int(entries[index].parent)] += sum
            target[Int(entries[index].feature)] += sum * parts[index &* 3 &+ Int(states[index])]
            index &-= 1
        }
    }

    @inline(__always)
    private static func isLeft(
        _ test: TreeEnsemble.Node, _ bins: UnsafePointer<UInt8>, _ sets: UnsafePointer<UInt64>
    ) -> UInt8 {
        let bin = Int16(bins[Int(test.feature)])
        if test.categories >= 0 {
            return UInt8(truncatingIfNeeded: sets[Int(test.categories) &* 4 + Int(bin >> 6)] >> UInt64(bin & 63)) & 1
        }
        return bin <= test.bin || bin == test.missingLeft ? 1 : 0
    }
}

extension TreeEnsemble {
    /// For each tree, most distinct features on a path from the root to a leaf.
    var pathFeatureCounts: [Int] {
        var path: [Int32] = []
        var open: [(link: Int32, depth: Int)] = []
        return roots.map { root in
            var most = 0
            open.append((root, 0))
            while let next = open.popLast() {
                guard next.link >= 0 else {
                    if next.depth > most { most = max(most, TreeEnsemble.distinct(path, next.depth)) }
                    continue
                }
                let node = nodes[Int(next.link)]
                if next.depth < path.count { path[next.depth] = node.feature } else { path.append(node.feature) }
                open.append((node.left, next.depth + 1))
                open.append((node.right, next.depth + 1))
            }
            return most
        }
    }

    private static func distinct(_ path: [Int32], _ count: Int) -> Int {
        var found = 0
        for place in 0..<count where !path[..<place].contains(path[place]) { found += 1 }
        return found
    }
}
