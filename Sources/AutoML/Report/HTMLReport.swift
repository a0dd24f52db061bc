/// An explanation as one page.
public struct HTMLReport {
    let explanation: Explanation
    let name: String
    let madeOn: EvaluationRecord.Origin

    /// A report on a model called `name`, made on this machine at this time.
    public init(_ explanation: Explanation, name: String, madeOn: EvaluationRecord.Origin) {
        self.explanation = explanation
        self.name = name
        self.madeOn = madeOn
    }

    /// The page.
    public var text: String { "" }
}
