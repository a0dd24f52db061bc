import Foundation

/// One tree laid out for `TreeShapley`: its nodes in preorder, each with the factors that the edge into it brings.
struct TreePaths<Lanes: SIMD> where Lanes.Scalar == Float {
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
    }

    private struct Pending {
        var link: Int32
        var parent: Int32
        var isLeft: UInt8
    }

    // Over the entries; the last four are overwritten for every row.
    private var entries: [Entry] = []
    private var covers: [Float] = []
    private var shares: [Float] = []
    private var factors: [Lanes] = []
    private var slopes: [Lanes] = []
    /// What the product is multiplied by, for each state of an edge: the feature failed above, fails here, or holds.
    private var steps: [Lanes] = []
    /// What the sum of the leaves below is multiplied by, for the same.
    private var parts: [Lanes] = []
    private var products: [Lanes] = []
    private var leafSums: [Lanes] = []
    private var states: [UInt8] = []
    private var goesLeft: [UInt8] = []

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

    /// Most distinct features on a path from a root to a leaf.
    static func largestFeatureCount(_ ensemble: TreeEnsemble) -> Int { featureCount(ensemble) }

    /// Lays out the tree whose first link is `root`.
    @inline(__always)
    mutating func compile(_ ensemble: TreeEnsemble, root: Int32) {
        layOut(ensemble, root: root)
        let count = entries.count
        grow(to: count)
        for index in 0..<count {
            covers[index] = entries[index].link < 0 ? Float(ensemble.covers[Int(~entries[index].link)]) : 0
        }
        for index in stride(from: count - 1, to: 0, by: -1) { covers[Int(entries[index].parent)] += covers[index] }
        shares[0] = 1
        factors[0] = Lanes(repeating: 1)
        slopes[0] = Lanes()
        products[0] = Lanes(repeating: 1)
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

    private mutating func layOut(_ ensemble: TreeEnsemble, root: Int32) {
        entries.removeAll(keepingCapacity: true)
        var open = [Pending(link: root, parent: 0, isLeft: 0)]
        while let next = open.popLast() {
            let index = Int32(entries.count)
            var entry = Entry(parent: next.parent, previous: 0, feature: 0, link: next.link, isLeft: next.isLeft)
            if index > 0 {
                entry.feature = ensemble.nodes[Int(entries[Int(next.parent)].link)].feature
                var above = next.parent
                while above > 0, entries[Int(above)].feature != entry.feature { above = entries[Int(above)].parent }
                entry.previous = above
            }
            entries.append(entry)
            if next.link >= 0 {
                let node = ensemble.nodes[Int(next.link)]
                open.append(Pending(link: node.right, parent: index, isLeft: 0))
                open.append(Pending(link: node.left, parent: index, isLeft: 1))
            }
        }
    }

    private mutating func grow(to count: Int) {
        guard products.count < count else { return }
        let lanes = [Lanes](repeating: Lanes(), count: count)
        covers = [Float](repeating: 0, count: count)
        (shares, factors, slopes, products, leafSums) = (covers, lanes, lanes, lanes, lanes)
        steps = [Lanes](repeating: Lanes(), count: 3 * count)
        parts = steps
        states = [UInt8](repeating: 2, count: count)
        goesLeft = [UInt8](repeating: 0, count: count)
    }

    /// Adds the tree's part to `sums`: for each row, value of a leaf and feature, in `Lanes` that are summed in the end.
    @inline(__always)
    mutating func run(
        _ ensemble: TreeEnsemble, bins: UnsafePointer<UInt8>, width: Int, rows: Int, sums: UnsafeMutablePointer<Lanes>
    ) {
        let (count, leafWidth, mappers) = (entries.count, ensemble.leafWidth, max(1, width))
        guard count > 1 else { return }
        entries.withUnsafeBufferPointer { entries in
            steps.withUnsafeBufferPointer { steps in
                parts.withUnsafeBufferPointer { parts in
                    products.withUnsafeMutableBufferPointer { products in
                        leafSums.withUnsafeMutableBufferPointer { leafSums in
                            states.withUnsafeMutableBufferPointer { states in
                                goesLeft.withUnsafeMutableBufferPointer { goesLeft in
                                    ensemble.leaves.withUnsafeBufferPointer { leaves in
                                        states[0] = 2
                                        products[0] = Lanes(repeating: 1)
                                        for row in 0..<rows {
                                            let own = bins + row * width
                                            goesLeft[0] = ensemble.goesLeft(Int(entries[0].link), own) ? 1 : 0
                                            for index in 1..<count {
                                                let entry = entries[index]
                                                let parent = Int(entry.parent)
                                                let holds: UInt8 = goesLeft[parent] == entry.isLeft ? 1 : 0
                                                let above = states[Int(entry.previous)] >> 1
                                                let state = above &+ (above & holds)
                                                states[index] = state
                                                products[index] = products[parent] * steps[index &* 3 &+ Int(state)]
                                                if entry.link >= 0 {
                                                    goesLeft[index] =
                                                        ensemble.goesLeft(Int(entry.link), own) ? 1 : 0
                                                }
                                            }
                                            for value in 0..<leafWidth {
                                                let target = sums + (row * leafWidth + value) * mappers
                                                for index in 0..<count {
                                                    let link = entries[index].link
                                                    leafSums[index] =
                                                        link < 0
                                                        ? products[index] * leaves[Int(~link) &* leafWidth &+ value]
                                                        : Lanes()
                                                }
                                                var index = count - 1
                                                while index > 0 {
                                                    let entry = entries[index]
                                                    let sum = leafSums[index]
                                                    leafSums[Int(entry.parent)] += sum
                                                    target[Int(entry.feature)] +=
                                                        sum * parts[index &* 3 &+ Int(states[index])]
                                                    index &-= 1
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Most distinct features on a path of `ensemble`.
private func featureCount(_ ensemble: TreeEnsemble) -> Int {
    var most = 0
    var path: [Int32] = []
    for root in ensemble.roots {
        var open: [(link: Int32, depth: Int)] = [(root, 0)]
        while let next = open.popLast() {
            guard next.link >= 0 else {
                if next.depth > most { most = max(most, Set(path[..<next.depth]).count) }
                continue
            }
            let node = ensemble.nodes[Int(next.link)]
            path.removeSubrange(min(next.depth, path.count)...)
            path.append(node.feature)
            open.append((node.left, next.depth + 1))
            open.append((node.right, next.depth + 1))
        }
    }
    return most
}
