/// What the starts of a trial that ended with their process say of it, where one process does it all.
///
/// - A trial that was under way when a process ended is suspect, and from then on runs alone.
/// - A trap or fault on a thread that trained it counts against it, and nothing else that ran then is suspect.
/// - Any other end of a process (killed, out of memory, without power) counts against a trial that was alone, and against
///   nobody where several were under way.
struct Suspicion {
    /// How many ends of either kind a trial may bring about.
    static let limit = 3

    private let deaths: [TrialStart]

    /// - Parameter starts: all starts of the trial; those of `worker`, which lives, say nothing.
    init(_ starts: [TrialStart], worker: String) { deaths = starts.filter { $0.worker != worker } }

    /// Whether the trial may have ended a process.
    var isSuspect: Bool { !deaths.isEmpty }

    /// Why the trial is not begun again, in one line; nil where it is.
    var verdict: String? {
        let traps = deaths.filter { $0.trap != nil }
        if traps.count >= Suspicion.limit {
            let signals = Set(traps.compactMap(\.trap)).sorted().joined(separator: ", ")
            return "it ended the process \(traps.count) times by a trap or fault (\(signals))"
        }
        let alone = deaths.count { $0.trap == nil && $0.isAlone }
        if alone >= Suspicion.limit {
            return "the process ended \(alone) times without a word while it ran alone (killed, or out of memory)"
        }
        return nil
    }
}
