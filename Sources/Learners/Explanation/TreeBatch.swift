/// Shapley values of many rows at once, for trees whose paths have few distinct features.
///
/// What a leaf gives to its features depends on the row only by which of them hold: a table of all those patterns is worked
/// out for each leaf, and rows look it up (Yang 2021, Fast TreeSHAP v2, which sums over subsets; here the sums are a
/// quadrature). With Z(S) the integral of the product of the factors over 1 − t where the features of S hold, a feature
/// outside S has −Z(S), and one in S with share s has (1 − s) / s · Z(S without it).
///
/// A slot is the place of a feature among the distinct features of a path, in the order of their first edges.
final class TreeBatch {
    private typealias Slots = SIMD8<Float>
    private typealias Pattern = SIMD8<UInt16>

    /// Most slots.
    static let mostSlots = 12

    private let rows: Int
    private let columnOf: [Int]
    private let columnCount: Int
    private let leafWidth: Int
    /// Bins by feature, each `stride` rows long.
    private let bins: UnsafeMutablePointer<Int16>
    /// For every depth, which slots hold in each row.
    private let patterns: UnsafeMutablePointer<UInt16>
    private let stride: Int
    /// By slot, for each value of a leaf and row; those of a slot are of the subtree below the node that first asks for it.
    private let open: UnsafeMutablePointer<Slots>
    /// Vectors of slots: 1 for at most 8 slots, else 2.
    private let vectors: Int
    /// For each value of a leaf and column, a number a row.
    private let sums: UnsafeMutablePointer<Double>
    private let table: UnsafeMutablePointer<Slots>
    private let integrals: UnsafeMutablePointer<SIMD4<Float>>
    private let products: UnsafeMutablePointer<SIMD4<Float>>
    private var shares = [Float](repeating: 1, count: TreeBatch.mostSlots)
    private var slotOf: [Int]

    /// For `rows` rows of a table of bins, and trees at most `depth` deep with at most `slots` features on a path.
    init(
        table binned: BinnedTable, rows range: Range<Int>, depth: Int, slots: Int, columnOf: [Int], columnCount: Int,
        leafWidth: Int
    ) {
        vectors = slots > 8 ? 2 : 1
        rows = range.count
        stride = (rows + 7) / 8 * 8
        (self.columnOf, self.columnCount, self.leafWidth) = (columnOf, columnCount, leafWidth)
        func room<Element>(_ count: Int, _ filler: Element) -> UnsafeMutablePointer<Element> {
            let base = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
            base.initialize(repeating: filler, count: max(1, count))
            return base
        }
        bins = room(stride * binned.width, 0)
        patterns = room(stride * (depth + 1), 0)
        open = room(stride * leafWidth * vectors, Slots())
        sums = room(stride * leafWidth * columnCount, 0)
        let size = 1 << max(2, slots)
        table = room(size * vectors, Slots())
        integrals = room(size / 4, SIMD4())
        products = room(size / 4, SIMD4())
        slotOf = [Int](repeating: -1, count: binned.width)
        for (place, row) in range.enumerated() {
            for feature in 0..<binned.width {
                bins[feature * stride + place] = Int16(binned.bins.base[row * binned.width + feature])
            }
        }
    }

    deinit {
        bins.deallocate()
        patterns.deallocate()
        open.deallocate()
        sums.deallocate()
        table.deallocate()
        integrals.deallocate()
        products.deallocate()
    }

    /// Adds the values of a tree.
    func run(_ tree: TreePointers) {
        if tree.count > 1 { _ = walk(tree, 0, depth: 0, used: 0) }
    }

    /// Adds all sums to the rows' places.
    func finish(_ output: TreeShapley.Output) {
        for row in 0..<rows {
            for column in 0..<columnCount {
                let place = output.base + row * output.rowStride + column * output.columnStride
                for value in 0..<leafWidth { place[value] += sums[(value * columnCount + column) * stride + row] }
            }
        }
    }

    /// Goes through the subtree at `index` and returns the index after it. The depth is bounded (`TreeShapley.tableDepth`).
    private func walk(_ tree: TreePointers, _ index: Int, depth: Int, used: Int) -> Int {
        let node = tree.entries[index]
        if node.isLeaf {
            addLeaf(tree.values + index * leafWidth, depth: depth, used: used)
            return index + 1
        }
        let feature = Int(node.feature)
        let isNew = slotOf[feature] < 0
        let slot = isNew ? used : slotOf[feature]
        let below = isNew ? used + 1 : used
        let above = shares[slot]
        if isNew {
            slotOf[feature] = slot
            start(slot)
        }
        shares[slot] = tree.entries[index + 1].share
        descend(tree, node, slot, isNew, depth, isLeft: true)
        let right = walk(tree, index + 1, depth: depth + 1, used: below)
        shares[slot] = tree.entries[right].share
        descend(tree, node, slot, isNew, depth, isLeft: false)
        let end = walk(tree, right, depth: depth + 1, used: below)
        shares[slot] = above
        if isNew {
            slotOf[feature] = -1
            close(slot, column: columnOf[feature])
        }
        return end
    }

