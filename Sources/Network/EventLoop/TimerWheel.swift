/// Names a timer of a loop, to cancel it; a token whose timer has fired names nothing.
public struct TimerToken: Sendable, Hashable {
    let index: Int32
    let generation: UInt32
}

/// Deadlines in a hashed wheel (Varghese and Lauck, 1987, scheme 6): setting and cancelling cost the same however many there
/// are. It knows no clock: time is counted in ticks that the caller brings.
struct TimerWheel {
    typealias Action = @Sendable () -> Void

    private struct Entry {
        var action: Action?
        var deadline: Int64 = 0
        var generation: UInt32 = 0
        var next: Int32 = TimerWheel.none
        var previous: Int32 = TimerWheel.none
    }

    private static let none: Int32 = -1
    private static let slotCount = 1024

    private var entries: [Entry] = []
    private var firstFree = TimerWheel.none
    private var heads = [Int32](repeating: TimerWheel.none, count: TimerWheel.slotCount)
    private var occupied = [UInt64](repeating: 0, count: TimerWheel.slotCount / 64)
    /// The last tick whose timers have fired.
    private var tick: Int64
    /// Timers set and neither fired nor cancelled.
    private(set) var count = 0

    init(tick: Int64) { self.tick = tick }

    /// Sets a timer for a tick; one that is past fires with the next tick.
    mutating func insert(deadline: Int64, _ action: @escaping Action) -> TimerToken {
        var index = firstFree
        if index == TimerWheel.none {
            index = Int32(entries.count)
            entries.append(Entry())
        } else {
            firstFree = entries[Int(index)].next
        }
        let deadline = max(deadline, tick + 1)
        let slot = TimerWheel.slot(deadline)
        let head = heads[slot]
        entries[Int(index)].action = action
        entries[Int(index)].deadline = deadline
        entries[Int(index)].next = head
        entries[Int(index)].previous = TimerWheel.none
        if head != TimerWheel.none { entries[Int(head)].previous = index }
        heads[slot] = index
        occupied[slot / 64] |= 1 << UInt64(slot % 64)
        count += 1
        return TimerToken(index: index, generation: entries[Int(index)].generation)
    }

    /// The action of the timer, which was still set; to be let go where no lock is held, as that may run anything.
    mutating func cancel(_ token: TimerToken) -> Action? {
        guard entries.indices.contains(Int(token.index)), let action = entries[Int(token.index)].action,
            entries[Int(token.index)].generation == token.generation
        else { return nil }
        remove(token.index)
        return action
    }

    /// The first tick at which there may be something to fire (a timer that is further than a turn of the wheel may make it
    /// too early, never too late).
    var nextTick: Int64? {
        guard count > 0 else { return nil }
        let start = TimerWheel.slot(tick + 1)
        for step in 0...occupied.count {
            let word = (start / 64 + step) % occupied.count
            var bits = occupied[word]
            if step == 0 { bits &= ~0 << UInt64(start % 64) }
            if step == occupied.count { bits &= ~(~0 << UInt64(start % 64)) }
            guard bits != 0 else { continue }
            let slot = word * 64 + bits.trailingZeroBitCount
            let distance = (slot - start + TimerWheel.slotCount) % TimerWheel.slotCount
            return tick + 1 + Int64(distance)
        }
        return nil
    }

    /// Takes out what is due at `now`, the earlier ticks first.
    mutating func expire(now: Int64, into actions: inout [Action]) {
        guard now > tick else { return }
        if count > 0 {
            let first = tick + 1
            for due in first...min(now, tick + Int64(TimerWheel.slotCount)) {
                var index = heads[TimerWheel.slot(due)]
                while index != TimerWheel.none {
                    let next = entries[Int(index)].next
                    if entries[Int(index)].deadline <= now {
                        if let action = entries[Int(index)].action { actions.append(action) }
                        remove(index)
                    }
                    index = next
                }
            }
        }
        tick = now
    }

    private mutating func remove(_ index: Int32) {
        let entry = entries[Int(index)]
        let slot = TimerWheel.slot(entry.deadline)
        if entry.previous == TimerWheel.none {
            heads[slot] = entry.next
            if entry.next == TimerWheel.none { occupied[slot / 64] &= ~(1 << UInt64(slot % 64)) }
        } else {
            entries[Int(entry.previous)].next = entry.next
        }
        if entry.next != TimerWheel.none { entries[Int(entry.next)].previous = entry.previous }
        entries[Int(index)].action = nil
        entries[Int(index)].generation &+= 1
        entries[Int(index)].next = firstFree
        firstFree = index
        count -= 1
    }

    private static func slot(_ tick: Int64) -> Int { Int(tick & Int64(slotCount - 1)) }
}
