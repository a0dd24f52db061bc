internal import HTTP
internal import Platform

/// The calls of probes, and what the cluster is doing.
struct HealthEndpoints: Sendable {
    let service: MartletService
    let links: [ServerConfiguration.Link]

    var all: [Endpoint] {
        [HealthEndpoints.alive, HealthEndpoints.ready { [service] in service.isReady }, cluster, deadLetters]
    }

    static var alive: Endpoint {
        Endpoint(
            method: .get, path: "/healthz", name: "health", tag: "operation",
            summary: "Whether the process answers; needs no token.",
            answers: [.init(status: .ok, description: "It does.", content: [.json("Status")])],
            handler: .immediate { _ in .json(bytes: Array(#"{"status":"ok"}"#.utf8)) })
    }

    static func ready(_ isReady: @escaping @Sendable () -> Bool) -> Endpoint {
        Endpoint(
            method: .get, path: "/readyz", name: "readiness", tag: "operation",
            summary: "Whether the server can take work; needs no token.",
            answers: [.init(status: .ok, description: "It can.", content: [.json("Status")])],
            problems: [.serviceUnavailable],
            handler: .immediate { _ in
                guard isReady() else {
                    throw Problem(
                        status: .serviceUnavailable, code: "not_ready", detail: "the process is starting or stopping")
                }
                return .json(bytes: Array(#"{"status":"ready"}"#.utf8))
            })
    }

    private var cluster: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/cluster", name: "getCluster", tag: "operation",
            summary: "Workers, their slots, what waits for them, and how often the cache helps.",
            answers: [.init(status: .ok, description: "The cluster as it stands.", content: [.json("Cluster")])],
            handler: .asynchronous { _ in
                try .json(Cluster(status: try await service.cluster(), links: links))
            })
    }

    private var deadLetters: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/cluster/dead-letters", name: "listDeadLetters", tag: "operation",
            summary: "Trials that were given up because no worker came to their end, the newest first.",
            parameters: Endpoint.Parameter.page,
            answers: [.init(status: .ok, description: "A part of the list.", content: [.json("DeadLetterList")])],
            handler: .asynchronous { request in
                let (limit, cursor) = try request.page()
                return try .json(try await service.deadLetters(limit: limit, cursor: cursor))
            })
    }

    /// What the service knows, and where to look besides.
    private struct Cluster: Encodable {
        let status: ClusterStatus
        let links: [ServerConfiguration.Link]

        enum CodingKeys: CodingKey {
            case links
        }

        func encode(to encoder: any Encoder) throws {
            try status.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(links, forKey: .links)
        }
    }
}
