internal import AutoML
internal import Synchronization
internal import Telemetry

/// What a worker counts.
final class WorkerMetrics: Sendable {
    let deadLetters: Counter
    private let trials: Family<Counter>
    private let seconds: Family<Histogram>
    private let expected: Family<Histogram>
    private let peak: Family<Histogram>

    init(_ registry: MetricRegistry) {
        deadLetters = registry.counter(PlatformMetrics.deadLetters)
        trials = registry.counters(PlatformMetrics.workerTrials)
        seconds = registry.histograms(PlatformMetrics.trialSeconds)
        expected = registry.histograms(PlatformMetrics.trialExpectedMemory)
        peak = registry.histograms(PlatformMetrics.trialPeakMemory)
    }

    /// A trial is about to train.
    func began(_ learner: String, expectedBytes: Int) { expected(learner).observe(Double(expectedBytes)) }

    /// A trial has trained.
    func trained(_ learner: String, _ duration: Duration, growth: Int?) {
        seconds(learner).observe(duration)
        if let growth { peak(learner).observe(Double(growth)) }
    }

    /// A trial has ended.
    func ended(_ result: TrialResult) { trials(result.learner, result.status.rawValue).increment() }
}

/// Looks at the process's resident memory while something runs.
final class ResidentGrowth: Sendable {
    private static let interval = Duration.milliseconds(20)

    private struct State {
        var peak: Int
        var isAlone = true
    }

    private let start: Int
    private let state: Mutex<State>
    private let isAlone: @Sendable () -> Bool
    private let isOver = Atomic<Bool>(false)

    /// Begins to look, as long as `isAlone` says that nothing else grows the process; nil where the system tells nothing.
    init?(whileAlone isAlone: @escaping @Sendable () -> Bool) {
        guard let bytes = ResidentMemory.bytes else { return nil }
        start = bytes
        state = Mutex(State(peak: bytes))
        self.isAlone = isAlone
        _Concurrency.Task { [self] in
            while !isOver.load(ordering: .relaxed) {
                look()
                try? await _Concurrency.Task.sleep(for: ResidentGrowth.interval)
            }
        }
    }

    /// Ends it, and gives by how many bytes the memory grew at most; nil where something else ran at the time.
    func end() -> Int? {
        isOver.store(true, ordering: .relaxed)
        look()
        return state.withLock { $0.isAlone ? max(0, $0.peak - start) : nil }
    }

    private func look() {
        let isAlone = isAlone()
        let bytes = ResidentMemory.bytes ?? 0
        state.withLock { state in
            state.peak = max(state.peak, bytes)
            state.isAlone = state.isAlone && isAlone
        }
    }
}
