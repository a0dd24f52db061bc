/// What seems to tell the target and is most likely known only afterwards, or says nothing of rows to come. JSON with
/// snake_case names by `ReportCoding`.
public struct Leak: Sendable, Codable, Hashable {
    /// What was seen.
    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        /// One column alone tells the target.
        case column
        /// Two columns together tell it, as their sum, difference, product or ratio.
        case pair
        /// A column has a value in some rows alone, and the target tells in which.
        case presence
        /// The target tells in which rows one moment is later than another.
        case order
        /// The rows lie in the order of the target.
        case rows
        /// A column counts the rows.
        case index
    }

    /// What was seen.
    public var kind: Kind
    /// The columns; none where it is the order of the rows.
    public var columns: [String]
    /// How well it tells, from 0 to 1; of an index, how well its order tells the target.
    public var strength: Double
    /// What was found, a sentence for people.
    public var evidence: String

    /// The evidence with what to do about it, for people at a command line.
    public var advice: String {
        if columns.isEmpty { return evidence + "; shuffle them if that is how they were put together" }
        let names = columns.count == 1 ? "it" : "one of them"
        let known = kind == .index ? "leave it out" : "if that is known only afterwards, leave \(names) out"
        return "\(evidence); \(known): --exclude \(columns[0])"
    }
}
