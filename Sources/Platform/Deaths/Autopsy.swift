internal import Telemetry

/// Puts down in the store, before anything is trained, how the process before ended.
struct Autopsy {
    let experiments: any ExperimentStore
    let log: Logger

    /// The trial that brought the trap about is charged with it; others that were under way are not suspect. An end that the
    /// crash does not explain stays as it is: who was under way has its start in the store.
    func run(_ crash: CrashRecord.Crash) async throws {
        var fields = [LogField("signal", crash.signal), LogField("thread", crash.thread)]
        if let trial = crash.trial { fields += trial.fields }
        log.error("the process before this one was ended by a trap or fault", fields)
        guard crash.isExplained else { return }
        for experiment in try await experiments.unfinishedExperiments() {
            for trial in try await experiments.trials(of: experiment.id) where trial.result == nil {
                let key = TrialKey(experimentID: experiment.id, index: trial.index)
                for start in try await experiments.starts(ofTrial: trial.index, of: experiment.id)
                where start.worker == crash.worker {
                    if key == crash.trial {
                        var charged = start
                        charged.trap = crash.signal
                        _ = try await experiments.putStart(charged, ofTrial: trial.index, of: experiment.id)
                    } else {
                        try await experiments.removeStart(start, ofTrial: trial.index, of: experiment.id)
                    }
                }
            }
        }
    }
}
