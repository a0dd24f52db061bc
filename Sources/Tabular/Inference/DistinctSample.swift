/// The distinct values among many, by their hashes: all of them with their numbers up to a limit, beyond it those of the
/// smallest hashes, a uniform sample of the distinct values (Gibbons 2001). Does not depend on the order of the values.
struct DistinctSample: Sendable {
    static let limit = 16_384

    /// Open addressing by hash; a count of 0 is a free slot.
    private var hashes: [UInt64] = Array(repeating: 0, count: 16)
    private var times: [Int] = Array(repeating: 0, count: 16)
    private var used = 0
    /// Hashes above are not kept.
    private var threshold = UInt64.max

    /// Adds a value met `count` times by its hash.
    @inline(__always)
    mutating func add(_ hash: UInt64, times count: Int = 1) {
        guard hash <= threshold else { return }
        let mask = hashes.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while times[slot] > 0 {
            if hashes[slot] == hash {
                times[slot] += count
                return
            }
            slot = (slot + 1) & mask
        }
        hashes[slot] = hash
        times[slot] = count
        used += 1
        if used * 2 > hashes.count { makeRoom() }
    }

    /// Adds all of another sample.
    mutating func merge(_ other: DistinctSample) {
        if other.threshold < threshold { lower(to: other.threshold) }
        for slot in other.hashes.indices where other.times[slot] > 0 {
            add(other.hashes[slot], times: other.times[slot])
        }
    }

    private mutating func lower(to limit: UInt64) {
        threshold = limit
        rebuild(entries.filter { $0.hash <= limit }, hashes.count)
    }

    private mutating func makeRoom() {
        var kept = entries
        if used > Self.limit * 2 {
            kept.sort { $0.hash < $1.hash }
            kept.removeLast(kept.count - Self.limit)
            threshold = kept[Self.limit - 1].hash
        }
        rebuild(kept, kept.count == Self.limit ? hashes.count : hashes.count * 4)
    }

    private mutating func rebuild(_ kept: [(hash: UInt64, count: Int)], _ size: Int) {
        hashes = Array(repeating: 0, count: size)
        times = Array(repeating: 0, count: size)
        used = kept.count
        for entry in kept {
            var slot = Int(truncatingIfNeeded: entry.hash) & (size - 1)
            while times[slot] > 0 { slot = (slot + 1) & (size - 1) }
            hashes[slot] = entry.hash
            times[slot] = entry.count
        }
    }

    private var entries: [(hash: UInt64, count: Int)] {
        hashes.indices.compactMap { times[$0] > 0 ? (hashes[$0], times[$0]) : nil }
    }

    /// Whether every distinct value is in the sample.
    var isExact: Bool { threshold == .max && used <= Self.limit }

    /// The entries of the smallest hashes, the same however the values came.
    private var smallest: [(hash: UInt64, count: Int)] {
        isExact ? entries : Array(entries.sorted { $0.hash < $1.hash }.prefix(Self.limit))
    }

    /// Number of distinct values: exact up to the limit, then an estimate good to about 1 %.
    var estimate: Int {
        if isExact { return used }
        guard let last = smallest.last else { return 0 }
        return Int(Double(Self.limit - 1) / (Double(last.hash) / Double(UInt64.max)))
    }

    /// Whether no value of the sample was met twice.
    var allUnique: Bool { smallest.allSatisfy { $0.count == 1 } }
}
