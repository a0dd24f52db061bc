internal import Glibc
internal import Synchronization

/// A command that waits for its reply. It is answered once: by the reply, the time-out, the loss of the connection or the
/// cancellation of its task, whichever comes first.
final class Request: @unchecked Sendable {
    // Sendable by hand: `continuation` is written before `state` says so, and read by the one that ends the wait.

    /// Nanoseconds of the monotonic clock at the call.
    let start: UInt64

    private static let new: UInt8 = 0
    private static let waiting: UInt8 = 1
    private static let answered: UInt8 = 2

    private let state = Atomic<UInt8>(Request.new)
    /// Unsafe, as the check for a second answer is `state`'s business already, and this is done for every command.
    private var continuation: UnsafeContinuation<RESPValue, any Error>?

    init() { start = Request.now }

    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    var isAnswered: Bool { state.load(ordering: .acquiring) == Request.answered }

    /// Whether the wait has begun; false where the task was cancelled before, and the continuation is still the caller's.
    func wait(_ continuation: UnsafeContinuation<RESPValue, any Error>) -> Bool {
        self.continuation = continuation
        return state.compareExchange(
            expected: Request.new, desired: Request.waiting, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Whether this answer was the first. Who waits may be run before this returns, and has the reply alone.
    @discardableResult
    func answer(_ result: consuming Result<RESPValue, any Error>) -> Bool {
        guard state.exchange(Request.answered, ordering: .acquiringAndReleasing) == Request.waiting else {
            return false
        }
        let waiting = continuation
        continuation = nil
        switch consume result {
        case .success(let reply): waiting?.resume(returning: reply)
        case .failure(let error): waiting?.resume(throwing: error)
        }
        return true
    }
}

/// Requests in the order in which they were sent.
struct RequestQueue {
    private var ring: [Request?] = Array(repeating: nil, count: 64)
    private var first = 0
    private(set) var count = 0

    mutating func append(_ request: Request) {
        if count == ring.count {
            var larger: [Request?] = []
            larger.reserveCapacity(2 * count)
            for place in 0..<count { larger.append(ring[(first + place) & (ring.count - 1)]) }
            larger.append(contentsOf: Array(repeating: nil, count: count))
            ring = larger
            first = 0
        }
        ring[(first + count) & (ring.count - 1)] = request
        count += 1
    }

    mutating func removeFirst() -> Request? {
        guard count > 0 else { return nil }
        let request = ring[first]
        ring[first] = nil
        first = (first + 1) & (ring.count - 1)
        count -= 1
        return request
    }

    /// The request at a place behind the first.
    subscript(place: Int) -> Request? {
        place < count ? ring[(first + place) & (ring.count - 1)] : nil
    }
}
