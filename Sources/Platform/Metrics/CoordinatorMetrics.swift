internal import AutoML
internal import Dispatch
internal import Learners
internal import Synchronization
internal import Telemetry

/// What a coordinator counts, and the experiments it runs as scrapes are told of them.
final class CoordinatorMetrics: Sendable {
    /// Experiments that scrapes are told of, at most.
    private static let most = 20
    /// Seconds after its end in which an experiment is still told of.
    private static let afterwards = 60.0

    /// An experiment as it stands.
    struct Standing: Sendable {
        var metric = ""
        var bestScore: Double?
        var progress = 0.0
        var completed = 0
        var failed = 0
        /// Trials without a result.
        var open = 0
        /// Trials among those that wait for a slot, and that workers have.
        var waiting = 0
        var givenOut = 0
        /// Nanoseconds of the monotonic clock.
        var endedAt: UInt64?
    }

    private let standings = Mutex<[String: Standing]>([:])
    private let finished: Family<Counter>
    private let overrun: Histogram
    private let trials: Family<Counter>

    init(_ registry: MetricRegistry, workforce: Workforce) {
        finished = registry.counters(PlatformMetrics.experimentsFinished)
        overrun = registry.histogram(PlatformMetrics.overrun)
        trials = registry.counters(PlatformMetrics.trialsFinished)
        for state in ExperimentState.allCases where state.isFinal { _ = finished(state.rawValue) }
        registry.collect([PlatformMetrics.workers, PlatformMetrics.slots, PlatformMetrics.slotsBusy]) { collection in
            let messages = workforce.messages
            collection.add(PlatformMetrics.workers, messages.count)
            collection.add(PlatformMetrics.slots, messages.reduce(0) { $0 + $1.slots })
            collection.add(PlatformMetrics.slotsBusy, messages.reduce(0) { $0 + $1.running.count })
        }
        registry.collect([
            PlatformMetrics.experimentBestScore, PlatformMetrics.experimentProgress, PlatformMetrics.experimentTrials,
            PlatformMetrics.trialsWaiting, PlatformMetrics.trialsGivenOut,
        ]) { [weak self] collection in self?.tell(&collection) }
    }

    /// The experiment stands thus.
    func update(_ id: String, _ change: (inout Standing) -> Void) {
        standings.withLock { change(&$0[id, default: Standing()]) }
    }

    /// The run of the experiment is over here: it goes on elsewhere, or later.
    func leave(_ id: String) {
        standings.withLock { standings in
            if standings[id]?.endedAt == nil { standings[id] = nil }
        }
    }

    /// An experiment took in the end of a trial.
    func ended(_ result: TrialResult) { trials(result.learner, result.status.rawValue).increment() }

    /// The experiment has ended.
    func ended(_ record: ExperimentRecord, usedSeconds: Double) {
        finished(record.state.rawValue).increment()
        if case .seconds(let budget) = record.request.settings.budget, record.state == .completed {
            overrun.observe(max(0, usedSeconds - budget))
        }
        standings.withLock { standings in
            guard var standing = standings[record.id] else { return }
            standing.endedAt = DispatchTime.now().uptimeNanoseconds
            standing.progress = record.progress
            standing.bestScore = record.bestScore
            (standing.waiting, standing.givenOut, standing.open) = (0, 0, 0)
            standings[record.id] = standing
        }
    }

    private func tell(_ collection: inout MetricCollection) {
        let now = DispatchTime.now().uptimeNanoseconds
        let all = standings.withLock { standings in
            standings = standings.filter { entry in
                entry.value.endedAt.map { Double(now - min(now, $0)) < CoordinatorMetrics.afterwards * 1e9 } ?? true
            }
            return standings
        }
        collection.add(PlatformMetrics.trialsWaiting, all.values.reduce(0) { $0 + $1.waiting })
        collection.add(PlatformMetrics.trialsGivenOut, all.values.reduce(0) { $0 + $1.givenOut })
        // Those under way before those that ended, the newest first: ids rise with time.
        let told = all.sorted {
            ($0.value.endedAt == nil ? 1 : 0, $0.key) > ($1.value.endedAt == nil ? 1 : 0, $1.key)
        }.prefix(CoordinatorMetrics.most)
        for (id, standing) in told {
            if let score = standing.bestScore {
                collection.add(PlatformMetrics.experimentBestScore, [id, standing.metric], score)
            }
            collection.add(PlatformMetrics.experimentProgress, [id], standing.progress)
            let counts = [
                (TrialState.completed, standing.completed), (.failed, standing.failed), (.proposed, standing.open),
            ]
            for (state, count) in counts {
                collection.add(PlatformMetrics.experimentTrials, [id, state.rawValue], count)
            }
        }
    }
}
