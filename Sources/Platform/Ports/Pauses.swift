internal import Synchronization
internal import Telemetry

/// What of a process's work waits because a store cannot take or give it: told once in the log when it begins and once when it
/// is over, and counted.
final class Pauses: Sendable {
    /// Begins that follow each other sooner than this are not told.
    private static let silence = Duration.seconds(30)

    /// One piece of work that waits.
    struct Wait: Sendable {
        fileprivate let pauses: Pauses
        fileprivate let code: PlatformError.Code

        func end() { pauses.end(code) }
    }

    private struct State {
        var waiting: [PlatformError.Code: Int] = [:]
        /// Since when there has always been something that waits.
        var since: ContinuousClock.Instant?
        var isTold = false
        var lastTold: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let log: Logger

    init(_ instruments: Instruments) {
        log = instruments.log
        instruments.metrics.collect([PlatformMetrics.workWaiting]) { [weak self] collection in
            guard let self else { return }
            for code in [PlatformError.Code.noRoom, .unavailable] {
                collection.add(PlatformMetrics.workWaiting, [code.rawValue], count(of: code))
            }
        }
    }

    /// How many pieces of work wait for that reason.
    func count(of code: PlatformError.Code) -> Int { state.withLock { $0.waiting[code] ?? 0 } }

    /// A piece of work waits from now on.
    func begin(_ error: PlatformError) -> Wait {
        let now = ContinuousClock.now
        let isNews = state.withLock { state in
            state.waiting[error.code, default: 0] += 1
            guard state.since == nil else { return false }
            state.since = now
            if let last = state.lastTold, now - last < Pauses.silence { return false }
            state.isTold = true
            state.lastTold = now
            return true
        }
        if isNews {
            log.warning(
                "work waits until a store can go on", LogField("reason", error.code.rawValue),
                LogField("error", error.message))
        }
        return Wait(pauses: self, code: error.code)
    }

    private func end(_ code: PlatformError.Code) {
        let now = ContinuousClock.now
        let lasted = state.withLock { state -> Duration? in
            state.waiting[code, default: 1] -= 1
            guard let since = state.since, state.waiting.values.allSatisfy({ $0 == 0 }) else { return nil }
            state.since = nil
            guard state.isTold else { return nil }
            state.isTold = false
            return now - since
        }
        if let lasted {
            log.info("work goes on", LogField("waited_seconds", Int(lasted.components.seconds)))
        }
    }
}
