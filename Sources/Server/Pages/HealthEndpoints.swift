internal import HTTP
internal import Platform

/// The calls of probes, and what the cluster is doing.
struct HealthEndpoints: Sendable {
    let service: MartletService

    var all: [Endpoint] { [alive, ready, cluster] }

    private var alive: Endpoint {
        Endpoint(
            method: .get, path: "/healthz", name: "health", tag: "operation",
            summary: "Whether the process answers; needs no token.",
            answers: [.init(status: .ok, description: "It does.", content: [.json("Status")])],
            handler: .immediate { _ in .json(bytes: Array(#"{"status":"ok"}"#.utf8)) })
    }

    private var ready: Endpoint {
        Endpoint(
            method: .get, path: "/readyz", name: "readiness", tag: "operation",
            summary: "Whether the server can take work; needs no token.",
            answers: [.init(status: .ok, description: "It can.", content: [.json("Status")])],
            problems: [.serviceUnavailable],
            handler: .immediate { _ in
                guard service.isReady else {
                    throw Problem(
                        status: .serviceUnavailable, code: "not_ready", detail: "the server is starting or stopping")
                }
                return .json(bytes: Array(#"{"status":"ready"}"#.utf8))
            })
    }

    private var cluster: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/cluster", name: "getCluster", tag: "operation",
            summary: "Workers, their slots, what waits for them, and how often the cache helps.",
            answers: [.init(status: .ok, description: "The cluster as it stands.", content: [.json("Cluster")])],
            handler: .asynchronous { _ in try .json(try await service.cluster()) })
    }
}
