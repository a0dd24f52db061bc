internal import Foundation
internal import Synchronization

/// Everything a user can ask of Martlet, over ports: datasets, experiments, models. The HTTP API is a thin layer above it.
public final class MartletService: Sendable {
    /// How a service works.
    public struct Options: Sendable, Hashable {
        /// Trials trained at a time by this process; 0 for a process that only coordinates.
        public var slots = 1
        /// Threads of each slot.
        public var threads = ProcessInfo.processInfo.activeProcessorCount
        /// Experiments under way at a time; the others wait in the order they came.
        public var runningExperiments = 1
        /// Where uploads are kept while they are read; made and emptied at the start.
        public var spoolFolder = FileManager.default.temporaryDirectory.path + "/martlet-spool"
        /// Models kept in memory for predictions.
        public var loadedModels = 8

        /// The defaults: one slot with a thread a processor.
        public init() {}
    }

    /// How the service works.
    public let options: Options
    let stores: Stores
    let pokes = Pokes()
    let lifecycle = Mutex(Lifecycle())

    struct Lifecycle {
        var isReady = false
    }

    /// A service over these ports; it does nothing before it is started.
    public init(stores: Stores, options: Options = Options()) {
        self.stores = stores
        self.options = options
    }

    /// Where the caller keeps an upload while it is read; there once the service is started.
    public var spoolFolder: String { options.spoolFolder }

    /// Whether the service is started and not shut down.
    public var isReady: Bool { lifecycle.withLock { $0.isReady } }
}
