import Learners

/// Trees as one `TreeEnsembleRegressor` over a matrix of doubles.
///
/// A numeric test asks a value of the table itself whether it is at most the threshold that ends a bin, in double precision:
/// every double goes the way its bin goes. Categories are numbered as their bins, from 1; a set of them is a chain of tests
/// for equality. Where leaves have several values, a chain ends with a test for inequality: onnxruntime 1.32 takes
/// successive tests for equality of one feature together when the first values of their leaves are equal, whatever the
/// others are.
struct ONNXTrees {
    private let columns: ONNXColumns
    private let mappers: [BinMapper]
    private let ensemble: TreeEnsemble
    /// Whether some leaf has several values.
    private let hasWideLeaves: Bool
    private var table = Table()

    /// The operator's attributes, a place a node or a leaf's value.
    private struct Table {
        var trees: [Int64] = []
        var nodes: [Int64] = []
        var features: [Int64] = []
        var modes: [String] = []
        var values: [Double] = []
        var yes: [Int64] = []
        var no: [Int64] = []
        var missing: [Int64] = []
        var leafTrees: [Int64] = []
        var leafNodes: [Int64] = []
        var targets: [Int64] = []
        var weights: [Double] = []
    }

    /// The sums of the trees' leaves, `[rows, targetCount]` floats. `leafValues` gives a leaf's values by target.
    static func sums(
        of ensemble: TreeEnsemble, _ mappers: [BinMapper], _ encoder: TreeFeatureEncoder, in columns: ONNXColumns,
        targetCount: Int, hasWideLeaves: Bool = false,
        leafValues: (_ tree: Int, _ leaf: Int) -> [(target: Int, value: Double)]
    ) throws -> ONNXGraph.Value {
        var trees = ONNXTrees(columns: columns, mappers: mappers, ensemble: ensemble, hasWideLeaves: hasWideLeaves)
        let graph = columns.graph
        var inputs = try mappers.map { try trees.input($0, encoder) }
        if inputs.isEmpty { inputs = [try columns.zeros()] }
        for tree in 0..<ensemble.treeCount {
            try graph.check()
            trees.append(tree, leafValues)
        }
        return trees.node(graph, graph.concatenate(inputs), targetCount)
    }

    private init(columns: ONNXColumns, mappers: [BinMapper], ensemble: TreeEnsemble, hasWideLeaves: Bool) {
        self.hasWideLeaves = hasWideLeaves
        self.columns = columns
        self.mappers = mappers
        self.ensemble = ensemble
    }

    /// The column that a mapper's bins are made of, as doubles.
    private func input(_ mapper: BinMapper, _ encoder: TreeFeatureEncoder) throws -> ONNXGraph.Value {
        let graph = columns.graph
        switch mapper.kind {
        case .numeric:
            guard let (source, place) = TreeFeatureEncoder.source(ofAdded: mapper.name) else {
                return try columns.number(mapper.name)
            }
            guard let level = encoder.levels.first(where: { $0.column == source }) else {
                throw ONNXColumns.textError(source)
            }
            let count = level.lookup.levels.count
            let code = try columns.codes(source, levels: level.lookup.levels, missing: count, unknown: count + 1)
            let statistics = (0..<(count + 2)).map { Double(level.statistics[$0 * level.width + place]) }
            return graph.gather(graph.constant(.doubles(statistics, shape: [count + 2])), code)
        case .categorical(let levels):
            let code = try columns.codes(
                mapper.name, levels: levels, missing: levels.count + 2, unknown: levels.count + 1, first: 1)
            return graph.cast(code, to: .double)
        }
    }

