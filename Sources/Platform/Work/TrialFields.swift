internal import AutoML
internal import Telemetry

extension TrialKey {
    /// Which trial, for the log.
    var fields: [LogField] { [LogField("experiment_id", experimentID), LogField("trial", index)] }
}

extension TrialResult {
    /// How it ended, for the log.
    var fields: [LogField] {
        var fields = [LogField("learner", learner), LogField("status", status.rawValue)]
        if let score { fields.append(LogField("score", .number(score))) }
        fields.append(LogField("fit_seconds", .number(fitSeconds)))
        if let reason { fields.append(LogField("reason", reason)) }
        return fields
    }
}
