internal import Dispatch
internal import Synchronization

/// The workers as a coordinator knows them from what they say of themselves, and the trials it has given them.
///
/// A trial is put into a partition of the worker with the most free slots. Where none is free, a worker may have one trial more
/// than slots, as long as there are enough trials for the others: it begins that one when a slot gets free, without waiting
/// for the coordinator.
final class Workforce: Sendable {
    /// Seconds of silence after which a worker counts as gone.
    static let patience = 5.0
    /// Seconds after which one that fell silent is not waited for any more.
    static let memory = 60.0
    /// Seconds in which every worker of a cluster says something.
    static let settling = 1.5

    struct Placement: Sendable, Hashable {
        var worker: String
        var partition: Int
    }

    private struct Member {
        var message: WorkerMessage
        var heardAt: UInt64
    }

    private struct State {
        var members: [String: Member] = [:]
        /// Those that fell silent without leaving: on a busy machine they are only late.
        var late: [String: Member] = [:]
        /// Trials given out here that no result has come for, and to whom.
        var placed: [TrialKey: String] = [:]
        /// When a trial was given out, or last heard of.
        var lastSeen: [TrialKey: UInt64] = [:]

        func load(of name: String) -> Int {
            var trials = Set(members[name]?.message.held ?? [])
            for (trial, worker) in placed where worker == name { trials.insert(trial) }
            return trials.count
        }

        /// Trials that the worker may still get, with so many ahead of its slots.
        func free(_ name: String, ahead: Int = 0) -> Int {
            guard let worker = members[name]?.message, !worker.isLeaving, !worker.partitions.isEmpty else { return 0 }
            return max(0, worker.slots + ahead - load(of: name))
        }
    }

    /// Slots and threads of a worker, at most.
    private static let most = 1 << 16

    private let state = Mutex(State())
    private let clock: @Sendable () -> UInt64

    /// - Parameter clock: nanoseconds that only rise.
    init(clock: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }) { self.clock = clock }

    /// Takes in what a worker says.
    func hear(_ said: WorkerMessage) {
        let now = clock()
        var message = said
        // What no worker has would overflow in sums.
        message.slots = min(max(0, said.slots), Workforce.most)
        message.threads = min(max(0, said.threads), Workforce.most)
        message.partitions = said.partitions.filter { $0 >= 0 }
        state.withLock { [message] state in
            state.members[message.name] = Member(message: message, heardAt: now)
            state.late[message.name] = nil
            for trial in message.held {
                // One that was given to another and is here now came over with its partition.
                if state.placed[trial] != nil { state.placed[trial] = message.name }
                state.lastSeen[trial] = now
            }
            if message.isLeaving { forget(message.name, &state) }
        }
    }

    /// Lets go of workers that have been silent for long.
    /// - Returns: whether there were any.
    @discardableResult
    func dismissSilent() -> Bool {
        let now = clock()
        return state.withLock { state in
            let silent = state.members.filter {
                Double(now - min(now, $0.value.heardAt)) > Workforce.patience * 1e9
            }.map(\.key)
            for name in silent {
                state.late[name] = state.members[name]
                forget(name, &state)
            }
            state.late = state.late.filter { Double(now - min(now, $0.value.heardAt)) < Workforce.memory * 1e9 }
            return !silent.isEmpty
        }
    }

    /// The log gives its trials to others, who will say so.
    private func forget(_ name: String, _ state: inout State) {
        state.members[name] = nil
        for trial in state.placed.filter({ $0.value == name }).keys { state.placed[trial] = nil }
    }

    /// A place for the trial with a worker that has a free slot and takes trials of so many bytes; nil where there is none.
    /// The slot counts as taken until the trial is released. With `isAhead`, one trial more than slots is taken.
    func place(
        _ trial: TrialKey, bytes: Int = 0, avoiding: Set<String> = [], isAhead: Bool = false
    ) -> Placement? {
        let now = clock()
        return state.withLock { state in
            let fitting = state.members.values.map(\.message).filter { $0.trialMemory >= bytes && !$0.isLeaving }
            // Who failed at it gets it again only where there is no one else, who may be busy or late for now.
            let others = fitting.filter { !avoiding.contains($0.name) }
            let isAwaited = state.late.values.contains {
                $0.message.trialMemory >= bytes && !avoiding.contains($0.message.name)
            }
            if !avoiding.isEmpty, others.isEmpty, isAwaited { return nil }
            let ahead = isAhead ? 1 : 0
            let choice = (others.isEmpty ? fitting : others).filter { state.free($0.name, ahead: ahead) > 0 }.max {
                (state.free($0.name, ahead: ahead), $1.name) < (state.free($1.name, ahead: ahead), $0.name)
            }
            guard let choice else { return nil }
            let partitions = choice.partitions.sorted()
            let partition = partitions[Int(trial.index.magnitude % UInt(partitions.count))]
            state.placed[trial] = choice.name
            state.lastSeen[trial] = now
            return Placement(worker: choice.name, partition: partition)
        }
    }

    /// The trial is no longer anyone's.
    func release(_ trial: TrialKey) {
        state.withLock { state in
            let worker = state.placed.removeValue(forKey: trial)
            state.lastSeen[trial] = nil
            // It will say so itself, a little later than the result comes.
            if let worker {
                state.members[worker]?.message.running.removeAll { $0 == trial }
                state.members[worker]?.message.waiting?.removeAll { $0 == trial }
            }
        }
    }

    /// Whether a worker said that it trains the trial, or will do so next.
    func isHeld(_ trial: TrialKey) -> Bool {
        state.withLock { state in state.members.values.contains { $0.message.held.contains(trial) } }
    }

    /// Whether a worker said that it will train the trial next.
    func isWaiting(_ trial: TrialKey) -> Bool {
        state.withLock { state in
            state.members.values.contains { $0.message.waiting?.contains(trial) == true }
        }
    }

    /// Seconds since the trial was given out or a worker said that it trains it; nil where neither was.
    func secondsUnseen(_ trial: TrialKey) -> Double? {
        let now = clock()
        return state.withLock { state in state.lastSeen[trial].map { Double(now - min(now, $0)) / 1e9 } }
    }

    /// Bytes of the largest trial that some worker takes; nil where there is no worker.
    var largestTrialMemory: Int? { state.withLock { $0.members.values.map(\.message.trialMemory).max() } }

    /// Slots of all workers, and the free ones among them.
    var slots: (all: Int, free: Int) {
        state.withLock { state in
            (
                state.members.values.reduce(0) { $0 + $1.message.slots },
                state.members.keys.reduce(0) { $0 + state.free($1) }
            )
        }
    }

    /// The fewest threads that a slot has anywhere; nil where there is no worker.
    var threadsPerTrial: Int? { state.withLock { $0.members.values.map(\.message.threads).min() } }

    /// What the workers said last, by name.
    var messages: [WorkerMessage] { state.withLock { $0.members.values.map(\.message).sorted { $0.name < $1.name } } }
}
