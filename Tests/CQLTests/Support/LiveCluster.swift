import CQL
import Dispatch
import Foundation
import Glibc
import Network
import Testing

/// The real Cassandra that live tests talk with.
enum LiveCluster {
    private static let environment = ProcessInfo.processInfo.environment

    static var contactPoints: String? { environment["MARTLET_CASSANDRA_CONTACT_POINTS"] }
    /// Whether `MARTLET_CASSANDRA_CONTACT_POINTS` says where a server is; the live tests are skipped without it.
    static var isThere: Bool { contactPoints?.isEmpty == false }
    /// Whether the server wants TLS and a password (`MARTLET_CASSANDRA_TLS_CA`, `…_USERNAME`, `…_PASSWORD`).
    static var isSecure: Bool { isThere && environment["MARTLET_CASSANDRA_TLS_CA"] != nil }
    /// An interpreter that has `cassandra-driver` (`MARTLET_TEST_PYTHON`).
    static var python: String? { environment["MARTLET_TEST_PYTHON"] }

    /// A shell command that the variable holds.
    static func command(_ variable: String) -> String? { environment[variable] }

    /// Runs the shell command that the variable holds.
    static func run(_ variable: String) async throws {
        try await run("/bin/sh", ["-c", command(variable) ?? "false"])
    }

    /// Runs a program to its end; what it said is in the failure's message.
    static func run(_ path: String, _ arguments: [String]) async throws {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        words.append(nil)
        var child: pid_t = 0
        // Foundation's `Process` would wait for the servers too that a command leaves running.
        try #require(posix_spawn(&child, path, &actions, nil, words, environ) == 0, "\(path) cannot be run")
        let id = child
        let status = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = -1
                waitpid(id, &status, 0)
                continuation.resume(returning: status)
            }
        }
        let text = try String(contentsOfFile: output, encoding: .utf8)
        try #require(status == 0, "\(path): \(text)")
    }

    static func configuration() throws -> SessionConfiguration {
        var configuration = try SessionConfiguration(contactPoints: contactPoints ?? "")
        configuration.localDatacenter = environment["MARTLET_CASSANDRA_DATACENTER"]
        // The machine may have much else to do; what is awaited are events, not times.
        configuration.connectTimeout = .seconds(60)
        configuration.requestTimeout = .seconds(120)
        if let authority = environment["MARTLET_CASSANDRA_TLS_CA"] {
            configuration.tls = TLSOptions(authorityFile: authority)
        }
        if let user = environment["MARTLET_CASSANDRA_USERNAME"],
            let password = environment["MARTLET_CASSANDRA_PASSWORD"]
        {
            configuration.credentials = Credentials(username: user, password: password)
        }
        return configuration
    }

    /// Why no session can be made with the changed configuration; nil where one was made.
    static func failure(_ adjust: (inout SessionConfiguration) -> Void) async throws -> CQLError? {
        var configuration = try configuration()
        adjust(&configuration)
        do {
            let session = try await Session(configuration: configuration)
            await session.close()
            return nil
        } catch let error as CQLError {
            return error
        }
    }

    /// Runs `body` with a session and a keyspace of its own, which is dropped afterwards.
    static func withKeyspace<Value>(
        _ adjust: (inout SessionConfiguration) -> Void = { _ in },
        _ body: (Session, _ keyspace: String) async throws -> Value
    ) async throws -> Value {
        let name = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        var configuration = try configuration()
        adjust(&configuration)
        let admin = try await Session(configuration: configuration)
        do {
            let replicas = min(3, admin.hosts.count)
            _ = try await admin.execute(
                """
                CREATE KEYSPACE \(name) WITH replication = \
                {'class': 'SimpleStrategy', 'replication_factor': \(replicas)}
                """)
            configuration.keyspace = name
            let session = try await Session(configuration: configuration)
            let result: Result<Value, any Error>
            do { result = .success(try await body(session, name)) } catch { result = .failure(error) }
            await session.close()
            _ = try await admin.execute("DROP KEYSPACE \(name)")
            await admin.close()
            return try result.get()
        } catch {
            await admin.close()
            throw error
        }
    }
}
