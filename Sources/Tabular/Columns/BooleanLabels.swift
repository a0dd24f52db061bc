/// How the two truth values of a column are spelled in its source, so that a class can be printed as it was read.
public struct BooleanLabels: Sendable, Hashable, Codable {
    /// What stands for `false`.
    public var no: String
    /// What stands for `true`.
    public var yes: String

    /// Labels as spelled in the source.
    public init(no: String, yes: String) {
        self.no = no
        self.yes = yes
    }

    /// `false` and `true`.
    public static let standard = BooleanLabels(no: "false", yes: "true")

    /// The label of `value`.
    public subscript(value: Bool) -> String { value ? yes : no }
}
