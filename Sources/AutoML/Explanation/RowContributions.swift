import Foundation
public import Learners
public import Tabular

/// Why a model predicts what it predicts, row by row: what each of its columns adds to a common base.
public struct RowContributions: Sendable {
    /// How the contributions of one member were found.
    public enum Method: String, Sendable, Codable, Hashable {
        /// Exact Shapley values of trees (Lundberg et al. 2020).
        case treeSHAP = "tree_shap"
        /// Exact Shapley values of a linear model.
        case linearSHAP = "linear_shap"
        /// Shapley values over sampled orders of the columns, with their standard errors.
        case sampled
    }

    /// One member of the model.
    public struct Member: Sendable, Codable, Hashable {
        /// Its name.
        public var model: String
        /// Its share in the prediction.
        public var weight: Double
        /// How its contributions were found.
        public var method: Method
        /// Orders that were tried; nil where the values are exact.
        public var orders: Int?
    }

    /// The unit of what is asked for.
    public enum Scale: String, Sendable, Codable, CaseIterable, Hashable {
        /// That of the predictions: probability, or the target's units.
        case prediction
        /// That in which the members add up, such as log-odds; only for models whose members share one.
        case margin
    }

    /// The columns of the table that the model uses, in its order.
    public let columns: [String]
    /// What is predicted: the second of two classes, each of more, or the target.
    public let outputs: [String]
    /// The unit of base and values.
    public let scale: ContributionScale
    /// What is predicted of a row of which nothing is known, one an output.
    public let base: [Double]
    /// `rows × columns × outputs`, the output running fastest.
    public let values: [Double]
    /// Standard errors of the values, of the same shape; nil where all are exact.
    public let standardErrors: [Double]?
    /// The members.
    public let members: [Member]

    /// Number of rows.
    public var rowCount: Int { values.count / max(1, columns.count * outputs.count) }

    /// A row's contribution of a column to an output.
    public func value(row: Int, column: Int, output: Int) -> Double {
        values[(row * columns.count + column) * outputs.count + output]
    }

    /// Base and contributions of a row, summed: the prediction on the same scale.
    public func total(row: Int, output: Int) -> Double {
        columns.indices.reduce(base[output]) { $0 + value(row: row, column: $1, output: output) }
    }
}

extension ModelArtifact {
    /// What contributions are about: the second of two classes, each of more, or the target.
    public var contributionOutputs: [String] {
        switch header.task {
        case .regression: [header.target]
        case .binary: [header.classes[1]]
        case .multiclass: header.classes
        }
    }

    /// The contributions of the model's columns to its predictions for every row of `table`.
    ///
    /// Values of several features made from one column are summed. Members' values are summed by their weights, on the scale
    /// of the predictions: `base` and values then sum to what `predict` gives. Throws what a prediction throws, and
    /// `AutoMLError.invalidSetting` for a margin that the members do not share.
    ///
    /// - Parameter predictionBudget: predictions of composed rows that sampled values may cost each member.
    public func contributions(
        _ table: Table, scale: RowContributions.Scale = .prediction, predictionBudget: Int = 60_000,
        context: TrainingContext = TrainingContext()
    ) throws -> RowContributions {
        let features = try self.features(of: table)
        let columns = header.plan.sources.map(\.name)
        var columnOf: [String: Int] = [:]
        for (index, source) in header.plan.sources.enumerated() {
            for feature in source.features { columnOf[feature.name] = index }
        }
        var sum = ContributionSum(
            rows: table.rowCount, columns: columns.count, outputs: contributionOutputs.count)
        var members: [RowContributions.Member] = []
        for (member, bag) in zip(header.members, bags) {
            try context.check()
            let (method, orders) = try add(
                bag, weight: member.weight, features, columnOf, scale, predictionBudget, context, &sum)
            members.append(
                RowContributions.Member(model: member.model, weight: member.weight, method: method, orders: orders))
        }
        let fallback: ContributionScale = header.task == .regression ? .targetUnits : .probability
        return RowContributions(
            columns: columns, outputs: contributionOutputs, scale: sum.scale ?? fallback, base: sum.base,
            values: sum.values, standardErrors: sum.squaredErrors.map { $0.map { $0.squareRoot() } },
            members: members)
    }

