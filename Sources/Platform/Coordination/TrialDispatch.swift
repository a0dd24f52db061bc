internal import AutoML
internal import Dispatch

/// Gives an experiment's proposed trials to workers: keeps those that wait for a free slot, and notices those that got lost.
struct TrialDispatch {
    /// Seconds without any worker after which trials are put into the log all the same, so that what scales the workers by
    /// the length of the queue sees them.
    private static let withoutWorkers = 5.0
    /// Seconds after which a trial that no worker says it trains is given out again, where a slot is free for it.
    private static let lost = 20.0
    /// Trials left, for each slot, above which workers get one that they cannot begin at once.
    private static let plenty = 3

    private struct Waiting {
        var spec: TrialSpec
        /// Bytes it is known to need at least.
        var bytes = 0
        /// Workers that failed at it, the first one first.
        var failures: [TrialFailure] = []
    }

    private let experimentID: String
    private let workforce: Workforce
    private let log: any MessageLog
    private let startedAt = DispatchTime.now().uptimeNanoseconds
    private var waiting: [Waiting] = []
    private var sent: [Int: (trial: Waiting, at: UInt64)] = [:]
    /// Trials that waited behind another at one worker and were given to a second.
    private var moved: Set<Int> = []

    init(experimentID: String, workforce: Workforce, log: any MessageLog) {
        self.experimentID = experimentID
        self.workforce = workforce
        self.log = log
    }

    /// Trials that wait for a slot.
    var waitingCount: Int { waiting.count }

    /// Trials given out that have not ended.
    var sentCount: Int { sent.count }

    private func key(_ index: Int) -> TrialKey { TrialKey(experimentID: experimentID, index: index) }

    private static func seconds(since moment: UInt64) -> Double {
        Double(DispatchTime.now().uptimeNanoseconds - moment) / 1e9
    }

    /// Takes a proposed trial.
    mutating func add(_ spec: TrialSpec) { waiting.append(Waiting(spec: spec)) }

    /// Takes trials that were proposed before an interruption; those that a worker trains stay there.
    mutating func resume(_ specs: [TrialSpec]) {
        for spec in specs {
            if workforce.isHeld(key(spec.index)) {
                sent[spec.index] = (Waiting(spec: spec), DispatchTime.now().uptimeNanoseconds)
            } else {
                add(spec)
            }
        }
    }

    /// The trial has ended.
    mutating func end(_ index: Int) {
        sent[index] = nil
        waiting.removeAll { $0.spec.index == index }
        workforce.release(key(index))
    }

    /// A worker did not do the trial: it failed for that reason, or has less memory than `bytes`.
    mutating func takeBack(_ index: Int, from worker: String, bytes: Int?, reason: String? = nil) {
        guard var trial = sent.removeValue(forKey: index)?.trial else { return }
        if let bytes {
            trial.bytes = max(trial.bytes, bytes)
        } else {
            trial.failures.append(TrialFailure(worker: worker, reason: reason))
        }
        waiting.append(trial)
        waiting.sort { $0.spec.index < $1.spec.index }
    }

    /// Puts as many trials into the log as there are free slots, the longest first where there are several, and one more for
    /// each worker while many are left: else one could wait behind another that takes long, and hold up proposals that need its
    /// result.
    /// - Parameter longestFirst: the order in which slots are best given trials.
    /// - Returns: the results of trials that need more memory than any worker has.
    mutating func send(longestFirst: ([TrialSpec]) -> [TrialSpec]) async throws -> [TrialResult] {
        recall()
        let slots = workforce.slots.all
        if slots > 1 {
            waiting = longestFirst(waiting.map(\.spec)).compactMap { spec in
                waiting.first { $0.spec.index == spec.index }
            }
        }
        let isAlone = slots == 0 && TrialDispatch.seconds(since: startedAt) > TrialDispatch.withoutWorkers
        var hopeless: [TrialResult] = []
        var left: [Waiting] = []
        for trial in waiting {
            if try await place(trial, isAhead: false) { continue }
            if trial.bytes > 0, let largest = workforce.largestTrialMemory, trial.bytes > largest {
                let refusal = MemoryRefusal(neededBytes: trial.bytes, limitBytes: largest)
                hopeless.append(TrialResult(trial.spec, refusal: refusal))
            } else if isAlone {
                try await publish(trial, partition: nil)
            } else {
                left.append(trial)
            }
        }
        waiting = left
        // Of several slots the one that is free first gets the longest; what waits for a certain one is short.
        while waiting.count > TrialDispatch.plenty * slots {
            let next = slots > 1 ? waiting.count - 1 : 0
            guard try await place(waiting[next], isAhead: true) else { break }
            waiting.remove(at: next)
        }
        return hopeless
    }

    /// Gives the trial to a worker; whether there is one with a slot.
    private mutating func place(_ trial: Waiting, isAhead: Bool) async throws -> Bool {
        let place = workforce.place(
            key(trial.spec.index), bytes: trial.bytes, avoiding: Set(trial.failures.map(\.worker)), isAhead: isAhead)
        guard let place else { return false }
        try await publish(trial, partition: place.partition)
        return true
    }

    private mutating func publish(_ trial: Waiting, partition: Int?) async throws {
        let key = key(trial.spec.index)
        sent[trial.spec.index] = (trial, DispatchTime.now().uptimeNanoseconds)
        let message = TrialMessage(trial: key, failures: trial.failures.isEmpty ? nil : trial.failures)
        try await log.send(message, key: key.description, to: Topics.trials, partition: partition)
    }

    /// Trials that nobody trains, while a slot is free, are given out again; and so are those that wait behind another, once
    /// each: whoever begins second finds the result or, at worst, makes it again.
    private mutating func recall() {
        guard workforce.slots.free > 0 else { return }
        let isIdle = waiting.isEmpty
        for (index, entry) in sent.sorted(by: { $0.key < $1.key }) {
            let unseen = min(
                TrialDispatch.seconds(since: entry.at), workforce.secondsUnseen(key(index)) ?? .infinity)
            let isBehind = isIdle && workforce.isWaiting(key(index)) && moved.insert(index).inserted
            guard unseen > TrialDispatch.lost || isBehind else { continue }
            sent[index] = nil
            workforce.release(key(index))
            waiting.append(entry.trial)
        }
        waiting.sort { $0.spec.index < $1.spec.index }
    }

    /// Gives up all claims to slots.
    func close() {
        for index in sent.keys { workforce.release(key(index)) }
    }
}
