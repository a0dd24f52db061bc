internal import AutoML
internal import Dispatch
internal import Learners

/// The time of an experiment in this process, and that of sessions before it.
struct BudgetClock: Sendable {
    private let budget: Budget
    private let usedBefore: Double
    private let started = DispatchTime.now().uptimeNanoseconds
    /// When the experiment is to have ended; never where the budget counts trials.
    let deadline: Deadline
    /// Until when trials may train; the rest of the budget is for the ensemble.
    private var training: Deadline
    /// Until when results of trials that were stopped are waited for.
    private var collecting: Deadline
    /// The end of training on the wall clock, which other processes read.
    private(set) var trainingDeadline: Timestamp?

    /// The clock starts now.
    init(_ record: ExperimentRecord) {
        budget = record.request.settings.budget
        usedBefore = record.usedSeconds
        guard case .seconds(let seconds) = budget else {
            (deadline, training, collecting) = (.never, .never, .never)
            return
        }
        let left = max(0, seconds - usedBefore)
        deadline = .after(seconds: left)
        (training, collecting) = (deadline, deadline)
        trainingDeadline = Timestamp.now().adding(seconds: left)
    }

    /// Keeps a part of the time for what comes after the trials: their results' way back, selecting the ensemble, and
    /// writing and checking the model.
    mutating func reserve(for experiment: PreparedExperiment, threads: Int) {
        guard case .seconds(let seconds) = budget else { return }
        // Rows, candidates, rounds and parts of the greedy selection, at the time that one visit takes.
        let rows = Double(experiment.validation.scoredRows.count)
        let selecting = rows * 40 * 40 * 5 * 2.5e-9 / Double(max(1, threads))
        let writing = 0.2 + seconds * 0.005
        let time = experiment.isScoredByTime ? Study.shareForTime * seconds : 0
        let reserve = min(0.25 * seconds, selecting + writing) + time
        let left = deadline.secondsLeft
        training = .after(seconds: left - reserve)
        collecting = .after(seconds: left - reserve + min(reserve, writing) / 2)
        trainingDeadline = Timestamp.now().adding(seconds: max(0, left - reserve))
    }

    /// Seconds that scoring by time may take, so that the model is still kept in time; nil where nothing limits it.
    var secondsForTime: Double? {
        guard case .seconds(let seconds) = budget else { return nil }
        return max(0, min(Study.shareForTime * seconds, deadline.secondsLeft - 0.2 - seconds * 0.005))
    }

    /// Whether the budget counts seconds.
    var isTimed: Bool {
        if case .seconds = budget { true } else { false }
    }

    /// Whether training must have ended and its results should have come.
    var isOver: Bool { isTimed && collecting.hasPassed }

    var trainingSecondsLeft: Double { training.secondsLeft }

    var usedSeconds: Double {
        usedBefore + Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
    }

    func progress(trials: Int) -> Double {
        switch budget {
        case .seconds(let seconds): min(1, usedSeconds / seconds)
        case .trials(let count): min(1, Double(trials) / Double(count))
        }
    }

    /// Calls `body` when it is over.
    func timer(_ body: @escaping @Sendable () -> Void) -> _Concurrency.Task<Void, Never>? {
        guard isTimed else { return nil }
        let seconds = collecting.secondsLeft
        return _Concurrency.Task {
            try? await _Concurrency.Task.sleep(for: .seconds(seconds + 0.001))
            if !_Concurrency.Task.isCancelled { body() }
        }
    }
}
