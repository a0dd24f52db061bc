internal import AutoML
internal import Foundation
internal import Learners
internal import Synchronization
internal import Tabular

/// Lets workers share the binned features of an experiment's data through the cache between them: one makes them, the others
/// read them. Experiments on the same columns of a dataset have the same.
final class SharedBins: Sendable {
    /// The largest bins that are shared, in bytes: larger ones would push everything else out of the cache.
    private static let largest = 64 << 20

    private let cache: any BlobCache
    /// Keys of bins that are in the cache, as far as known here.
    private let known = Mutex<Set<String>>([])

    init(cache: any BlobCache) { self.cache = cache }

    /// What decides the features: the dataset and the settings that choose columns and rows.
    static func key(_ request: ExperimentRequest) -> String? {
        var settings = request.settings
        settings.budget = .trials(1)
        (settings.seed, settings.folds, settings.metric, settings.learners) = (0, nil, nil, nil)
        settings.exclude.sort()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let bytes = try? encoder.encode(settings) else { return nil }
        return "martlet:bins:\(martletVersion):\(request.datasetID):\(String(decoding: bytes, as: UTF8.self))"
    }

    /// Takes the bins of the experiment's features from the cache, where they are there and none are here.
    func fetch(_ request: ExperimentRequest, for problem: LearningProblem, on thread: WorkThread) async {
        guard SharedBins.isWorthwhile(problem), !problem.hasBins, let key = SharedBins.key(request) else { return }
        var isThere = false
        if let bytes = await cache.value(key) {
            isThere = (try? await thread.run { problem.adoptBins(bytes) }) ?? false
        }
        known.withLock { known in
            if isThere { known.insert(key) } else { known.remove(key) }
        }
    }

    /// Puts the bins of the experiment's features into the cache, where they were made here.
    func offer(_ request: ExperimentRequest, of problem: LearningProblem, on thread: WorkThread) async {
        guard SharedBins.isWorthwhile(problem), problem.hasBins, let key = SharedBins.key(request),
            known.withLock({ $0.insert(key).inserted }), let bytes = try? await thread.run({ problem.encodedBins })
        else { return }
        await cache.set(bytes, for: key)
    }

    private static func isWorthwhile(_ problem: LearningProblem) -> Bool {
        problem.rowCount * problem.features.columns.count <= largest
    }
}
