/// How rows belong together or follow each other, as far as the table shows it. JSON with snake_case names.
public struct RowFinding: Sendable, Codable, Hashable {
    /// What was seen.
    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        /// Rows that are equal in every feature, more than chance makes.
        case repeats
        /// Rows that share a key and their target, and differ in little else.
        case copies
        /// A key names an entity with several rows, whose targets are alike.
        case entities
        /// The target or the features drift along a column of moments.
        case time
        /// Entities that are seen at several moments each.
        case panel
    }

    /// What was seen.
    public var kind: Kind
    /// The columns: the key, the moments, or both; none for repeats.
    public var columns: [String]
    /// Rows that have another one of their own: a repeat, or one of the same key. All rows where it is about time.
    public var rows: Int
    /// Sets of such rows; moments where it is about time.
    public var groups: Int
    /// How clear it is, from 0 to 1: how alike the targets of such rows are beyond chance (the intraclass correlation of
    /// their ranks, or of classes), the share of repeats, or the strongest sign of drift.
    public var strength: Double
    /// Whether the validation keeps such rows together.
    public var kept: Bool
    /// What was found, a sentence for people.
    public var evidence: String

    /// The evidence with what was done about it or can be, for people at a command line.
    public var advice: String {
        switch kind {
        case .repeats, .copies, .entities:
            kept
                ? "\(evidence); they are kept together in the validation"
                : "\(evidence); they are on both sides of the validation, which flatters scores"
        case .time:
            "\(evidence); if later rows are to be predicted, hold out the latest: --time \(columns[0])"
        case .panel:
            "\(evidence); for later rows of the same ones: --time \(columns[columns.count - 1])"
        }
    }
}
