extension TreeEnsemble {
    /// Appends the arrays, field by field.
    func write(to writer: inout BinaryWriter) {
        writer.write(roots)
        writer.write(nodes.map(\.feature))
        writer.write(nodes.map(\.left))
        writer.write(nodes.map(\.right))
        writer.write(nodes.map(\.categories))
        writer.write(nodes.map(\.bin))
        writer.write(nodes.map(\.missingLeft))
        writer.write(categories)
        writer.write(leaves)
        writer.write(covers)
    }

    /// Reads what `write(to:)` wrote and checks that every walk from a root ends in a leaf: children come after their
    /// parents, and every link, feature and set is in range. Files of before trees knew their rows have no covers.
    init(from reader: inout BinaryReader, featureCount: Int, leafWidth: Int = 1, hasCovers: Bool = true) throws {
        self.leafWidth = leafWidth
        roots = try reader.readArray(Int32.self)
        let features = try reader.readArray(Int32.self)
        let left = try reader.readArray(Int32.self)
        let right = try reader.readArray(Int32.self)
        let sets = try reader.readArray(Int32.self)
        let bins = try reader.readArray(Int16.self)
        let missing = try reader.readArray(Int16.self)
        categories = try reader.readArray(UInt64.self)
        leaves = try reader.readArray(Float.self)
        if hasCovers { covers = try reader.readArray(UInt32.self) }
        let count = features.count
        guard [left.count, right.count, sets.count, bins.count, missing.count].allSatisfy({ $0 == count }) else {
            throw reader.failure("the parts of the trees' nodes differ in length")
        }
        guard categories.count % 4 == 0 else { throw reader.failure("a set of categories is cut off") }
        guard leafWidth > 0, leaves.count % leafWidth == 0 else {
            throw reader.failure("a leaf of the trees is cut off")
        }
        guard covers.isEmpty || (covers.count == leaves.count / leafWidth && !covers.contains(0)) else {
            throw reader.failure("the rows of the trees' leaves do not fit them")
        }
        let (nodeCount, leafCount, setCount) = (count, leaves.count / leafWidth, categories.count / 4)
        func isLink(_ link: Int32, after node: Int) -> Bool {
            link >= 0 ? Int(link) > node && Int(link) < nodeCount : Int(~link) < leafCount
        }
        guard roots.allSatisfy({ isLink($0, after: -1) }) else { throw reader.failure("a tree starts nowhere") }
        nodes = []
        nodes.reserveCapacity(count)
        for index in 0..<count {
            guard isLink(left[index], after: index), isLink(right[index], after: index) else {
                throw reader.failure("node \(index) of the trees leads nowhere")
            }
            guard features[index] >= 0, Int(features[index]) < featureCount else {
                throw reader.failure("node \(index) of the trees asks for a feature that is not there")
            }
            guard sets[index] >= -1, Int(sets[index]) < setCount else {
                throw reader.failure("node \(index) of the trees asks for categories that are not there")
            }
            nodes.append(
                Node(
                    feature: features[index], left: left[index], right: right[index], categories: sets[index],
                    bin: bins[index], missingLeft: missing[index]))
        }
    }
}