    private func add(
        _ bag: ModelBag, weight: Double, _ features: Table, _ columnOf: [String: Int], _ scale: RowContributions.Scale,
        _ budget: Int, _ context: TrainingContext, _ sum: inout ContributionSum
    ) throws -> (RowContributions.Method, orders: Int?) {
        let share = weight / Double(bag.models.count)
        var isLinear = false
        var exact: [Contributions] = []
        for model in bag.models {
            guard let model = model as? any ContributingModel,
                let own = try model.contributions(features, context: context)
            else { break }
            isLinear = model is LinearModel
            exact.append(scale == .margin ? own : own.onOutputScale())
        }
        if exact.count == bag.models.count {
            for own in exact {
                try sum.add(own, share: share, columnOf: columnOf, target: header.task)
            }
            return (isLinear ? .linearSHAP : .treeSHAP, nil)
        }
        guard scale == .prediction else {
            throw AutoMLError(
                .invalidSetting, "the members of this model share no margin: ask for the scale of the predictions",
                field: "scale")
        }
        let sampled = try SampledShapley(
            bag: bag, background: try self.features(of: evaluation?.sample.table ?? goldenRows), columnOf: columnOf,
            columnCount: header.plan.sources.count, isBinary: header.task == .binary
        ).values(features, budget: bag.isSlow ? budget / 20 : budget, context: context)
        try sum.add(sampled, weight: weight)
        return (.sampled, sampled.orders)
    }

    /// The features that members take.
    func features(of table: Table) throws -> Table {
        do {
            return try header.plan.apply(table)
        } catch let error as FeatureError {
            throw AutoMLError(.unsuitableInput, error.description, field: error.column)
        }
    }
}

extension ModelBag {
    /// Whether a prediction takes a walk over all training rows.
    var isSlow: Bool { models.contains { $0 is NearestNeighborsModel } }
}

/// Members' contributions while they are summed.
struct ContributionSum {
    let columns: Int
    let outputs: Int
    var scale: ContributionScale?
    var base: [Double]
    var values: [Double]
    var squaredErrors: [Double]?

    init(rows: Int, columns: Int, outputs: Int) {
        self.columns = columns
        self.outputs = outputs
        base = [Double](repeating: 0, count: outputs)
        values = [Double](repeating: 0, count: rows * columns * outputs)
    }

    mutating func add(_ own: Contributions, share: Double, columnOf: [String: Int], target: Task) throws {
        guard own.outputCount == outputs || (target == .binary && own.outputCount == 1) else {
            throw AutoMLError(.damagedModel, "a member of the model does not predict \(outputs) values")
        }
        try take(own.scale)
        for output in 0..<outputs { base[output] += share * own.base[output] }
        let places = try own.columns.map { name -> Int in
            guard let place = columnOf[name] else {
                throw AutoMLError(.damagedModel, "a member of the model uses a feature \"\(name)\" that it has not")
            }
            return place
        }
        for row in 0..<own.rowCount {
            for (index, place) in places.enumerated() {
                let from = (row * places.count + index) * outputs
                let to = (row * columns + place) * outputs
                for output in 0..<outputs { values[to + output] += share * own.values[from + output] }
            }
        }
    }

    mutating func add(_ own: SampledShapley.Result, weight: Double) throws {
        try take(outputs == 1 && own.isRegression ? .targetUnits : .probability)
        for output in 0..<outputs { base[output] += weight * own.base[output] }
        var squares = squaredErrors ?? [Double](repeating: 0, count: values.count)
        for index in values.indices {
            values[index] += weight * own.values[index]
            squares[index] += weight * weight * own.errors[index] * own.errors[index]
        }
        squaredErrors = squares
    }

    private mutating func take(_ new: ContributionScale) throws {
        if let scale, scale != new {
            throw AutoMLError(
                .invalidSetting, "the members of this model share no margin: ask for the scale of the predictions",
                field: "scale")
        }
        scale = new
    }
}
