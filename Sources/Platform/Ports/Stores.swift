/// The ports a service stands on.
public struct Stores: Sendable {
    /// Datasets.
    public var datasets: any DatasetStore
    /// Experiments.
    public var experiments: any ExperimentStore
    /// Models.
    public var models: any ModelStore
    /// Messages between coordinators and workers.
    public var log: any MessageLog
    /// A cache between workers and the store of datasets; nil where the store is as near as a cache would be.
    public var cache: (any BlobCache)?
    /// What they stand on, to be asked whether it answers.
    public var probes: [StoreProbe]
    /// Whether other processes use the same stores.
    public var isShared: Bool
    /// Releases what the stores hold, once the service no longer uses them.
    public var close: @Sendable () async -> Void

    /// Stores of these parts.
    public init(
        datasets: any DatasetStore, experiments: any ExperimentStore, models: any ModelStore, log: any MessageLog,
        cache: (any BlobCache)? = nil, probes: [StoreProbe] = [], isShared: Bool = false,
        close: @escaping @Sendable () async -> Void = {}
    ) {
        self.datasets = datasets
        self.experiments = experiments
        self.models = models
        self.log = log
        self.cache = cache
        self.probes = probes
        self.isShared = isShared
        self.close = close
    }

    /// Stores in this process's memory.
    public static func inMemory() -> Stores {
        Stores(
            datasets: MemoryDatasetStore(), experiments: MemoryExperimentStore(), models: MemoryModelStore(),
            log: MemoryMessageLog())
    }
}
