import Foundation

/// Loads an HTTP server with one request over and over and tells rates and latencies, as a JSON line.
///
/// Without a rate every connection sends as soon as it has its answer. With one, requests are due at fixed times, whoever is
/// late, and a latency counts from when the request was due: an answer that is slow makes those behind it late too, instead of
/// keeping them from being asked (coordinated omission).
enum HTTPBenchmark {
    /// Runs `PORT REQUEST CONNECTIONS seconds|requests AMOUNT [RATE]`; the file `REQUEST` holds the bytes of the request.
    static func run(_ arguments: [String]) throws {
        guard arguments.count >= 5, let port = UInt16(arguments[0]), let connections = Int(arguments[2]),
            connections > 0,
            let amount = Double(arguments[4]), ["seconds", "requests"].contains(arguments[3])
        else {
            throw BenchmarkError(
                description: "usage: martlet-bench http PORT REQUEST CONNECTIONS seconds|requests AMOUNT [RATE]")
        }
        guard let request = FileManager.default.contents(atPath: arguments[1]) else {
            throw BenchmarkError(description: "there is no file \(arguments[1])")
        }
        let rate = arguments.count > 5 ? Double(arguments[5]) : nil
        let plan = HTTPLoad(
            port: port, request: Array(request), connections: connections,
            seconds: arguments[3] == "seconds" ? amount : .infinity,
            requests: arguments[3] == "requests" ? Int(amount) : .max, rate: rate)
        let started = plan.now
        let results = try plan.run()
        let elapsed = Double(plan.now - started) / 1e9
        let latencies = results.flatMap(\.latencies).sorted()
        guard !latencies.isEmpty else { throw BenchmarkError(description: "no request was answered") }
        func quantile(_ share: Double) -> Double {
            let nanoseconds = latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))]
            return (Double(nanoseconds) / 1e4).rounded() / 100
        }
        print(
            "{\"requests\": \(latencies.count), \"requests_per_second\": \(Int(Double(latencies.count) / elapsed)),"
                + " \"failures\": \(results.reduce(0) { $0 + $1.failures }),"
                + " \"p50_ms\": \(quantile(0.5)), \"p90_ms\": \(quantile(0.9)), \"p99_ms\": \(quantile(0.99)),"
                + " \"p999_ms\": \(quantile(0.999)), \"max_ms\": \(quantile(1))}")
    }
}

/// Threads with a connection each that send a request until the time or the number is over.
private struct HTTPLoad: Sendable {
    let port: UInt16
    let request: [UInt8]
    let connections: Int
    let seconds: Double
    let requests: Int
    let rate: Double?

    struct Result: Sendable {
        /// From when a request was due to the end of its answer, in nanoseconds.
        var latencies: [UInt64] = []
        /// Answers whose status is not 2xx.
        var failures = 0
    }

    /// Nanoseconds of the monotonic clock.
    var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    func run() throws -> [Result] {
        let lock = NSLock()
        nonisolated(unsafe) var results: [Result] = []
        nonisolated(unsafe) var failure: (any Error)?
        let group = DispatchGroup()
        let start = now + 20_000_000
        for index in 0..<connections {
            group.enter()
            let thread = Thread {
                defer { group.leave() }
                do {
                    let result = try drive(index, start)
                    lock.withLock { results.append(result) }
                } catch {
                    lock.withLock { failure = error }
                }
            }
            thread.stackSize = 256 << 10
            thread.start()
        }
        group.wait()
        if let failure { throw failure }
        return results
    }

    private func drive(_ index: Int, _ start: UInt64) throws -> Result {
        let connection = try BenchmarkConnection(port: port)
        var result = Result()
        let share = requests == .max ? Int.max : requests / connections + (index < requests % connections ? 1 : 0)
        let end = seconds.isFinite ? start + UInt64(seconds * 1e9) : .max
        var number = 0
        while number < share {
            var due = now
            if let rate {
                due = start + UInt64(Double(number * connections + index) / rate * 1e9)
                if due >= end { break }
                let current = now
                if current < due { BenchmarkConnection.sleep(nanoseconds: due - current) }
            } else if due >= end {
                break
            }
            if try connection.exchange(request) / 100 != 2 { result.failures += 1 }
            result.latencies.append(now - due)
            number += 1
        }
        return result
    }
}

/// A blocking connection to loopback that sends a request and reads the answer whole.
private final class BenchmarkConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw BenchmarkError(description: "cannot connect to port \(port)") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    static func sleep(nanoseconds: UInt64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        nanosleep(&time, nil)
    }

    /// Sends `request` and returns the status of its answer.
    func exchange(_ request: [UInt8]) throws -> Int {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes { bytes in
                bytes.baseAddress.map { send(descriptor, $0 + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) }
                    ?? 0
            }
            guard count > 0 else { throw BenchmarkError(description: "the server closed the connection") }
            sent += count
        }
        var filled = 0
        var length: Int?
        while length.map({ filled < $0 }) ?? true {
            if filled == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
            let count = buffer.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { recv(descriptor, $0 + filled, bytes.count - filled, 0) } ?? 0
            }
            guard count > 0 else { throw BenchmarkError(description: "the server closed the connection") }
            filled += count
            if length == nil { length = wholeLength(filled) }
        }
        return Int(String(decoding: buffer[9..<12], as: UTF8.self)) ?? 0
    }

    /// Bytes of the answer, header and body, once the header is there.
    private func wholeLength(_ filled: Int) -> Int? {
        guard let end = buffer[..<filled].firstRange(of: [13, 10, 13, 10])?.upperBound else { return nil }
        for line in String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return end + (Int(parts[1].trimmingCharacters(in: .whitespaces)) ?? 0)
        }
        return end
    }
}
