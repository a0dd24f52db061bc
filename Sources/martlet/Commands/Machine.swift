import AutoML
import Foundation
import StandardIO
import Telemetry

/// What this process has to train with.
enum Machine {
    /// Bytes that the fits of trials may be expected to need at a time: half of the memory that the process may use, for the
    /// table and the models of earlier trials are in the other. A trial that would need more is refused with its reason.
    static var trainingMemory: Int { ProcessLimits.current.memory.bytes / 2 }

    /// What is left for an experiment in this process: most of what can still be taken, and not more than half of the machine's.
    static func experimentMemory() -> LocalExperiment.Memory {
        let limits = ProcessLimits.current
        let free = available()
        return LocalExperiment.Memory(
            trials: limits.isConfined ? free / 5 * 4 : min(free, trainingMemory), kept: free / 8, available: available)
    }

    /// Bytes that can be taken with some to spare.
    @Sendable static func available() -> Int {
        // What is free in the heaps is no longer in the way then.
        if ProcessLimits.current.isConfined { Allocator.giveBack() }
        return max(0, ProcessLimits.current.headroom - MemoryWatch.margin(.current))
    }

    /// Ends the process with one line and the exit code 1 before the system ends it for want of memory.
    static func watchMemory(onLow: @escaping @Sendable () -> Void = {}) -> MemoryWatch? {
        MemoryWatch(onLow: onLow) { used in
            let memory = ProcessLimits.current.memory
            Console.printError(
                "martlet: there is not enough memory: \(Format.bytes(used)) are in use and more is needed, "
                    + "\(Format.bytes(memory.bytes)) is what \(memory.origin) allows")
            Signals.exit(1)
        }
    }
}
