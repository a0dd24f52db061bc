internal import Foundation
internal import Network
internal import Platform
internal import Synchronization

/// Sends spans to a collector of OpenTelemetry: OTLP over HTTP/1.1, in JSON, a connection a request.
public final class OTLPSender: Sendable {
    private static let timeout = Duration.seconds(5)

    private let endpoint: Endpoint
    private let path: String
    private let tls: TLSOptions?
    private let loop: EventLoop

    /// A sender to the collector at `address`, `http://host:port` or `https://…`; `/v1/traces` is put behind its path.
    /// Throws `PlatformError.invalid` for anything else.
    public init(_ address: String) throws {
        guard let url = URL(string: address), let host = url.host(percentEncoded: false), !host.isEmpty,
            ["http", "https"].contains(url.scheme), url.user == nil, url.query == nil
        else { throw PlatformError(.invalid, "the address of spans must be http://host:port or https://host:port") }
        let isSecure = url.scheme == "https"
        endpoint = Endpoint(host: host, port: url.port ?? (isSecure ? 443 : 4318))
        path = (url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path) + "/v1/traces"
        tls = isSecure ? TLSOptions() : nil
        do {
            loop = try EventLoop(name: "martlet-otlp")
        } catch {
            throw PlatformError(.unavailable, "spans cannot be sent: \(error)")
        }
    }

    /// Sends a request and waits for its answer; throws where that is not a success.
    public func send(_ body: [UInt8]) async throws {
        let answer = Answer()
        let connection = try await Connection.connect(
            to: endpoint, tls: tls, on: loop, timeout: OTLPSender.timeout, handler: answer)
        let timer = loop.schedule(after: OTLPSender.timeout) { answer.end(nil) }
        connection.send(
            Array(
                """
                POST \(path) HTTP/1.1\r
                Host: \(endpoint)\r
                Content-Type: application/json\r
                Content-Length: \(body.count)\r
                Connection: close\r\n\r\n
                """.utf8) + body)
        let status = await answer.status()
        loop.cancel(timer)
        await connection.close()
        guard let status, (200..<300).contains(status) else {
            throw PlatformError(
                .unavailable, "the collector at \(endpoint) \(status.map { "answered \($0)" } ?? "did not answer")")
        }
    }

    /// Ends the sender's thread.
    public func close() async { await loop.stop() }
}

/// The status line of an answer.
private final class Answer: ConnectionHandler {
    private struct State {
        var bytes: [UInt8] = []
        var status: Int??
        var waiter: CheckedContinuation<Int?, Never>?
    }

    private let state = Mutex(State())

    func received(_ bytes: UnsafeRawBufferPointer) {
        let line = state.withLock { state -> [UInt8]? in
            guard state.status == nil, state.bytes.count < 4096 else { return nil }
            state.bytes += bytes
            return state.bytes.firstIndex(of: UInt8(ascii: "\n")).map { Array(state.bytes[..<$0]) }
        }
        guard let line else { return }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        end(words.count > 1 && words[0].hasPrefix("HTTP/1.") ? Int(words[1]) : nil)
    }

    func closed(_ error: NetworkError?) { end(nil) }

    func end(_ status: Int?) {
        let waiter = state.withLock { state -> CheckedContinuation<Int?, Never>? in
            guard state.status == nil else { return nil }
            state.status = .some(status)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: status)
    }

    func status() async -> Int? {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state -> Int?? in
                if state.status == nil { state.waiter = continuation }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }
}
