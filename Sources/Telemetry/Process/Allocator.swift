internal import CAllocator
internal import Dispatch
internal import Synchronization

/// The C library's allocator, of which Swift's objects and arrays are made: how many heaps it keeps, and when it gives memory
/// back to the system.
public enum Allocator {
    /// Bytes from which a block is a mapping of its own, which goes back to the system as soon as it is freed. Left alone, the
    /// allocator raises this to 32 MiB by itself and keeps what it gets.
    static let mappedFrom = 4 << 20
    /// Free bytes at the end of a heap from which they go back at once.
    static let trimmedFrom = 16 << 20
    /// Addresses that each heap but the first reserves.
    private static let heapAddresses = 64 << 20

    /// Sets the allocator up for a process with these limits; to be called before there are other threads.
    public static func configure(_ limits: ProcessLimits) {
        mallopt(M_MMAP_THRESHOLD, Int32(mappedFrom))
        mallopt(M_TRIM_THRESHOLD, Int32(trimmedFrom))
        mallopt(M_ARENA_MAX, Int32(clamping: heaps(limits)))
    }

    /// Heaps that threads share: two for each processor, fewer where their addresses alone would be an eighth of the limit.
    static func heaps(_ limits: ProcessLimits) -> Int {
        let mapped = limits.memoryLimits.first { $0.counting == .mapped }?.bytes ?? .max
        return max(1, min(2 * limits.processors, mapped / 8 / heapAddresses))
    }

    private static let isAsked = Atomic<Bool>(false)
    private static let queue = DispatchQueue(label: "martlet.allocator", qos: .utility)
    /// Seconds between the first asking and the giving back, in which others may ask too.
    private static let pause = 1.0

    /// Has the allocator give back what is free, soon and on another thread: to be called where something large has ended. However
    /// many ask, it is done once a second at most, for it walks through all heaps.
    public static func giveBackSoon() {
        guard isAsked.exchange(true, ordering: .relaxed) == false else { return }
        queue.asyncAfter(deadline: .now() + pause) {
            isAsked.store(false, ordering: .relaxed)
            giveBack()
        }
    }

    /// Has the allocator give back what is free, now.
    public static func giveBack() { malloc_trim(0) }
}
