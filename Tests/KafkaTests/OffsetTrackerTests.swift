import Kafka
import Testing

struct OffsetTrackerTests {
    @Test("only the prefix without a gap can be committed")
    func prefix() {
        var tracker = OffsetTracker()
        #expect(tracker.committable == nil)
        for offset: Int64 in [10, 11, 13, 14] { tracker.deliver(offset) }
        #expect(tracker.finish(11) == nil)
        #expect(tracker.finish(14) == nil)
        #expect(tracker.committable == nil && tracker.unfinishedCount == 2)
        #expect(tracker.finish(10) == 12)
        #expect(tracker.finish(13) == 15)
        #expect(tracker.committable == 15 && tracker.unfinishedCount == 0)
    }

    @Test("repetitions and strangers change nothing")
    func repetition() {
        var tracker = OffsetTracker()
        tracker.deliver(5)
        tracker.deliver(5)
        #expect(tracker.unfinishedCount == 1)
        #expect(tracker.finish(4) == nil)
        #expect(tracker.finish(5) == 6)
        #expect(tracker.finish(5) == nil)
        tracker.deliver(5)
        #expect(tracker.unfinishedCount == 0 && tracker.committable == 6)
    }

    @Test("in whatever order messages end, the committable offset never passes an unfinished one and reaches the end")
    func anyOrder() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var tracker = OffsetTracker()
            let offsets = (0..<200).map { Int64($0 * 2) }
            for offset in offsets { tracker.deliver(offset) }
            var open = Set(offsets)
            for offset in offsets.shuffled(using: &random) {
                _ = tracker.finish(offset)
                open.remove(offset)
                let first = open.min() ?? offsets.last! + 1
                #expect(tracker.committable ?? 0 <= first)
                if let committable = tracker.committable { #expect(!open.contains { $0 < committable }) }
            }
            #expect(tracker.committable == offsets.last! + 1)
        }
    }
}
