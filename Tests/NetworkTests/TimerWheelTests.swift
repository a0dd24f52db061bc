import Synchronization
import Testing

@testable import Network

@Suite("The wheel of timers")
struct TimerWheelTests {
    /// What has fired, by number.
    private final class Log: Sendable {
        let fired = Mutex<[Int]>([])

        func action(_ number: Int) -> TimerWheel.Action { { self.fired.withLock { $0.append(number) } } }
    }

    private func fire(_ wheel: inout TimerWheel, _ now: Int64) {
        var actions: [TimerWheel.Action] = []
        wheel.expire(now: now, into: &actions)
        for action in actions { action() }
    }

    @Test("timers fire at their ticks, the earlier ones first, and once")
    func order() {
        var wheel = TimerWheel(tick: 100)
        let log = Log()
        #expect(wheel.nextTick == nil)
        for number in [105, 103, 2000, 104, 103] { _ = wheel.insert(deadline: Int64(number), log.action(number)) }
        #expect(wheel.nextTick == 103)
        fire(&wheel, 102)
        #expect(log.fired.withLock { $0 } == [])
        fire(&wheel, 104)
        #expect(log.fired.withLock { $0 } == [103, 103, 104])
        fire(&wheel, 1999)
        #expect(log.fired.withLock { $0 } == [103, 103, 104, 105])
        fire(&wheel, 9999)
        #expect(log.fired.withLock { $0 } == [103, 103, 104, 105, 2000])
        #expect(wheel.count == 0 && wheel.nextTick == nil)
    }

    @Test("cancelled timers do not fire, and old tokens name nothing")
    func cancelling() {
        var wheel = TimerWheel(tick: 0)
        let log = Log()
        let first = wheel.insert(deadline: 5, log.action(1))
        let second = wheel.insert(deadline: 5, log.action(2))
        #expect(wheel.cancel(first) != nil)
        #expect(wheel.cancel(first) == nil)
        let third = wheel.insert(deadline: 5, log.action(3))
        #expect(third != first)
        #expect(wheel.cancel(first) == nil)
        fire(&wheel, 5)
        #expect(Set(log.fired.withLock { $0 }) == [2, 3])
        #expect(wheel.cancel(second) == nil)
    }

    @Test("as a sorted list would do it, over many turns of the wheel")
    func againstList() {
        var state: UInt64 = 7
        func random(_ limit: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % limit
        }
        var wheel = TimerWheel(tick: 50)
        var list: [(deadline: Int64, number: Int, token: TimerToken)] = []
        let log = Log()
        var expected: [Int] = []
        var now: Int64 = 50
        for number in 0..<5000 {
            let deadline = now + random(number.isMultiple(of: 10) ? 5000 : 300)
            list.append((max(deadline, now + 1), number, wheel.insert(deadline: deadline, log.action(number))))
            if random(3) == 0, !list.isEmpty {
                let victim = list.remove(at: Int(random(Int64(list.count))))
                #expect(wheel.cancel(victim.token) != nil)
            }
            guard random(4) == 0 else { continue }
            if let next = list.map(\.deadline).min() { #expect((wheel.nextTick ?? .max) <= next) }
            now += random(200)
            fire(&wheel, now)
            expected += list.filter { $0.deadline <= now }.map(\.number)
            list.removeAll { $0.deadline <= now }
            #expect(wheel.count == list.count)
        }
        #expect(log.fired.withLock { $0 }.sorted() == expected.sorted())
    }
}
