internal import Foundation
internal import Synchronization

/// Looks at what is left of a confined process's memory on a thread of its own, so that something can be done before the system
/// ends it.
public final class MemoryWatch: Sendable {
    /// What is left.
    enum Level: Sendable, Hashable {
        case enough
        /// Something should be let go of.
        case low
        /// The next allocation may be the last.
        case out
    }

    private let limits: ProcessLimits
    private let isOver = Atomic<Bool>(false)

    /// Bytes that should stay free: what is allocated while nobody looks, and what was not expected.
    public static func margin(_ limits: ProcessLimits) -> Int { max(12 << 20, limits.memory.bytes / 12) }

    /// Bytes below which it is over.
    static func end(_ limits: ProcessLimits) -> Int { max(5 << 20, min(48 << 20, limits.memory.bytes / 50)) }

    static func level(headroom: Int, _ limits: ProcessLimits) -> Level {
        if headroom < end(limits) { return .out }
        return headroom < margin(limits) / 2 ? .low : .enough
    }

    /// Begins to look; nil where nothing but the machine's size limits the memory.
    ///
    /// - Parameters:
    ///   - onLow: Called where memory runs short, at most twice a second.
    ///   - onOut: Called where it is used up, with the bytes in use; it should end the process.
    public init?(
        _ limits: ProcessLimits = .current, onLow: @escaping @Sendable () -> Void = {},
        onOut: @escaping @Sendable (_ used: Int) -> Void
    ) {
        self.limits = limits
        guard limits.isConfined else { return nil }
        let thread = Thread { [self] in
            var lastLow: DispatchTime?
            while !isOver.load(ordering: .relaxed) {
                let headroom = limits.headroom
                switch Self.level(headroom: headroom, limits) {
                case .enough: break
                case .low:
                    let now = DispatchTime.now()
                    if lastLow.map({ now.uptimeNanoseconds - $0.uptimeNanoseconds > 500_000_000 }) ?? true {
                        lastLow = now
                        onLow()
                    }
                case .out: onOut(limits.memory.bytes - headroom)
                }
                // Memory is taken at some GB/s at most.
                usleep(headroom > 1 << 30 ? 50_000 : 4_000)
            }
        }
        thread.name = "martlet-memory"
        thread.stackSize = 256 << 10
        thread.start()
    }

    /// Ends it.
    public func stop() { isOver.store(true, ordering: .relaxed) }
}
