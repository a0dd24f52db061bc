extension ScoredSample {
    /// The score when row *i* appears `counts[i]` times (once each where nil); NaN where the metric is not defined.
    func score(counts: [UInt8]?) -> Double {
        switch reduced {
        case .mean(let losses, let isRooted):
            let mean = mean(of: losses, counts)
            return isRooted ? mean.squareRoot() : mean
        case .variance(let centred, let residuals): return explained(centred, residuals, counts)
        case .confusion(let cells, let classCount):
            return metric.score(confusion: confusion(cells, classCount, counts), classCount: classCount)
        case .rankings(let rankings):
            var sum = 0.0
            var used = 0.0
            for ranking in rankings {
                let area = area(ranking, counts)
                if area.isNaN { continue }
                sum += area
                used += 1
            }
            return sum / used
        }
    }

    /// The answer where `score` has none.
    var degenerateScore: Double {
        switch metric {
        case .rocAUC: 0.5
        case .mcc, .f1, .averagePrecision: 0
        case .r2:
            if case .variance(_, let residuals) = reduced, residuals.allSatisfy({ $0 == 0 }) { 1 } else { 0 }
        default: .nan
        }
    }

    private func mean(of losses: [Double], _ counts: [UInt8]?) -> Double {
        var sum = 0.0
        var total = 0.0
        switch (counts, weights) {
        case (nil, nil): return losses.reduce(0, +) / Double(losses.count)
        case (nil, let weights?):
            for row in losses.indices {
                sum += losses[row] * weights[row]
                total += weights[row]
            }
        case (let counts?, nil):
            var rows = 0
            for row in losses.indices {
                sum += losses[row] * Double(counts[row])
                rows += Int(counts[row])
            }
            total = Double(rows)
        case (let counts?, let weights?):
            for row in losses.indices {
                let weight = weights[row] * Double(counts[row])
                sum += losses[row] * weight
                total += weight
            }
        }
        return sum / total
    }

    @inline(__always)
    private func weight(_ row: Int, _ counts: [UInt8]?) -> Double {
        (counts.map { Double($0[row]) } ?? 1) * (weights?[row] ?? 1)
    }

    private func explained(_ centred: [Double], _ residuals: [Double], _ counts: [UInt8]?) -> Double {
        var total = 0.0
        var sum = 0.0
        var squares = 0.0
        var unexplained = 0.0
        for row in centred.indices {
            let weight = weight(row, counts)
            total += weight
            sum += weight * centred[row]
            squares += weight * centred[row] * centred[row]
            unexplained += weight * residuals[row] * residuals[row]
        }
        let variance = squares - sum * sum / total
        return variance > 0 ? 1 - unexplained / variance : .nan
    }

    private func confusion(_ cells: [Int32], _ classCount: Int, _ counts: [UInt8]?) -> [Double] {
        var matrix = [Double](repeating: 0, count: classCount * classCount)
        for row in cells.indices { matrix[Int(cells[row])] += weight(row, counts) }
        return matrix
    }

    /// Area under the ROC or the precision-recall curve, rows of equal probability counted as one step.
    private func area(_ ranking: Ranking, _ counts: [UInt8]?) -> Double {
        let isROC = metric == .rocAUC
        var hits = 0.0
        var misses = 0.0
        var stepHits = 0.0
        var stepMisses = 0.0
        var area = 0.0
        for index in ranking.order.indices {
            let weight = weight(Int(ranking.order[index]), counts)
            let flag = ranking.flags[index]
            let hit = flag & 1 != 0 ? weight : 0
            stepHits += hit
            stepMisses += weight - hit
            if flag & 2 == 0 { continue }
            hits += stepHits
            if isROC {
                area += stepMisses * (hits - 0.5 * stepHits)
            } else if stepHits > 0 {
                area += stepHits * hits / (hits + misses + stepMisses)
            }
            misses += stepMisses
            stepHits = 0
            stepMisses = 0
        }
        return isROC ? area / (hits * misses) : area / hits
    }
}

extension Metric {
    /// The score of a confusion matrix, `classCount` rows of true classes by columns of predicted ones.
    fileprivate func score(confusion matrix: [Double], classCount: Int) -> Double {
        var actual = [Double](repeating: 0, count: classCount)
        var predicted = actual
        var right = 0.0
        for row in 0..<classCount {
            right += matrix[row * classCount + row]
            for column in 0..<classCount {
                actual[row] += matrix[row * classCount + column]
                predicted[column] += matrix[row * classCount + column]
            }
        }
        let total = actual.reduce(0, +)
        switch self {
        case .balancedAccuracy:
            let recalls = (0..<classCount).filter { actual[$0] > 0 }.map { matrix[$0 * classCount + $0] / actual[$0] }
            return recalls.reduce(0, +) / Double(recalls.count)
        case .f1:
            let scored = classCount == 2 ? [1] : (0..<classCount).filter { actual[$0] + predicted[$0] > 0 }
            let scores = scored.map { 2 * matrix[$0 * classCount + $0] / (actual[$0] + predicted[$0]) }
            return scores.reduce(0, +) / Double(scores.count)
        case .mcc:
            let agreement = zip(actual, predicted).reduce(0) { $0 + $1.0 * $1.1 }
            let actualSpread = total * total - actual.reduce(0) { $0 + $1 * $1 }
            let predictedSpread = total * total - predicted.reduce(0) { $0 + $1 * $1 }
            let scale = (actualSpread * predictedSpread).squareRoot()
            return scale > 0 ? (right * total - agreement) / scale : .nan
        default: return right / total
        }
    }
}
