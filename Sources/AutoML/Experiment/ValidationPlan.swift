public import Learners
public import Search

/// Which rows a trial trains on and which it is scored on; the same for every trial of an experiment.
///
/// Folds are stratified: by class, or by quantiles of the target for regression.
public struct ValidationPlan: Sendable, Hashable {
    /// The rows of one split; both ascending, without a row in common.
    public struct Split: Sendable, Hashable {
        /// Rows to train on.
        public var training: [Int32]
        /// Rows to score on.
        public var validation: [Int32]
        /// Those of the rows to train on that a learner with stages watches instead, where there is but one split; ascending.
        public var watched: [Int32] = []
    }

    /// Folds of one repeat; 1 for a single hold-out.
    public let folds: Int
    /// How often the rows are divided anew.
    public let repeats: Int
    /// Rows of the problem.
    public let rowCount: Int
    /// For each repeat, the fold in which a row is scored; `UInt8.max` for one that is only trained on, one less for one that
    /// is trained on or watched.
    private let assignments: [[UInt8]]
    /// What marks a row that is watched.
    static let watched = UInt8.max - 1
    /// One in so many of the rows to train on is watched, and no more than `mostWatched`.
    static let watchedShare = 10
    static let mostWatched = 10_000
    /// What is special about the rows, for people; empty where nothing is.
    private let remark: String

    /// Divides the rows of `target` into `folds` (2 to 20) parts, `repeats` times.
    public static func crossValidation(_ target: Target, folds: Int, repeats: Int, seed: Seed) -> ValidationPlan {
        precondition((2...20).contains(folds) && repeats > 0, "folds or repeats out of range")
        return ValidationPlan(
            folds: folds, repeats: repeats, rowCount: target.values.count,
            assignments: (0..<repeats).map { deal(target, into: folds, seed: seed.child("folds", $0)) })
    }

    /// Keeps one row in `share` (2 to 20) for scoring and trains on the rest.
    public static func holdOut(_ target: Target, oneIn share: Int, seed: Seed) -> ValidationPlan {
        precondition((2...20).contains(share), "share out of range")
        let dealt = deal(target, into: share, seed: seed.child("hold_out"))
        return ValidationPlan(
            folds: 1, repeats: 1, rowCount: target.values.count,
            assignments: [watching(dealt.map { $0 == 0 ? 0 : .max }, target, seed)])
    }

    /// Keeps about `share` (0.05 to 0.5) of the rows for scoring and trains on the rest.
    static func holdOut(_ target: Target, share: Double, seed: Seed) -> ValidationPlan {
        let dealt = deal(target, into: 20, seed: seed.child("hold_out"))
        let kept = UInt8(max(1, min(10, (share * 20).rounded())))
        return ValidationPlan(
            folds: 1, repeats: 1, rowCount: target.values.count,
            assignments: [watching(dealt.map { $0 < kept ? 0 : .max }, target, seed)])
    }

    /// The assignment of a hold-out with rows to watch, alike in their distribution of the target.
    private static func watching(_ assignment: [UInt8], _ target: Target, _ seed: Seed) -> [UInt8] {
        let dealt = deal(target, into: watchedShare, seed: seed.child("watched"))
        let rows = assignment.indices.filter { assignment[$0] == .max && dealt[$0] == 0 }
        var assignment = assignment
        let step = max(1, (rows.count + mostWatched - 1) / mostWatched)
        for place in stride(from: 0, to: rows.count, by: step) { assignment[rows[place]] = watched }
        return assignment
    }

    init(folds: Int, repeats: Int, rowCount: Int, assignments: [[UInt8]], remark: String = "") {
        self.remark = remark
        self.folds = folds
        self.repeats = repeats
        self.rowCount = rowCount
        self.assignments = assignments
    }

    /// Whether each row is scored, once a repeat.
    public var isCrossValidation: Bool { folds > 1 }

    /// Models a trial trains: folds times repeats.
    public var splitCount: Int { folds * repeats }

    /// Rows one model is trained on, about.
    public var trainingRowCount: Int {
        isCrossValidation ? rowCount * (folds - 1) / folds : rowCount - scoredRows.count
    }

    /// The rows that are scored, ascending: all of them, or those held out.
    public var scoredRows: [Int32] {
        isCrossValidation ? (0..<Int32(rowCount)).map { $0 } : split(0).validation
    }

    /// The split at `index`, in `0 ..< splitCount`: the folds of the first repeat first.
    public func split(_ index: Int) -> Split {
        let assignment = assignments[index / folds]
        let fold = UInt8(index % folds)
        var split = Split(training: [], validation: [])
        for row in 0..<rowCount {
            if assignment[row] == fold {
                split.validation.append(Int32(row))
            } else {
                split.training.append(Int32(row))
                if assignment[row] == ValidationPlan.watched { split.watched.append(Int32(row)) }
            }
        }
        return split
    }

    /// For each repeat, the fold in which each of `rows` is scored; they must be scored.
    func folds(of rows: [Int32]) -> [[UInt8]] { assignments.map { fold in rows.map { fold[Int($0)] } } }

    /// One line for people.
    public var summary: String {
        if !isCrossValidation { return "hold-out of \(scoredRows.count) rows\(remark)" }
        let times = repeats > 1 ? ", repeated \(repeats) times" : ""
        return "\(folds)-fold cross-validation\(times)\(remark)"
    }

    /// A part in `0 ..< parts` for each row, parts alike in size and in their distribution of the target.
    static func deal(_ target: Target, into parts: Int, seed: Seed) -> [UInt8] {
        var random = seed.generator()
        var order = (0..<Int32(target.values.count)).map { $0 }
        random.shuffle(&order)
        // Rows alike in target come together, in random order; each run of `parts` rows is dealt to all parts.
        var place = [Int32](repeating: 0, count: order.count)
        for (index, row) in order.enumerated() { place[Int(row)] = Int32(index) }
        order.sort {
            let (left, right) = (target.values[Int($0)], target.values[Int($1)])
            return left == right ? place[Int($0)] < place[Int($1)] : left < right
        }
        var dealt = [UInt8](repeating: 0, count: order.count)
        var hand = (0..<UInt8(parts)).map { $0 }
        for (index, row) in order.enumerated() {
            if index % parts == 0, !target.task.isClassification || index == 0 { random.shuffle(&hand) }
            dealt[Int(row)] = hand[index % parts]
        }
        return dealt
    }
}

extension [Int32] {
    /// These without others; both ascending.
    func without(_ others: [Int32]) -> [Int32] {
        var place = 0
        return filter { row in
            while place < others.count, others[place] < row { place += 1 }
            return place == others.count || others[place] != row
        }
    }
}
