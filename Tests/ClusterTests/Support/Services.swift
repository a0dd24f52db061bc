import Foundation
import Testing

/// What the tests of a cluster need that not every machine has.
enum Requirements {
    static let environment = ProcessInfo.processInfo.environment
    /// A script that starts, stops and kills Cassandra, Kafka and Redis.
    static let script = environment["MARTLET_TEST_SERVICES"]
    /// A folder with `adult.csv.gz`.
    static let data = environment["MARTLET_TEST_DATA"]

    static let arePresent = script != nil && data != nil
    static let comment: Comment = """
        MARTLET_TEST_SERVICES names no script that starts Cassandra, Kafka and Redis, or MARTLET_TEST_DATA no folder with \
        adult.csv.gz: the cluster is not tested
        """
}

/// Real servers of one test, on ports and in a folder of their own; wiped with the object at the latest.
final class Services {
    /// How many of each, and whether they ask for passwords and speak TLS.
    struct Layout {
        var nodes = 1
        var isSecure = false
    }

    /// The addresses and credentials, as Martlet takes them from the environment.
    private(set) var addresses: [String: String] = [:]
    private let folder: TemporaryFolder
    private let environment: [String: String]

    init(_ layout: Layout = Layout()) throws {
        folder = try TemporaryFolder()
        var environment = Requirements.environment
        environment["SERVICES_DIR"] = folder.path("services")
        environment["SERVICES_SECURE"] = layout.isSecure ? "1" : "0"
        environment["CASSANDRA_NODES"] = "\(layout.nodes)"
        environment["KAFKA_NODES"] = "\(layout.nodes)"
        if layout.nodes > 1 {
            environment["CASSANDRA_HEAP"] = "448m"
            environment["KAFKA_HEAP"] = "256m"
        }
        // Brokers take every tenth port and the one after it.
        let first = Int.random(in: 200..<320) * 100
        environment["CASSANDRA_PORT"] = "\(first)"
        environment["CASSANDRA_STORAGE_PORT"] = "\(first + 1)"
        environment["REDIS_PORT"] = "\(first + 2)"
        environment["KAFKA_PORT"] = "\(first + 10)"
        self.environment = environment
        try run("start")
        for line in try run("env").split(separator: "\n") {
            for word in line.split(separator: " ") where word.contains("=") {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                addresses[parts[0]] = parts[1]
            }
        }
    }

    deinit { _ = try? run("wipe") }

    /// Runs the script; what it prints. Not by Foundation's `Process`, which waits for the servers that the script leaves.
    @discardableResult
    func run(_ arguments: String...) throws -> String {
        let output = folder.path("output-\(UUID().uuidString)")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words = (["/bin/bash", Requirements.script ?? ""] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child = pid_t()
        guard posix_spawn(&child, "/bin/bash", &actions, nil, &words, &variables) == 0 else {
            throw Failure("\(Requirements.script ?? "") cannot be run")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure("the script was lost") }
        }
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard status == 0 else { throw Failure("services \(arguments.joined(separator: " ")): \(text)") }
        return text
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A folder that is there for one test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-cluster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    func bytes(_ name: String) -> Data { FileManager.default.contents(atPath: path(name)) ?? Data() }
}
