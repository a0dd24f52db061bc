public import Learners
public import Tabular

/// Which column of a table someone most likely wants to predict, told from its profile alone.
public enum TargetSuggestion {
    private static let names: Set<String> = [
        "target", "label", "class", "y", "outcome", "result", "response", "churn", "survived", "default", "fraud",
        "is_fraud", "species", "diagnosis", "price", "saleprice", "sale_price", "charges", "income", "score", "rating",
        "quality", "converted", "clicked", "status", "approved", "attrition", "cancelled", "sales", "demand",
    ]

    /// The column, or nil where none can be predicted.
    public static func column(in profile: TableProfile) -> String? {
        let last = profile.columns.count - 1
        let scored = profile.columns.enumerated().compactMap { index, column -> (score: Double, name: String)? in
            guard let task = task(of: column, rows: profile.rows) else { return nil }
            let name = column.name.lowercased()
            var score = 0.0
            if names.contains(name) { score += 4 }
            if names.contains(where: { $0.count > 4 && name.hasSuffix($0) }) { score += 2 }
            if index == last { score += 2.5 }
            if index == 0 { score += 0.5 }
            if task == .binary { score += 1 }
            if Double(column.missing) > 0.2 * Double(profile.rows) { score -= 2 }
            return (score, column.name)
        }
        // Of equal ones the last: targets tend to stand at the end.
        return scored.reversed().max { $0.score < $1.score }?.name
    }

    /// The task that predicting the column would be; nil where it cannot be predicted.
    public static func task(of column: ColumnProfile, rows: Int) -> Task? {
        let present = rows - column.missing
        guard column.distinct > 1, present >= PreparedExperiment.leastRows else { return nil }
        switch column.type {
        case .constant, .idLike, .date, .datetime, .text: return nil
        default: break
        }
        if column.distinct == 2 { return .binary }
        switch column.type {
        case .integer: return column.distinct <= 10 && column.distinct * 10 <= present ? .multiclass : .regression
        case .float: return .regression
        default: return column.distinct <= 1_000 && column.distinct * 2 <= present ? .multiclass : nil
        }
    }
}
