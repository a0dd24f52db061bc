/// One cell by itself, as it stands in JSON.
public enum Cell: Sendable, Hashable {
    /// No value.
    case missing
    /// A number with a fraction, or one that does not fit 64 bits.
    case number(Double)
    /// A whole number.
    case integer(Int64)
    /// A truth value.
    case boolean(Bool)
    /// Text; also numbers, dates and truth words as text.
    case string(String)
}
