import Testing

@testable import Network

@Suite("The wheel of timers")
struct TimerWheelTests {
    @Test("fires nothing early and everything that is due")
    func fires() {
        #expect(TimerWheel(tick: 0).nextTick == nil)
    }
}
