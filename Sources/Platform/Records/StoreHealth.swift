/// Whether a store answers, and how fast.
public struct StoreHealth: Sendable, Hashable, Codable {
    /// What it keeps: `datasets`, `experiments`, `models` or `messages`.
    public var name: String
    /// Whether it answered a small question.
    public var healthy: Bool
    /// Seconds until the answer.
    public var seconds: Double
    /// Why it did not, in one line.
    public var detail: String?

    /// Asks every store a small question, all at a time.
    static func all(_ stores: Stores) async -> [StoreHealth] {
        async let datasets = ask("datasets") { _ = try await stores.datasets.datasets(limit: 1, after: nil) }
        async let experiments = ask("experiments") {
            _ = try await stores.experiments.experiments(limit: 1, after: nil)
        }
        async let models = ask("models") { _ = try await stores.models.model("none") }
        async let messages = ask("messages") {
            _ = try await stores.log.lag(of: Topics.trials, group: Topics.workerGroup)
        }
        return await [datasets, experiments, models, messages]
    }

    private static func ask(
        _ name: String, _ question: @Sendable () async throws -> Void
    ) async -> StoreHealth {
        let clock = ContinuousClock()
        let started = clock.now
        var detail: String?
        do {
            try await question()
        } catch {
            detail = (error as? PlatformError)?.message ?? "\(error)"
        }
        let parts = (clock.now - started).components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        return StoreHealth(name: name, healthy: detail == nil, seconds: seconds, detail: detail)
    }
}
