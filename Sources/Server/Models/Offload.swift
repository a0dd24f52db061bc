internal import Dispatch
internal import Foundation
internal import Synchronization
internal import Telemetry

/// Runs what computes or blocks for long on threads of its own, a few at a time, so that requests keep being served.
enum Offload {
    private static let queues = (0..<max(2, ProcessLimits.current.processors)).map {
        DispatchQueue(label: "martlet.offload.\($0)")
    }
    private static let turn = Atomic<Int>(0)

    /// Runs `body` after what is already waiting on its thread, and returns what it returns.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return try await withCheckedThrowingContinuation { continuation in
            queues[Int(UInt(bitPattern: index) % UInt(queues.count))].async {
                continuation.resume(with: Result { try body() })
            }
        }
    }
}