    /// Appends a tree, its root first.
    private mutating func append(_ tree: Int, _ leafValues: (Int, Int) -> [(target: Int, value: Double)]) {
        var next: Int64 = 0
        func claim() -> Int64 {
            defer { next += 1 }
            return next
        }
        var open: [(link: Int32, id: Int64)] = [(ensemble.roots[tree], claim())]
        while let (link, id) = open.popLast() {
            guard link >= 0 else {
                add(tree, id, mode: "LEAF", feature: 0, value: 0, yes: 0, no: 0, missingIsYes: false)
                for (target, value) in leafValues(tree, Int(~link)) {
                    table.leafTrees.append(Int64(tree))
                    table.leafNodes.append(id)
                    table.targets.append(Int64(target))
                    table.weights.append(value)
                }
                continue
            }
            let node = ensemble.nodes[Int(link)]
            let feature = Int(node.feature)
            if node.categories < 0 {
                let (yes, no) = (claim(), claim())
                let test = threshold(node, mappers[feature])
                add(
                    tree, id, mode: "BRANCH_LEQ", feature: feature, value: test.value, yes: yes, no: no,
                    missingIsYes: test.missingIsYes)
                open += [(node.right, no), (node.left, yes)]
                continue
            }
            let chain = members(node, mappers[feature])
            let (yes, no) = (claim(), claim())
            var place = id
            for (index, member) in chain.values.enumerated() {
                let isLast = index == chain.values.count - 1
                let isInverted = isLast && hasWideLeaves
                let following = isLast ? no : claim()
                add(
                    tree, place, mode: isInverted ? "BRANCH_NEQ" : "BRANCH_EQ", feature: feature, value: Double(member),
                    yes: isInverted ? following : yes, no: isInverted ? yes : following, missingIsYes: false)
                place = following
            }
            open += chain.goLeft ? [(node.right, no), (node.left, yes)] : [(node.left, no), (node.right, yes)]
        }
    }

    /// The largest value that goes left, and whether missing ones do.
    private func threshold(_ node: TreeEnsemble.Node, _ mapper: BinMapper) -> (value: Double, missingIsYes: Bool) {
        let missing = Int16(mapper.missingBin)
        let missingIsYes = missing <= node.bin || missing == node.missingLeft
        guard case .numeric(let thresholds) = mapper.kind else { return (Double(node.bin) + 1, missingIsYes) }
        if node.bin < 0 { return (-.infinity, missingIsYes) }
        return (Int(node.bin) < thresholds.count ? thresholds[Int(node.bin)] : .infinity, missingIsYes)
    }

    /// The numbers of the categories that go left, or those of the others where they are fewer; never none.
    private func members(_ node: TreeEnsemble.Node, _ mapper: BinMapper) -> (values: [Int], goLeft: Bool) {
        var left: [Int] = []
        var right: [Int] = []
        for bin in 0...Int(mapper.missingBin) {
            let word = ensemble.categories[Int(node.categories) * 4 + bin >> 6]
            if word >> UInt64(bin & 63) & 1 != 0 { left.append(bin + 1) } else { right.append(bin + 1) }
        }
        if left.isEmpty { return ([0], true) }
        if right.isEmpty { return ([0], false) }
        return left.count <= right.count ? (left, true) : (right, false)
    }

    private mutating func add(
        _ tree: Int, _ id: Int64, mode: String, feature: Int, value: Double, yes: Int64, no: Int64, missingIsYes: Bool
    ) {
        table.trees.append(Int64(tree))
        table.nodes.append(id)
        table.features.append(Int64(feature))
        table.modes.append(mode)
        table.values.append(value)
        table.yes.append(yes)
        table.no.append(no)
        table.missing.append(missingIsYes ? 1 : 0)
    }

    private func node(_ graph: ONNXGraph, _ matrix: ONNXGraph.Value, _ targetCount: Int) -> ONNXGraph.Value {
        graph.node(
            "TreeEnsembleRegressor", [matrix],
            [
                ("n_targets", .integer(Int64(targetCount))),
                ("nodes_treeids", .integers(table.trees)),
                ("nodes_nodeids", .integers(table.nodes)),
                ("nodes_featureids", .integers(table.features)),
                ("nodes_modes", .strings(table.modes)),
                ("nodes_values_as_tensor", .tensor(.doubles(table.values, shape: [table.values.count]))),
                ("nodes_truenodeids", .integers(table.yes)),
                ("nodes_falsenodeids", .integers(table.no)),
                ("nodes_missing_value_tracks_true", .integers(table.missing)),
                ("target_treeids", .integers(table.leafTrees)),
                ("target_nodeids", .integers(table.leafNodes)),
                ("target_ids", .integers(table.targets)),
                ("target_weights_as_tensor", .tensor(.doubles(table.weights, shape: [table.weights.count]))),
            ], domain: ONNX.learningDomain)
    }
}
