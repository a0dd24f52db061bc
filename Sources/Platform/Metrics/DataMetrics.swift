internal import Telemetry

/// How much of datasets was read, and from where.
struct ReadCounters: Sendable {
    let cache: Counter
    let store: Counter

    init(_ registry: MetricRegistry) {
        let family = registry.counters(PlatformMetrics.dataReadBytes)
        cache = family("cache")
        store = family("store")
    }
}

extension ExperimentData {
    /// Has the caches tell how often they helped.
    func register(in registry: MetricRegistry, shared: (any BlobCache)?) {
        registry.collect([
            PlatformMetrics.cacheRequests, PlatformMetrics.cacheBytes, PlatformMetrics.cacheEvictions,
        ]) { [weak self] collection in
            if let own = self?.statistics {
                collection.add(PlatformMetrics.cacheRequests, ["memory", "hit"], own.hits)
                collection.add(PlatformMetrics.cacheRequests, ["memory", "miss"], own.misses)
                collection.add(PlatformMetrics.cacheEvictions, ["memory"], own.evictions)
            }
            if let shared = shared?.statistics() {
                collection.add(PlatformMetrics.cacheRequests, ["shared", "hit"], shared.hits)
                collection.add(PlatformMetrics.cacheRequests, ["shared", "miss"], shared.misses)
                collection.add(PlatformMetrics.cacheBytes, ["shared"], shared.bytes)
                collection.add(PlatformMetrics.cacheEvictions, ["shared"], shared.evictions)
            }
        }
    }
}
