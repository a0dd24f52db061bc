import Foundation
import HTTPTestClient

/// Masters and workers over real servers.
final class Cluster {
    let services: Services
    private(set) var masters: [Node] = []
    private(set) var workers: [Node] = []
    private let folder: TemporaryFolder

    /// Starts the servers and makes the tables.
    init(_ layout: Services.Layout = Services.Layout()) throws {
        services = try Services(layout)
        folder = try TemporaryFolder()
        var arguments = ["migrate"]
        if layout.nodes > 1 { arguments += ["--cassandra-replication", "\(layout.nodes)"] }
        var migration = try Node.run(arguments, services.addresses)
        // Cassandra makes its first role some seconds after it listens; until then nobody is let in.
        let limit = ContinuousClock.now + .seconds(180)
        while migration.status != 0 && layout.isSecure && ContinuousClock.now < limit {
            migration = try Node.run(arguments, services.addresses)
        }
        guard migration.status == 0 else { throw Failure("migrate: \(migration.errors)") }
    }

    @discardableResult
    func startMaster() throws -> Node {
        let spool = folder.path("spool-\(masters.count)")
        let node = try Node(["master", "--port", "0", "--threads", "1", "--spool-dir", spool], services.addresses)
        masters.append(node)
        return node
    }

    /// A worker of one slot with one thread.
    @discardableResult
    func startWorker(_ arguments: String...) throws -> Node {
        let node = try Node(["worker", "--threads", "1", "--monitoring-port", "0"] + arguments, services.addresses)
        workers.append(node)
        return node
    }

    /// Ends all workers in order.
    func stopWorkers() {
        for worker in workers where worker.process.isRunning { _ = worker.terminate() }
        workers = []
    }

    /// The API of a master that runs.
    var api: API {
        get throws {
            guard let master = masters.last(where: { $0.process.isRunning }) else { throw Failure("no master runs") }
            return try API(master)
        }
    }

    /// Follows an experiment's events to its end, on whichever master runs, and performs each action once so many trials
    /// have ended.
    /// - Returns: its record and the trials whose end was told, in the order they were told.
    func follow(
        _ experiment: String, _ actions: [(trials: Int, run: () throws -> Void)] = []
    ) async throws -> (record: [String: Any], ended: [Int]) {
        var left = actions.sorted { $0.trials < $1.trials }
        var ended: [Int: Int] = [:]
        var last = 0
        while true {
            var isOver = false
            do {
                let stream = try await api.events(of: experiment, after: last)
                while let event = try await stream.next() {
                    last = max(last, event["sequence"] as? Int ?? 0)
                    if event["kind"] as? String == "trial_finished",
                        let index = (event["trial"] as? [String: Any])?["index"] as? Int
                    {
                        ended[event["sequence"] as? Int ?? 0] = index
                    }
                    while let action = left.first, ended.count >= action.trials {
                        left.removeFirst()
                        try action.run()
                    }
                    let state = event["state"] as? String ?? ""
                    if event["kind"] as? String == "state", ["completed", "failed", "cancelled"].contains(state) {
                        isOver = true
                        break
                    }
                }
            } catch is TestConnection.Failure {
                // The master that told of them is gone: another one goes on.
            } catch is Unavailable {
                // It cannot reach its stores at the moment.
            }
            if isOver { break }
        }
        let record = try await api.json("GET", "/api/v1/experiments/\(experiment)")
        return (record, ended.sorted { $0.key < $1.key }.map(\.value))
    }
}

/// The HTTP API of one master.
struct API {
    let port: Int

    init(_ master: Node) throws {
        let word = master.greeting.split(whereSeparator: { $0 == " " || $0 == "\n" }).first { $0.hasPrefix("http://") }
        guard let port = word?.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Failure("no address in “\(master.greeting)”")
        }
        self.port = port
    }

    func call(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, type: String = "application/json"
    ) async throws -> TestConnection.Response {
        let connection = try TestConnection(port: port)
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if body != nil || method == "POST" {
            head += "Content-Type: \(type)\r\nContent-Length: \(body?.count ?? 0)\r\n"
        }
        try await connection.send(Array((head + "\r\n").utf8) + (body ?? []))
        return try await connection.response()
    }

    func json(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws -> [String: Any] {
        let bytes = try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) }
        let response = try await call(method, path, bytes)
        guard (200..<300).contains(response.status) else {
            throw Failure("\(method) \(path): \(response.status) \(response.text)")
        }
        return try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any] ?? [:]
    }

    /// An experiment's events after a sequence.
    func events(of experiment: String, after sequence: Int) async throws -> EventStream {
        let connection = try TestConnection(port: port)
        try await connection.send(
            """
            GET /api/v1/experiments/\(experiment)/events HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Last-Event-ID: \(sequence)\r\n\r\n
            """)
        let header = try await connection.responseHeader()
        if header.status == 503 { throw Unavailable() }
        guard header.status == 200 else { throw Failure("events: \(header.status)") }
        return EventStream(connection)
    }
}

/// Server-sent events as they come.
final class EventStream {
    private let connection: TestConnection
    private var text = ""

    init(_ connection: TestConnection) { self.connection = connection }

    func next() async throws -> [String: Any]? {
        while true {
            while let end = text.range(of: "\n\n") {
                let event = text[..<end.lowerBound]
                text = String(text[end.upperBound...])
                guard let line = event.split(separator: "\n").first(where: { $0.hasPrefix("data:") }),
                    let object = try JSONSerialization.jsonObject(with: Data(line.dropFirst(5).utf8)) as? [String: Any]
                else { continue }
                return object
            }
            guard let chunk = try await connection.chunk(), !chunk.isEmpty else { return nil }
            text += String(decoding: chunk, as: UTF8.self)
        }
    }
}

/// A server answered that it cannot do it now.
struct Unavailable: Error {}
