/// How alike the targets of rows are that share something: for numbers by their ranks, for classes by their equality. Both
/// are variances, of ranks or of indicators of the classes, so that 1 − within / all is the intraclass correlation (Fisher
/// 1925), for classes Fleiss' kappa (1971).
struct TargetLikeness {
    /// The rank of each row's target from 0 to 1, or its class.
    let values: [Double]
    let isClassification: Bool
    private let classCount: Int

    /// - Parameter target: a number for each row; of classes their indices.
    init(_ target: [Double], classCount: Int) {
        isClassification = classCount > 0
        self.classCount = classCount
        values = isClassification ? target : TargetLikeness.ranks(target)
    }

    /// The variance among rows at these places, of which there must be two.
    func variance(_ places: some Collection<Int32>) -> Double {
        let sum = squares(places)
        return places.count > 1 ? sum / Double(places.count - 1) : 0
    }

    /// The squared distances to the mean, summed.
    func squares(_ places: some Collection<Int32>) -> Double {
        if isClassification {
            var counts = [Int](repeating: 0, count: classCount)
            for place in places { counts[Int(values[Int(place)])] += 1 }
            let squares = counts.reduce(0.0) { $0 + Double($1) * Double($1) }
            return Double(places.count) - squares / Double(max(1, places.count))
        }
        var (sum, squares) = (0.0, 0.0)
        for place in places {
            let value = values[Int(place)] - 0.5
            sum += value
            squares += value * value
        }
        return max(0, squares - sum * sum / Double(max(1, places.count)))
    }

    /// The variance that two rows alone show.
    func distance(_ one: Int32, _ other: Int32) -> Double {
        let (one, other) = (values[Int(one)], values[Int(other)])
        return isClassification ? (one == other ? 0 : 1) : (one - other) * (one - other) / 2
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end) / 2 / Double(order.count) }
            start = end
        }
        return ranks
    }
}
