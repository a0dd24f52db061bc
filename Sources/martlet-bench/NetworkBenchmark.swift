import Foundation
import Network
import Redis

/// Measures the Redis client, and the sockets beneath it, against a server that is there: one case a run, as a JSON line.
/// Writes and reads take turns. `Benchmarks/network.py` starts a server and puts the cases beside `redis-benchmark`.
enum NetworkBenchmark {
    /// Runs `CASE URL SECONDS [AUTHORITY.pem]`.
    static func run(_ arguments: [String]) async throws {
        guard arguments.count >= 3, let seconds = Double(arguments[2]) else {
            throw BenchmarkError(
                description: "usage: martlet-bench network small|large|single URL SECONDS [AUTHORITY.pem]")
        }
        let (callers, size) = try shape(arguments[0])
        var configuration = try RedisConfiguration(
            url: arguments[1], authorityFile: arguments.count > 3 ? arguments[3] : nil)
        configuration.connections = 1
        let loop = try EventLoop(name: "network")
        let client = try await RedisClient.connect(configuration, on: loop)
        // Connections, tables of the allocator and the processor's caches are warm before the clock starts.
        _ = try await load(client, callers: callers, size: size, seconds: 0.3)
        let cpu = cpuSeconds
        let wall = ContinuousClock.now
        let latencies = try await load(client, callers: callers, size: size, seconds: seconds).sorted()
        let elapsed = wall.duration(to: .now) / .seconds(1)
        let used = cpuSeconds - cpu
        await client.close()
        await loop.stop()
        let requests = latencies.count
        let rate = Double(requests) / elapsed
        print(
            "{\"case\": \"\(arguments[0])\", \"requests_per_second\": \(Int(rate)),"
                + " \"megabytes_per_second\": \(Int(rate * Double(size) / 1e6)),"
                + " \"cpu_microseconds\": \(round(used / Double(requests) * 1e8) / 100),"
                + " \"p50_microseconds\": \(round(latencies[requests / 2] * 1e7) / 10)}")
    }

    /// Callers at a time and bytes of a value.
    private static func shape(_ name: String) throws -> (callers: Int, size: Int) {
        switch name {
        case "small": return (64, 100)
        case "large": return (16, 64 << 10)
        case "single": return (1, 100)
        default: throw BenchmarkError(description: "there is no case \(name)")
        }
    }

    /// Each request's seconds.
    private static func load(_ client: RedisClient, callers: Int, size: Int, seconds: Double) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            let end = ContinuousClock.now + .seconds(seconds)
            for caller in 0..<callers {
                group.addTask {
                    let key = "network:\(caller)"
                    let value = [UInt8](repeating: UInt8(caller), count: size)
                    var latencies: [Double] = []
                    var start = ContinuousClock.now
                    while start < end {
                        if latencies.count.isMultiple(of: 2) {
                            try await client.set(key, to: value)
                        } else {
                            guard try await client.get(key)?.count == size else {
                                throw BenchmarkError(description: "the value of \(key) has another size")
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

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
