/// Shapley values of one row after the other, for any tree: time linear in its nodes and leaves, nothing prepared for a tree
/// but its layout.
///
/// `Lanes` are the places of a quadrature, at least half as many as a path has features.
final class TreeRows<Lanes: SIMD> where Lanes.Scalar == Float {
    // Over the entries of a tree, anew for every row.
    private let products: UnsafeMutablePointer<Lanes>
    private let inverses: UnsafeMutablePointer<Lanes>
    /// What the sum of the leaves below an edge is multiplied by for the feature's value.
    private let parts: UnsafeMutablePointer<Lanes>
    private let leafSums: UnsafeMutablePointer<Lanes>
    /// 1 where the row goes this way at every edge that asks for the feature, else 0.
    private let states: UnsafeMutablePointer<Float>
    private let goesLeft: UnsafeMutablePointer<UInt8>
    private let places: Lanes
    private let rest: Lanes
    private let weights: Lanes

    /// For trees of at most `largest` nodes and leaves.
    init(largest: Int) {
        let rule = QuadratureRule.of(Lanes.scalarCount)
        var (places, rest, weights) = (Lanes(), Lanes(), Lanes())
        for lane in 0..<Lanes.scalarCount {
            places[lane] = Float(rule.places[lane])
            rest[lane] = Float(1 - rule.places[lane])
            weights[lane] = Float(rule.weights[lane])
        }
        (self.places, self.rest, self.weights) = (places, rest, weights)
        func room<Element>(_ filler: Element) -> UnsafeMutablePointer<Element> {
            let base = UnsafeMutablePointer<Element>.allocate(capacity: max(1, largest))
            base.initialize(repeating: filler, count: max(1, largest))
            return base
        }
        (products, inverses) = (room(Lanes(repeating: 1)), room(Lanes(repeating: 1)))
        (parts, leafSums) = (room(Lanes()), room(Lanes()))
        states = room(1)
        goesLeft = room(0)
    }

    deinit {
        for buffer in [products, inverses, parts, leafSums] { buffer.deallocate() }
        states.deallocate()
        goesLeft.deallocate()
    }

    /// Adds a tree's part to `sums`: for each value of a leaf and feature, `Lanes` that are weighted and summed in the end.
    @inline(__always)
    func run(_ tree: TreePointers, bins: UnsafePointer<UInt8>, features: Int, sums: UnsafeMutablePointer<Lanes>) {
        guard tree.count > 1 else { return }
        descend(tree, bins)
        for value in 0..<tree.leafWidth { ascend(tree, value, into: sums + value * features) }
    }

    /// The sum of what `run` left for one feature.
    @inline(__always)
    func total(_ sum: Lanes) -> Double {
        let weighted = sum * weights
        var total = 0.0
        for lane in 0..<Lanes.scalarCount { total += Double(weighted[lane]) }
        return total
    }

    /// The product of the factors of a row on the way to every entry. Which way a row goes is as good as random, so nothing
    /// here branches on it, nor on what is a leaf.
    @inline(__always)
    private func descend(_ tree: TreePointers, _ bins: UnsafePointer<UInt8>) {
        let (entries, states, goesLeft) = (tree.entries, states, goesLeft)
        let (products, inverses, parts) = (products, inverses, parts)
        let (places, rest, one) = (places, rest, Lanes(repeating: 1))
        goesLeft[0] = TreeRows.isLeft(entries[0], tree, bins)
        for index in 1..<tree.count {
            let entry = entries[index]
            let (parent, previous) = (Int(entry.parent), Int(entry.previous))
            let side: UInt8 = index == parent &+ 1 ? 1 : 0
            let holds = states[previous] * Float(1 &- (goesLeft[parent] ^ side))
            let factor = entry.share * rest + holds * places
            let inverse = one / factor
            states[index] = holds
            inverses[index] = inverse
            products[index] = products[parent] * (factor * inverses[previous])
            parts[index] = (holds - entry.share) * inverse
            goesLeft[index] = TreeRows.isLeft(entry, tree, bins)
        }
    }

    /// Sums the leaves below every edge and gives its feature its part.
    @inline(__always)
    private func ascend(_ tree: TreePointers, _ value: Int, into target: UnsafeMutablePointer<Lanes>) {
        let (entries, values, leafWidth) = (tree.entries, tree.values, tree.leafWidth)
        let (products, parts, leafSums) = (products, parts, leafSums)
        for index in 0..<tree.count { leafSums[index] = products[index] * values[index &* leafWidth &+ value] }
        var index = tree.count &- 1
        while index > 0 {
            let entry = entries[index]
            let (parent, sum) = (Int(entry.parent), leafSums[index])
            leafSums[parent] += sum
            target[Int(entries[parent].feature)] += sum * (parts[index] - parts[Int(entry.previous)])
            index &-= 1
        }
    }

    /// 1 where a row of these bins goes left, else 0; anything for a leaf.
    @inline(__always)
    private static func isLeft(_ entry: TreeLayout.Entry, _ tree: TreePointers, _ bins: UnsafePointer<UInt8>) -> UInt8 {
        let bin = Int16(bins[Int(entry.feature)])
        if entry.categories >= 0 { return tree.isIn(entry.categories, bin) ? 1 : 0 }
        return (bin <= entry.bin ? 1 : 0) | (bin == entry.missingLeft ? 1 : 0)
    }
}
