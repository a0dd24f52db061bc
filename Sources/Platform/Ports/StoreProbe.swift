/// A server or file that stores stand on, and how to see whether it answers.
public struct StoreProbe: Sendable {
    /// What it is called in metrics, such as `cassandra`.
    public let name: String
    private let ask: @Sendable () async throws -> Void

    /// A probe that asks a small question; it throws where no answer comes.
    public init(_ name: String, ask: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.ask = ask
    }

    /// Whether an answer came.
    public func answers() async -> Bool { (try? await ask()) != nil }
}
