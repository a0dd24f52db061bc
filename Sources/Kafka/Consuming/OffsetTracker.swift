/// Which offset of one partition may be committed when its messages are finished out of order: only what lies before the
/// first unfinished message, so that a crash never skips one.
public struct OffsetTracker: Sendable, Hashable {
    private var unfinished: [Int64] = []
    private var finished: Set<Int64> = []

    /// Nothing delivered yet.
    public init() {}

    /// The offset to commit (the next message to read after a restart); nil until a message was finished.
    public private(set) var committable: Int64?

    /// Messages delivered and not finished.
    public var unfinishedCount: Int { unfinished.count - finished.count }

    /// Notes that work on a message begins. Offsets may leave gaps (compaction, transactions); a repetition, or an offset
    /// before the committable one, changes nothing.
    public mutating func deliver(_ offset: Int64) {
        if let committable, offset < committable { return }
        let place = position(of: offset)
        guard place == unfinished.count || unfinished[place] != offset else { return }
        unfinished.insert(offset, at: place)
    }

    /// Notes that the message is finished; the new offset to commit where it has moved, else nil. An offset that was not
    /// delivered changes nothing.
    public mutating func finish(_ offset: Int64) -> Int64? {
        let place = position(of: offset)
        guard place < unfinished.count, unfinished[place] == offset, finished.insert(offset).inserted else {
            return nil
        }
        guard place == 0 else { return nil }
        let done = unfinished.prefix { finished.contains($0) }
        for offset in done { finished.remove(offset) }
        guard let last = done.last else { return nil }
        unfinished.removeFirst(done.count)
        committable = last + 1
        return committable
    }

    private func position(of offset: Int64) -> Int {
        var low = 0
        var high = unfinished.count
        while low < high {
            let middle = (low + high) / 2
            if unfinished[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
