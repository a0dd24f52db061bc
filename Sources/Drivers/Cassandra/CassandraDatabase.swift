internal import CQL
internal import Platform
internal import Telemetry

/// The tables of one keyspace, over one session that all stores share.
final class CassandraDatabase: Sendable {
    private let session: Session

    private init(_ session: Session) { self.session = session }

    /// Connects; `keyspace` is nil where it may not be there yet.
    static func connect(_ configuration: CassandraConfiguration, keyspace: String?) async throws -> CassandraDatabase {
        do {
            return CassandraDatabase(
                try await Session(configuration: try configuration.session(keyspace: keyspace)))
        } catch let error as CQLError {
            throw PlatformError(.unavailable, "Cassandra at \(configuration.contactPoints): \(error)")
        }
    }

    func close() async { await session.close() }

    /// Has what the session counts told with the other metrics.
    func register(in registry: MetricRegistry) {
        CassandraMetrics.register(in: registry) { [session] in session.metrics }
    }

    /// Asks a small question of one node.
    func ask() async throws { _ = try await execute("SELECT key FROM system.local") }

    /// Hosts of the datacenter that is used.
    var datacenters: Set<String> { Set(session.hosts.map(\.datacenter)) }

    /// Carries out a statement that may be repeated.
    @discardableResult
    func execute(_ text: String, _ values: any CQLEncodable...) async throws -> ResultSet {
        try await perform { try await $0.execute(text, values, options: RequestOptions(isIdempotent: true)) }
    }

    /// Carries out a conditional statement; one whose fate is unknown throws `.unavailable` and may be repeated.
    func apply(_ text: String, _ values: any CQLEncodable...) async throws -> ResultSet {
        try await perform { try await $0.execute(text, values) }
    }

    /// Carries out conditional statements of one partition, all or none; where their fate is unknown as above.
    func apply(_ batch: Batch) async throws -> ResultSet {
        try await perform { try await $0.batch(batch) }
    }

    /// All rows of a query, asked for page by page, each made into a value.
    func query<Value: Sendable>(
        _ text: String, _ values: any CQLEncodable..., make: @escaping @Sendable (Row) throws -> Value
    ) async throws -> [Value] {
        try await perform { session in
            var all: [Value] = []
            for try await row in session.rows(text, values, options: RequestOptions(isIdempotent: true)) {
                all.append(try make(row))
            }
            return all
        }
    }

    /// The row of a query that has one at most, made into a value.
    func first<Value: Sendable>(
        _ text: String, _ values: any CQLEncodable..., make: @Sendable (Row) throws -> Value
    ) async throws -> Value? {
        try await perform { session in
            try await session.execute(text, values, options: RequestOptions(isIdempotent: true, pageSize: 0)).first
                .map(make)
        }
    }

    private func perform<Value: Sendable>(_ body: (Session) async throws -> Value) async throws -> Value {
        do {
            return try await body(session)
        } catch let error as CQLError {
            throw PlatformError(error)
        }
    }
}

extension PlatformError {
    /// A server that is away, slow or short of replicas may be asked again; anything else is Martlet's or the operator's
    /// mistake.
    init(_ error: CQLError) {
        let passing: Set<CQLError.Code> = [
            .connection, .noHostAvailable, .timeout, .busy, .closed, .server, .unavailable, .overloaded, .bootstrapping,
            .writeTimeout, .readTimeout, .readFailure, .writeFailure, .casWriteUnknown, .truncate,
        ]
        self.init(passing.contains(error.code) ? .unavailable : .storage, "Cassandra: \(error)")
    }
}
