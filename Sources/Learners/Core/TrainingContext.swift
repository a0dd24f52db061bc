import Dispatch
import Synchronization

/// Threads, deadline, cancellation and progress of one piece of training.
public struct TrainingContext: Sendable {
    /// The threads to train on.
    public let pool: ThreadPool
    /// When to stop.
    public let deadline: Deadline
    /// Asks for an early end.
    public let cancellation: Cancellation
    /// Told how far the training is, from 0 to 1.
    public let progress: @Sendable (Double) -> Void

    /// A context; without arguments one thread and no limits.
    public init(
        pool: ThreadPool = .single, deadline: Deadline = .never, cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.pool = pool
        self.deadline = deadline
        self.cancellation = cancellation
        self.progress = progress
    }

    /// Throws `TrainingError.cancelled` or `.deadlineExceeded` when it is time to stop; cheap enough for inner loops.
    public func check() throws {
        if cancellation.isCancelled { throw TrainingError.cancelled }
        if deadline.hasPassed { throw TrainingError.deadlineExceeded }
    }
}

/// A point on the monotonic clock.
public struct Deadline: Sendable, Hashable {
    private let nanoseconds: UInt64

    /// Never.
    public static let never = Deadline(nanoseconds: .max)

    private init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// So many seconds from now.
    public static func after(seconds: Double) -> Deadline {
        let now = DispatchTime.now().uptimeNanoseconds
        return Deadline(nanoseconds: now &+ UInt64(max(0, min(seconds, 1e9)) * 1e9))
    }

    /// Whether it has passed.
    public var hasPassed: Bool { nanoseconds != .max && DispatchTime.now().uptimeNanoseconds >= nanoseconds }

    /// Seconds left, 0 when it has passed, infinity for `never`.
    public var secondsLeft: Double {
        if nanoseconds == .max { return .infinity }
        let now = DispatchTime.now().uptimeNanoseconds
        return now >= nanoseconds ? 0 : Double(nanoseconds - now) / 1e9
    }

    /// The earlier of two.
    public func earlier(_ other: Deadline) -> Deadline { nanoseconds <= other.nanoseconds ? self : other }
}

/// A flag that many may watch and anyone may raise.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    private let whole: Cancellation?

    /// A flag that is not raised; one within another counts as raised when that is.
    public init(within whole: Cancellation? = nil) { self.whole = whole }

    /// Raises the flag.
    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// Whether it was raised.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) || whole?.isCancelled == true }
}

/// Why a training did not give a model.
public enum TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The caller asked for the end.
    case cancelled
    /// The deadline passed before there was a model.
    case deadlineExceeded
    /// The learner cannot be used on this problem, and why.
    case unsuitable(String)

    /// One line for people.
    public var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .deadlineExceeded: "the deadline passed before there was a model"
        case .unsuitable(let reason): reason
        }
    }
}
