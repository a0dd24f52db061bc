import Foundation
public import Tabular

extension TreeEnsemble {
    /// Whether every leaf tells how many rows it was trained on.
    var hasCovers: Bool { !covers.isEmpty && covers.count == leafCount }
}

extension TreeFeatureEncoder {
    /// The name of the column that a mapper's numbers come from.
    static func source(of mapper: String) -> String {
        mapper.split(separator: "\u{1F}", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
            ?? mapper
    }
}

/// The columns that mappers stand for, in order of first appearance, and each mapper's place among them.
private func columns(of mappers: [BinMapper]) -> (names: [String], places: [Int]) {
    var names: [String] = []
    var placeOf: [String: Int] = [:]
    let places = mappers.map { mapper -> Int in
        let name = TreeFeatureEncoder.source(of: mapper.name)
        if let place = placeOf[name] { return place }
        placeOf[name] = names.count
        names.append(name)
        return names.count - 1
    }
    return (names, places)
}

extension GradientBoostingModel: ContributingModel {
    /// Exact path-dependent Shapley values of the raw scores.
    public func contributions(_ features: Table, context: TrainingContext) throws -> Contributions? {
        guard let layout = layout.value({ TreeLayout(ensemble) }) else { return nil }
        let table = BinnedTable(try encoder.adding(to: features), mappers: mappers, pool: context.pool)
        let (names, places) = columns(of: mappers)
        let shapley = TreeShapley(
            layout: layout, columnOfMapper: places, columnCount: names.count,
            scoreCount: baseScores.count)
        let base = zip(baseScores, shapley.expectedValues()).map { $0 + $1 }
        let values = try shapley.values(table, context: context)
        let (scale, link) = contributionLink
        return Contributions(
            columns: names, base: base, values: values, scale: scale,
            outputScale: outputCount > 1 ? .probability : .targetUnits, link: link)
    }

    private var contributionLink: (ContributionScale, Contributions.Link) {
        switch objective {
        case .logistic: return (.logOdds, .single { logistic($0) })
        case .softmax: return (.logOdds, .softmax)
        case .squaredError, .huber:
            return isLogTarget ? (.logTarget, .single { expm1(min(700, $0)) }) : (.targetUnits, .identity)
        case .poisson, .gamma, .tweedie:
            let isLogTarget = isLogTarget
            return (
                .logTarget,
                .single { score in
                    let value = exp(max(-700, min(700, score)))
                    return isLogTarget ? expm1(min(700, value)) : value
                }
            )
        }
    }
}

extension ForestModel: ContributingModel {
    /// Exact path-dependent Shapley values of the average of the trees.
    public func contributions(_ features: Table, context: TrainingContext) throws -> Contributions? {
        guard let layout = layout.value({ TreeLayout(ensemble) }) else { return nil }
        let table = BinnedTable(try encoder.adding(to: features), mappers: mappers, pool: context.pool)
        let (names, places) = columns(of: mappers)
        let shapley = TreeShapley(
            layout: layout, columnOfMapper: places, columnCount: names.count, scoreCount: 1)
        let share = 1 / Double(ensemble.treeCount)
        let scale: ContributionScale = outputCount > 1 ? .probability : .targetUnits
        return Contributions(
            columns: names, base: shapley.expectedValues().map { base + $0 * share },
            values: try shapley.values(table, context: context).map { $0 * share }, scale: scale, outputScale: scale,
            link: .identity)
    }
}
