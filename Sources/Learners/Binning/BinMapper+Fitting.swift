import Tabular

extension BinMapper {
    /// Rows that are looked at to place thresholds; larger tables are sampled evenly.
    static let sampledRows = 200_000

    /// A mapper for `column`, or nil where it holds free text. Looks at values alone, never at a target.
    init?(fitting column: Column, maximumBins: Int = BinMapper.maximumBins) {
        switch column.storage {
        case .strings(let codes, let names):
            guard column.type != .text else { return nil }
            var counts = [Int](repeating: 0, count: names.count)
            for row in 0..<codes.count {
                let code = codes[row]
                if code >= 0 { counts[Int(code)] += 1 }
            }
            let order = counts.indices.filter { counts[$0] > 0 }
                .sorted { (counts[$1], $0) < (counts[$0], $1) }
            self.init(name: column.name, kind: .categorical(levels: order.prefix(maximumBins - 1).map { names[$0] }))
        default:
            guard let values = column.doubles() else { return nil }
            let thresholds = BinMapper.thresholds(of: values, maximumBins: maximumBins)
            self.init(name: column.name, kind: .numeric(thresholds: thresholds))
        }
    }

    /// Thresholds between at most `maximumBins` bins of about equal counts; each distinct value has a bin of its own where
    /// they are few. A value that fills more than its share of rows has a bin of its own (as in Ke et al. 2017).
    static func thresholds(of values: [Double], maximumBins: Int) -> [Double] {
        let step = max(1, values.count / sampledRows)
        var sample: [Double] = []
        sample.reserveCapacity(values.count / step + 1)
        for index in stride(from: 0, to: values.count, by: step) where !values[index].isNaN {
            sample.append(values[index])
        }
        sample.sort()
        var distinct: [Double] = []
        var counts: [Int] = []
        for value in sample {
            if value == distinct.last {
                counts[counts.count - 1] += 1
            } else {
                distinct.append(value)
                counts.append(1)
            }
        }
        guard distinct.count > 1 else { return [] }
        if distinct.count <= maximumBins { return zip(distinct, distinct.dropFirst()).map(middle) }
        return greedyThresholds(distinct, counts: counts, total: sample.count, maximumBins: maximumBins)
    }

    private static func greedyThresholds(
        _ distinct: [Double], counts: [Int], total: Int, maximumBins: Int
    ) -> [Double] {
        var share = Double(total) / Double(maximumBins)
        let isLarge = counts.map { Double($0) >= share }
        var restRows = total
        var restBins = maximumBins
        for index in counts.indices where isLarge[index] {
            restRows -= counts[index]
            restBins -= 1
        }
        share = Double(restRows) / Double(max(1, restBins))
        var thresholds: [Double] = []
        var filled = 0
        for index in 0..<(distinct.count - 1) {
            filled += counts[index]
            if !isLarge[index] { restRows -= counts[index] }
            let closes =
                isLarge[index] || Double(filled) >= share
                || (isLarge[index + 1] && Double(filled) >= max(1, share * 0.5))
            guard closes else { continue }
            thresholds.append(middle(distinct[index], distinct[index + 1]))
            if thresholds.count == maximumBins - 1 { break }
            filled = 0
            if !isLarge[index] {
                restBins -= 1
                share = Double(restRows) / Double(max(1, restBins))
            }
        }
        return thresholds
    }

    /// A number t with low ≤ t < high.
    private static func middle(_ low: Double, _ high: Double) -> Double {
        let t = low / 2 + high / 2
        return t >= low && t < high ? t : low
    }
}