    /// The patterns one edge further down.
    private func descend(
        _ tree: TreePointers, _ node: TreeLayout.Entry, _ slot: Int, _ isNew: Bool, _ depth: Int, isLeft: Bool
    ) {
        let column = bins + Int(node.feature) * stride
        let (source, target) = (patterns + depth * stride, patterns + (depth + 1) * stride)
        let bit = UInt16(1) << UInt16(slot)
        let new = isNew ? bit : 0
        if node.categories >= 0 {
            for row in 0..<rows {
                let holds = tree.isIn(node.categories, column[row]) == isLeft
                target[row] = (source[row] | new) & (holds ? .max : ~bit)
            }
            return
        }
        let (all, others, added) = (Pattern(repeating: .max), Pattern(repeating: ~bit), Pattern(repeating: new))
        let (inside, outside) = isLeft ? (all, others) : (others, all)
        let (last, missing) = (SIMD8<Int16>(repeating: node.bin), SIMD8<Int16>(repeating: node.missingLeft))
        let block = UnsafeRawPointer(column).assumingMemoryBound(to: SIMD8<Int16>.self)
        let from = UnsafeRawPointer(source).assumingMemoryBound(to: Pattern.self)
        let to = UnsafeMutableRawPointer(target).assumingMemoryBound(to: Pattern.self)
        for place in 0..<stride / 8 {
            let bin = block[place]
            let kept = outside.replacing(with: inside, where: (bin .<= last) .| (bin .== missing))
            to[place] = (from[place] | added) & kept
        }
    }

    private var slots: UnsafeMutablePointer<Float> {
        UnsafeMutableRawPointer(open).assumingMemoryBound(to: Float.self)
    }

    private func start(_ slot: Int) {
        let (slots, width) = (slots + slot, 8 * vectors)
        for place in 0..<stride * leafWidth { slots[place &* width] = 0 }
    }

    /// Gives a feature what its slot holds, when the subtree below its first edge is done.
    private func close(_ slot: Int, column: Int) {
        let width = 8 * vectors
        for value in 0..<leafWidth {
            let source = slots + value * stride * width + slot
            let target = sums + (value * columnCount + column) * stride
            for row in 0..<rows { target[row] += Double(source[row &* width]) }
        }
    }

    private func addLeaf(_ values: UnsafePointer<Float>, depth: Int, used: Int) {
        integrate(used)
        tabulate(used)
        let (pattern, table, rows) = (patterns + depth * stride, table, rows)
        for value in 0..<leafWidth {
            let (own, target) = (values[value], open + value * stride * vectors)
            if vectors == 1 {
                for row in 0..<rows { target[row] += table[Int(pattern[row])] * own }
            } else {
                for row in 0..<rows {
                    let place = 2 &* Int(pattern[row])
                    target[2 &* row] += table[place] * own
                    target[2 &* row &+ 1] += table[place &+ 1] * own
                }
            }
        }
    }

    /// Z for every pattern of the first `used` slots.
    private func integrate(_ used: Int) {
        let rule = QuadratureRule.of(max(2, (used + 1) / 2))
        let vectors = max(1, (1 << used) / 4)
        for vector in 0..<vectors { integrals[vector] = SIMD4() }
        for (place, weight) in zip(rule.places, rule.weights) {
            let (t, rest) = (Float(place), Float(1 - place))
            func factors(_ slot: Int) -> (Float, Float) {
                slot < used ? (shares[slot] * rest, shares[slot] * rest + t) : (1, 1)
            }
            let (first, second) = (factors(0), factors(1))
            products[0] =
                SIMD4(first.0, first.1, first.0, first.1) * SIMD4(second.0, second.0, second.1, second.1)
                * Float(weight / (1 - place))
            var size = 1
            for slot in Swift.stride(from: 2, to: used, by: 1) {
                let (fails, holds) = factors(slot)
                for vector in 0..<size {
                    let product = products[vector]
                    products[size + vector] = product * holds
                    products[vector] = product * fails
                }
                size *= 2
            }
            for vector in 0..<vectors { integrals[vector] += products[vector] }
        }
    }

    /// What each slot gets in each pattern; slots beyond `used` keep what they had, which nobody takes.
    private func tabulate(_ used: Int) {
        let width = 8 * vectors
        let target = UnsafeMutableRawPointer(table).assumingMemoryBound(to: Float.self)
        let source = UnsafeRawPointer(integrals).assumingMemoryBound(to: Float.self)
        for slot in 0..<used {
            let (bit, ratio) = (1 << slot, (1 - shares[slot]) / shares[slot])
            var start = 0
            while start < 1 << used {
                for pattern in start..<start + bit {
                    let integral = source[pattern]
                    target[pattern &* width &+ slot] = -integral
                    target[(pattern &+ bit) &* width &+ slot] = ratio * integral
                }
                start += 2 * bit
            }
        }
    }
}
