import Tabular

/// Rows by a key of one column or two, and how alike the targets of rows with the same key are, beside those of rows whose
/// keys are neighbours. Rows without a value are left out.
struct KeyedRows {
    /// Rows with a value that were looked at.
    let rowCount: Int
    /// Keys that these have.
    let keyCount: Int
    /// Rows whose key is another row's too.
    let sharing: Int
    /// The most rows of one key.
    let largest: Int
    /// 1 − the variance within keys by that of all: 0 where a key tells nothing of the target, 1 where it tells all.
    let likeness: Double
    /// The same for neighbouring keys; nil where keys have no order.
    let likenessOfNeighbors: Double?
    /// The share of rows that have the same target as the one before of their key.
    let equal: Double
    /// Rows beyond the first of their key: how sure the likeness is.
    let degrees: Int
    /// The share of keys whose first row has the same target as the last one of the neighbour before.
    let equalOfNeighbors: Double

    /// Rows that share a key by those that were looked at.
    var coverage: Double { rowCount > 0 ? Double(sharing) / Double(rowCount) : 0 }
    /// Rows of a key on average.
    var meanSize: Double { keyCount > 0 ? Double(rowCount) / Double(keyCount) : 0 }

    /// - Parameters:
    ///   - keys: for each of the rows the place of its key in their order, -1 for none.
    ///   - places: the rows.
    ///   - isOrdered: whether keys next to each other are neighbours.
    init(_ keys: [Int64], at places: [Int32], isOrdered: Bool, _ target: TargetLikeness) {
        let order = keys.indices.filter { keys[$0] >= 0 }.map { (key: keys[$0], place: places[$0]) }
            .sorted { ($0.key, $0.place) < ($1.key, $1.place) }
        var (keyCount, sharing, largest, degrees, equal) = (0, 0, 0, 0, 0)
        var (within, between) = (0.0, 0.0)
        var (neighbors, equalNeighbors) = (0, 0)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, order[end].key == order[start].key { end += 1 }
            let size = end - start
            keyCount += 1
            largest = max(largest, size)
            if size > 1 {
                sharing += size
                degrees += size - 1
                within += target.squares(order[start..<end].map(\.place))
                for place in start + 1..<end {
                    if target.distance(order[place - 1].place, order[place].place) == 0 { equal += 1 }
                }
            }
            if start > 0 {
                let distance = target.distance(order[start - 1].place, order[start].place)
                neighbors += 1
                between += distance
                if distance == 0 { equalNeighbors += 1 }
            }
            start = end
        }
        let all = target.variance(order.map(\.place))
        rowCount = order.count
        (self.keyCount, self.sharing, self.largest, self.degrees) = (keyCount, sharing, largest, degrees)
        self.equal = degrees > 0 ? Double(equal) / Double(degrees) : 0
        likeness = degrees > 0 && all > 0 ? 1 - within / Double(degrees) / all : 0
        likenessOfNeighbors =
            isOrdered && neighbors > 0 && all > 0 ? 1 - between / Double(neighbors) / all : nil
        equalOfNeighbors = Double(equalNeighbors) / Double(max(1, neighbors))
    }
}
