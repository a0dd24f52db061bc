/// What the values of a column mean; inferred from all of its cells, or chosen by a user.
public enum ColumnType: String, Sendable, Codable, CaseIterable, Hashable {
    /// Whole numbers that fit 64 bits.
    case integer
    /// Numbers with a fraction or an exponent.
    case float
    /// Two-valued logic (`true`/`false`, `yes`/`no` …).
    case boolean
    /// Calendar days.
    case date
    /// Points in time, in UTC where the text names an offset.
    case datetime
    /// Strings that repeat.
    case categorical
    /// Strings that mostly do not repeat and hold several words.
    case text
    /// One value, or none, in every row.
    case constant
    /// A different value in every row that names the row and says nothing else.
    case idLike = "id_like"
}
