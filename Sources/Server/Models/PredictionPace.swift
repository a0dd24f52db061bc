internal import Glibc
internal import Synchronization

/// How long models take for a row, by what they took before: tells predictions that can be made where the request is from those
/// that would keep others waiting.
final class PredictionPace: Sendable {
    /// Processor time in seconds that a prediction may take where it is short.
    static let short = 0.004
    /// Bytes of a body that may be read where it is short.
    static let shortBody = 64 << 10
    /// Models that are remembered.
    private static let capacity = 1024

    private let secondsPerRow = Mutex<[String: Double]>([:])

    /// Whether so many rows are predicted in a few milliseconds; false for a model that has predicted nothing yet.
    func isShort(_ model: String, rows: Int) -> Bool {
        guard let seconds = secondsPerRow.withLock({ $0[model] }) else { return false }
        return seconds * Double(max(1, rows)) <= PredictionPace.short
    }

    /// Runs `body`, which predicts so many rows on this thread, and learns from the time that it takes.
    func measured<Value>(_ model: String, rows: Int, _ body: () throws -> Value) rethrows -> Value {
        let start = PredictionPace.processorSeconds
        let value = try body()
        let seconds = (PredictionPace.processorSeconds - start) / Double(max(1, rows))
        secondsPerRow.withLock { known in
            guard let before = known[model] else {
                if known.count >= PredictionPace.capacity { known = [:] }
                known[model] = seconds
                return
            }
            known[model] = before + (seconds - before) / 8
        }
        return value
    }

    /// Processor time of the calling thread: what it takes does not depend on what else runs.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
