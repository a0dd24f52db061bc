import CQL
import Foundation
import Network

/// Measures the Cassandra client against a server that is there: one case a run, as a JSON line. `Benchmarks/cql.py` makes
/// the table and puts the cases beside other drivers.
enum CQLBenchmark {
    /// Bytes of a row, rows of the table, and callers at a time.
    private struct Shape {
        let size: Int
        let rows: Int64
        let callers: Int
        let writes: Bool

        init(_ name: String) throws {
            switch name {
            case "insert", "read": (size, rows, callers) = (100, 20_000, 64)
            case "insert_large", "read_large": (size, rows, callers) = (64 << 10, 512, 16)
            case "insert_single", "read_single": (size, rows, callers) = (100, 20_000, 1)
            default: throw BenchmarkError(description: "there is no case \(name)")
            }
            writes = name.hasPrefix("insert")
        }
    }

    /// Runs `CASE KEYSPACE SECONDS [--lz4] [--v4] [--elsewhere] [--connections N] [--server-pid PID]` against
    /// `MARTLET_CASSANDRA_CONTACT_POINTS`; with the server's process its processor time is told too.
    /// The callers are on the session's loop, unless `--elsewhere` has them on the threads of the concurrency runtime.
    static func run(_ arguments: [String]) async throws {
        let environment = ProcessInfo.processInfo.environment
        guard arguments.count >= 3, let seconds = Double(arguments[2]),
            let points = environment["MARTLET_CASSANDRA_CONTACT_POINTS"]
        else {
            throw BenchmarkError(
                description: "usage: MARTLET_CASSANDRA_CONTACT_POINTS=… martlet-bench cql CASE KEYSPACE SECONDS")
        }
        let shape = try Shape(arguments[0])
        var configuration = try SessionConfiguration(contactPoints: points)
        configuration.keyspace = arguments[1]
        if let authority = environment["MARTLET_CASSANDRA_TLS_CA"] {
            configuration.tls = TLSOptions(authorityFile: authority)
        }
        if let user = environment["MARTLET_CASSANDRA_USERNAME"],
            let password = environment["MARTLET_CASSANDRA_PASSWORD"]
        {
            configuration.credentials = Credentials(username: user, password: password)
        }
        // As the C++ driver does where nothing is said.
        configuration.pageSize = 0
        configuration.consistency = .localOne
        configuration.isCompressed = arguments.contains("--lz4")
        if arguments.contains("--v4") { configuration.maximumVersion = .v4 }
        if let option = arguments.firstIndex(of: "--connections"), option + 1 < arguments.count {
            configuration.connectionsPerHost = Int(arguments[option + 1]) ?? 1
        }
        let server = arguments.firstIndex(of: "--server-pid").flatMap { arguments.dropFirst($0 + 1).first }
        let loop = try EventLoop(name: "cql")
        configuration.eventLoop = loop
        let executor = arguments.contains("--elsewhere") ? nil : loop.executor
        let session = try await Session(configuration: configuration)
        let statement = try await session.prepare(
            shape.writes ? "INSERT INTO rows (id, value) VALUES (?, ?)" : "SELECT value FROM rows WHERE id = ?")
        // Connections, the allocator's tables and the server's compiler are warm before the clock starts.
        _ = try await withTaskExecutorPreference(executor) {
            try await load(session, statement, shape, seconds: 0.5)
        }
        let cpu = cpuSeconds
        let serverCPU = server.map(cpuSeconds)
        let wall = ContinuousClock.now
        let latencies = try await withTaskExecutorPreference(executor) {
            try await load(session, statement, shape, seconds: seconds).sorted()
        }
        let elapsed = wall.duration(to: .now) / .seconds(1)
        let used = cpuSeconds - cpu
        let serverUsed = server.flatMap { server in serverCPU.map { cpuSeconds(of: server) - $0 } }
        await session.close()
        let requests = latencies.count
        func microseconds(_ seconds: Double) -> Double { round(seconds / Double(requests) * 1e8) / 100 }
        let rate = Double(requests) / elapsed
        print(
            "{\"case\": \"\(arguments[0])\", \"requests_per_second\": \(Int(rate)),"
                + " \"megabytes_per_second\": \(round(rate * Double(shape.size) / 1e5) / 10),"
                + " \"cpu_microseconds\": \(microseconds(used)),"
                + (serverUsed.map { " \"server_cpu_microseconds\": \(microseconds($0))," } ?? "")
                + " \"p50_microseconds\": \(Int(latencies[requests / 2] * 1e6)),"
                + " \"p99_microseconds\": \(Int(latencies[requests * 99 / 100] * 1e6))}")
    }

    /// Each request's seconds.
    private static func load(
        _ session: Session, _ statement: PreparedStatement, _ shape: Shape, seconds: Double
    ) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            let end = ContinuousClock.now + .seconds(seconds)
            for caller in 0..<shape.callers {
                group.addTask {
                    let value = [UInt8](repeating: UInt8(caller), count: shape.size)
                    var latencies: [Double] = []
                    var start = ContinuousClock.now
                    var id = Int64(caller)
                    while start < end {
                        id = (id &* 31 &+ 17) % shape.rows
                        if shape.writes {
                            _ = try await session.execute(statement, [id, value])
                        } else {
                            let rows = try await session.execute(statement, [id])
                            guard let row = rows.first, try row[0, as: [UInt8].self].count == shape.size else {
                                throw BenchmarkError(description: "row \(id) has another size")
                            }
                        }
                        let now = ContinuousClock.now
                        latencies.append(start.duration(to: now) / .seconds(1))
                        start = now
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Processor seconds of this process, the kernel's on its behalf included.
    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Processor seconds of another process.
    private static func cpuSeconds(of process: String) -> Double {
        let fields = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?
            .split(separator: ")").last?.split(separator: " ")
        guard let fields, fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            return 0
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
