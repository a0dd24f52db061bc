import Foundation

/// What this machine has to train with.
enum Machine {
    /// Bytes that the fits of trials may be expected to need at a time: half of the memory, for the table and the models
    /// of earlier trials are in the other. A trial that would need more is refused with its reason.
    static var trainingMemory: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory / 2) }
}
