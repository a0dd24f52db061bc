import Foundation
public import Learners
import Synchronization

/// Memory that trials share: each takes what it is expected to need before it trains and waits, in the order of asking, until
/// that much is free. What a trial gives does not depend on when it gets its memory or on how many folds that is enough for.
public final class MemoryBudget: Sendable {
    private struct State {
        var taken = 0
        var nextTicket = 0
        /// Who waits, the longest first.
        var waiting: [Int] = []
    }

    /// Bytes in all.
    public let bytes: Int
    private let condition = NSCondition()
    private let state = Mutex(State())

    /// A budget of so many bytes; without a limit unless given.
    public init(bytes: Int = .max) { self.bytes = max(0, bytes) }

    /// Bytes that trials hold now.
    public var taken: Int { state.withLock { $0.taken } }

    /// Trials that wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Waits for memory for at least one of `most` parts that are done at a time.
    ///
    /// - Parameters:
    ///   - fixed: Bytes that are needed however many parts there are.
    ///   - part: Bytes of each part.
    ///   - most: Parts that are of use, at least 1.
    /// - Returns: How many parts there is memory for, to be given back by `giveBack`; nil where one alone is more than there
    ///   is in all.
    /// - Throws: `TrainingError` where the context's time is over while it waits.
    public func take(fixed: Int, part: Int, most: Int, _ context: TrainingContext) throws -> Int? {
        guard need(fixed, part, 1) <= bytes else { return nil }
        condition.lock()
        defer { condition.unlock() }
        let ticket = state.withLock { state in
            state.nextTicket += 1
            state.waiting.append(state.nextTicket)
            return state.nextTicket
        }
        defer {
            state.withLock { $0.waiting.removeAll { $0 == ticket } }
            condition.broadcast()
        }
        while true {
            let granted = state.withLock { state -> Int? in
                guard state.waiting.first == ticket else { return nil }
                let free = bytes - state.taken
                guard need(fixed, part, 1) <= free else { return nil }
                var parts = max(1, most)
                while parts > 1, need(fixed, part, parts) > free { parts -= 1 }
                state.taken += need(fixed, part, parts)
                return parts
            }
            if let granted { return granted }
            try context.check()
            // Nobody tells of a deadline that passes or a flag that is raised.
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
        }
    }

    /// Gives back what was taken for so many parts.
    public func giveBack(fixed: Int, part: Int, parts: Int) {
        condition.withLock {
            state.withLock { $0.taken = max(0, $0.taken - need(fixed, part, parts)) }
            condition.broadcast()
        }
    }

    private func need(_ fixed: Int, _ part: Int, _ parts: Int) -> Int {
        let (all, isTooLarge) = max(0, part).multipliedReportingOverflow(by: parts)
        let (sum, isTooLargeAlso) = all.addingReportingOverflow(max(0, fixed))
        // Never all there is, so that sums of what is taken do not overflow.
        return isTooLarge || isTooLargeAlso ? .max : sum
    }
}
