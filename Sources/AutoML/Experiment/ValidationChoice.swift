/// How rows are to be divided for scoring, as far as no setting says it by itself.
public enum ValidationChoice: String, Sendable, Codable, CaseIterable, Hashable {
    /// Repeats and rows of one entity are kept together where the table shows them; else by chance.
    case auto
    /// By chance, whatever the table shows.
    case random
    /// Rows of one group are kept together: the group that is named, or what the table shows.
    case group
    /// The latest rows are held out, by the time that is named, or by what the table shows.
    case time
}
