internal import Dispatch
internal import Foundation
internal import Synchronization
internal import Telemetry

/// Looks at the stores in the background, so that a scrape need not: whether they answer, what they hold, and how much room
/// there is.
final class StoreSampler: Sendable {
    /// Time between two looks.
    private static let pause = 10.0
    /// A look that took long is followed by a pause of so many times that.
    private static let rest = 20.0

    private let stores: Stores
    private let volumes: [String: String]
    private let up: Family<Gauge>
    /// Nil in a process that trains only.
    private let contents: Contents?
    private let tasks = Mutex<[_Concurrency.Task<Void, Never>]>([])

    private struct Contents: Sendable {
        let datasets: Family<Gauge>
        let datasetBytes: Family<Gauge>
        let experiments: Family<Gauge>
        let lag: Family<Gauge>
        let free: Family<Gauge>
        let size: Family<Gauge>
    }

    /// - Parameter volumes: folders by what they are for; nil where what the stores hold is for others to tell.
    init(_ stores: Stores, volumes: [String: String]?, _ registry: MetricRegistry) {
        self.stores = stores
        self.volumes = volumes ?? [:]
        up = registry.gauges(PlatformMetrics.storeUp)
        contents = volumes.map { _ in
            Contents(
                datasets: registry.gauges(PlatformMetrics.datasets),
                datasetBytes: registry.gauges(PlatformMetrics.datasetBytes),
                experiments: registry.gauges(PlatformMetrics.experiments),
                lag: registry.gauges(PlatformMetrics.queueLag), free: registry.gauges(PlatformMetrics.diskFree),
                size: registry.gauges(PlatformMetrics.diskSize))
        }
    }

    func start() {
        var started: [_Concurrency.Task<Void, Never>] = []
        for probe in stores.probes {
            started.append(StoreSampler.repeating { [up] in up(probe.name).set(await probe.answers() ? 1 : 0) })
        }
        if let contents { started.append(StoreSampler.repeating { [self] in await look(contents) }) }
        tasks.withLock { $0 = started }
    }

    /// Ends it; a look under way ends with the stores.
    func stop() {
        for task in tasks.withLock({ $0 }) { task.cancel() }
    }

    private static func repeating(_ look: @escaping @Sendable () async -> Void) -> _Concurrency.Task<Void, Never> {
        _Concurrency.Task {
            while !_Concurrency.Task.isCancelled {
                let start = ContinuousClock.now
                await look()
                let parts = (ContinuousClock.now - start).components
                let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
                try? await _Concurrency.Task.sleep(for: .seconds(max(pause, rest * seconds)))
            }
        }
    }

    /// What cannot be asked for at the moment stays as it was.
    private func look(_ contents: Contents) async {
        for (name, path) in volumes {
            guard let space = await DiskSpace.read(path) else { continue }
            contents.free(name).set(space.free)
            contents.size(name).set(space.size)
        }
        let groups = [
            (Topics.trials, Topics.workerGroup), (Topics.results, Topics.coordinatorGroup),
            (Topics.assembly, Topics.coordinatorGroup),
        ]
        for (topic, group) in groups {
            if let lag = try? await stores.log.lag(of: topic, group: group) { contents.lag(topic).set(lag) }
        }
        if let (count, bytes) = try? await datasets() {
            contents.datasets().set(count)
            contents.datasetBytes().set(bytes)
        }
        if let counts = try? await experiments() {
            for state in ExperimentState.allCases { contents.experiments(state.rawValue).set(counts[state] ?? 0) }
        }
    }

    private func datasets() async throws -> (count: Int, bytes: Int) {
        var (count, bytes) = (0, 0)
        var cursor: Cursor?
        repeat {
            let page = try await stores.datasets.datasets(limit: 200, after: cursor)
            count += page.items.count
            bytes += page.items.reduce(0) { $0 + $1.bytes }
            cursor = page.nextCursor
        } while cursor != nil && !_Concurrency.Task.isCancelled
        return (count, bytes)
    }

    private func experiments() async throws -> [ExperimentState: Int] {
        var counts: [ExperimentState: Int] = [:]
        var cursor: Cursor?
        repeat {
            let page = try await stores.experiments.experiments(limit: 200, after: cursor)
            for record in page.items { counts[record.state, default: 0] += 1 }
            cursor = page.nextCursor
        } while cursor != nil && !_Concurrency.Task.isCancelled
        return counts
    }
}

/// The room on a file system.
struct DiskSpace: Sendable {
    let free: Double
    let size: Double

    /// What this process could still write to the file system of `path`, and its size. Asked for on a thread that may wait.
    static func read(_ path: String) async -> DiskSpace? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                var information = statvfs()
                guard statvfs(path, &information) == 0 else { return continuation.resume(returning: nil) }
                let block = Double(information.f_frsize)
                continuation.resume(
                    returning: DiskSpace(
                        free: Double(information.f_bavail) * block, size: Double(information.f_blocks) * block))
            }
        }
    }
}
