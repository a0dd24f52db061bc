import CommandLine
import Foundation
import Network
import Synchronization

/// One GET over HTTP or HTTPS, read as far as its status.
struct Probe {
    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let address: String
    private let endpoint: Endpoint
    private let tls: TLSOptions?
    private let target: String
    private let timeout: Double

    /// A probe of `address`; throws a `UsageError` where that is not a URL of HTTP. With HTTPS any certificate will do: a
    /// process is asked how it is, and told nothing.
    init(_ address: String, timeout: Double) throws {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme,
            ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty
        else { throw UsageError("--url: “\(address)” is not an address such as http://127.0.0.1:8080/healthz") }
        self.address = address
        tls = scheme == "https" ? TLSOptions(isVerified: false) : nil
        endpoint = Endpoint(
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host,
            port: parts.port ?? (tls == nil ? 80 : 443))
        let path = parts.percentEncodedPath
        target = (path.isEmpty ? "/" : path) + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
        self.timeout = timeout
    }

    /// The status of the answer.
    func status() async throws -> Int {
        let loop = try EventLoop(name: "probe")
        let answer = Answer()
        let timer = loop.schedule(after: .seconds(min(timeout, 1e6))) { answer.end(nil) }
        do {
            let connection = try await Connection.connect(
                to: endpoint, tls: tls, on: loop, timeout: .seconds(min(timeout, 1e6)), handler: answer)
            connection.send(Array("GET \(target) HTTP/1.1\r\nHost: \(endpoint)\r\nConnection: close\r\n\r\n".utf8))
        } catch let error as NetworkError {
            throw Failure(description: "\(address): \(error.code == .timedOut ? "no answer in time" : error.message)")
        }
        let line = await answer.line()
        loop.cancel(timer)
        await loop.stop()
        guard let line else { throw Failure(description: "\(address): no answer in time") }
        let words = line.split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
            throw Failure(description: "\(address) does not answer in HTTP")
        }
        return status
    }
}

/// The first line of what a server sends.
private final class Answer: ConnectionHandler {
    private struct State {
        var bytes: [UInt8] = []
        var isOver = false
        var line: String?
        var waiter: CheckedContinuation<String?, Never>?
    }

    private let state = Mutex(State())

    func received(_ bytes: UnsafeRawBufferPointer) {
        let line = state.withLock { state -> String? in
            if !state.isOver { state.bytes += bytes.prefix(1024 - min(1024, state.bytes.count)) }
            guard let end = state.bytes.firstIndex(of: UInt8(ascii: "\r")) else {
                return state.bytes.count >= 1024 ? "" : nil
            }
            return String(decoding: state.bytes[..<end], as: UTF8.self)
        }
        if let line { end(line) }
    }

    func closed(_ error: NetworkError?) { end("") }

    /// The line is `line`, where it was not known before; nil where it took too long.
    func end(_ line: String?) {
        let waiter = state.withLock { state -> CheckedContinuation<String?, Never>? in
            if state.isOver { return nil }
            state.isOver = true
            state.line = line
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: line)
    }

    func line() async -> String? {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiter = continuation }
                return state.isOver
            }
            if isOver { continuation.resume(returning: state.withLock { $0.line }) }
        }
    }
}
