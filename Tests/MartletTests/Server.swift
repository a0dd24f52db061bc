import Foundation
import HTTPTestClient

/// A `martlet serve` that is ready; it is killed with the object at the latest.
final class Server {
    let process: Process
    let port: Int

    /// - Parameter log: where its log goes; to the test's own by default.
    init(
        dataFolder: String, arguments: [String] = [], environment: [String: String] = [:], log: FileHandle? = nil
    ) throws {
        let (process, output, _) = Martlet.process(
            ["serve", "--port", "0", "--data-dir", dataFolder] + arguments, environment: environment)
        process.standardError = log ?? FileHandle.standardError
        try process.run()
        var text = ""
        while !text.contains("\n") {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            text += String(decoding: more, as: UTF8.self)
        }
        self.process = process
        port =
            text.split(whereSeparator: { $0 == "\n" || $0 == " " }).compactMap { word in
                word.hasPrefix("http://") || word.hasPrefix("https://")
                    ? word.split(separator: ":").last.flatMap { Int($0) } : nil
            }.first ?? 0
    }

    deinit { kill() }

    /// As a crash would end it.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func call(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) async throws -> [UInt8] {
        try await exchange(method, path, body, token: token).body
    }

    func exchange(
        _ method: String, _ path: String, _ body: String? = nil, token: String? = nil
    ) async throws -> TestConnection.Response {
        let connection = try TestConnection(port: port)
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let body {
            head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        } else if method == "POST" {
            head += "Content-Length: 0\r\n"
        }
        try await connection.send(head + "\r\n" + (body ?? ""))
        return try await connection.response()
    }

    func json(_ method: String, _ path: String, _ body: String? = nil) async throws -> [String: Any] {
        let data = Data(try await call(method, path, body))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// Reads the experiment's events to the end of the stream, or until one of this kind has come.
    func events(_ experiment: String, until kind: String? = nil) async throws {
        let connection = try TestConnection(port: port)
        try await connection.send(
            "GET /api/v1/experiments/\(experiment)/events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
        _ = try await connection.responseHeader()
        var text = ""
        while let chunk = try await connection.chunk(), !chunk.isEmpty {
            text += String(decoding: chunk, as: UTF8.self)
            if let kind, text.contains("event: \(kind)") { return }
        }
    }
}
