internal import AutoML

/// Names of an experiment's models and blobs.
enum ModelNames {
    /// The id of a leaderboard entry's model.
    static func model(of experimentID: String, _ entry: Leaderboard.Entry) -> String {
        entry.trial.map { model(of: experimentID, trial: $0) } ?? ensemble(of: experimentID)
    }

    /// The id of a trial's model.
    static func model(of experimentID: String, trial: Int) -> String { "\(experimentID)-\(digits(trial))" }

    /// The id of the ensemble.
    static func ensemble(of experimentID: String) -> String { "\(experimentID)-ensemble" }

    /// A trial's out-of-fold predictions.
    static func predictions(trial: Int) -> String { "trial-\(digits(trial)).predictions" }

    /// A trial's fold models.
    static func models(trial: Int) -> String { "trial-\(digits(trial)).models" }

    /// The artifact of the model with that id.
    static func artifact(_ modelID: String) -> String { "\(modelID).martlet" }

    /// The explanation of the model with that id, in the form that this version makes.
    static func explanation(_ modelID: String) -> String { "\(modelID).explanation.1.json" }

    /// The leaderboard at the end.
    static let leaderboard = "leaderboard.json"

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
}
