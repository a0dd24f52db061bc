internal import HTTP
internal import Platform

/// The calls about experiments.
struct ExperimentEndpoints: Sendable {
    let service: MartletService
    let documentLimit: Int
    let heartbeat: Duration

    var all: [Endpoint] { [create, list, get, cancel, leaderboard, models, events] + more }

    private var create: Endpoint {
        Endpoint(
            method: .post, path: "/api/v1/experiments", name: "createExperiment", tag: "experiments",
            summary: "Find the best model for a column of a dataset.", body: [.json("ExperimentRequest")],
            bodyLimit: documentLimit,
            answers: [.init(status: .created, description: "The experiment.", content: [.json("Experiment")])],
            problems: [.notFound, .contentTooLarge, .unsupportedMediaType, .unprocessableContent],
            handler: .asynchronous { request in
                let asked = try await asked(request)
                let record = try await service.createExperiment(asked)
                return try .json(
                    record, status: .created, headers: ["Location": "/api/v1/experiments/\(record.id)"])
            })
    }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/experiments", name: "listExperiments", tag: "experiments",
            summary: "The experiments, the newest first.", parameters: Endpoint.Parameter.page,
            answers: [.init(status: .ok, description: "A part of the list.", content: [.json("ExperimentList")])],
            handler: .asynchronous { request in
                let (limit, cursor) = try request.page()
                return try .json(try await service.experiments(limit: limit, cursor: cursor))
            })
    }

    private var get: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/experiments/{id}", name: "getExperiment", tag: "experiments",
            summary: "An experiment as it stands.", parameters: [.id(of: "experiment")],
            answers: [.init(status: .ok, description: "The experiment.", content: [.json("Experiment")])],
            problems: [.notFound],
            handler: .asynchronous { try .json(try await service.experiment($0.id)) })
    }

    private var cancel: Endpoint {
        Endpoint(
            method: .post, path: "/api/v1/experiments/{id}/cancel", name: "cancelExperiment", tag: "experiments",
            summary: "End an experiment; what it has found is kept.", parameters: [.id(of: "experiment")],
            answers: [.init(status: .ok, description: "The experiment.", content: [.json("Experiment")])],
            problems: [.notFound, .conflict],
            handler: .asynchronous { try .json(try await service.cancelExperiment($0.id)) })
    }

    private var leaderboard: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/experiments/{id}/leaderboard", name: "getLeaderboard", tag: "experiments",
            summary: "The experiment's models, ranked.", parameters: [.id(of: "experiment")],
            answers: [.init(status: .ok, description: "The leaderboard.", content: [.json("Leaderboard")])],
            problems: [.notFound, .conflict],
            handler: .asynchronous { try .json(try await service.leaderboard(ofExperiment: $0.id)) })
    }

    private var models: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/experiments/{id}/models", name: "listModels", tag: "experiments",
            summary: "The experiment's models, in the order of their ids.",
            parameters: [.id(of: "experiment")] + Endpoint.Parameter.page,
            answers: [.init(status: .ok, description: "A part of the list.", content: [.json("ModelList")])],
            problems: [.notFound],
            handler: .asynchronous { request in
                let (limit, cursor) = try request.page()
                return try .json(
                    try await service.models(ofExperiment: request.id, limit: limit, cursor: cursor))
            })
    }

    private var events: Endpoint {
        Endpoint(
            method: .get, path: EventStream.route, name: "watchExperiment", tag: "experiments",
            summary: "What happens in an experiment, as server-sent events; ends when the experiment ends.",
            parameters: [
                .id(of: "experiment"),
                .init(
                    name: "Last-Event-ID", place: .header,
                    description: "Gives only what came after that event; browsers send it when they connect again.",
                    schema: ["type": "integer", "minimum": 0]),
                .query(
                    "after", "The same, for clients that cannot send header fields.", ["type": "integer", "minimum": 0]),
            ],
            answers: [
                .init(
                    status: .ok,
                    description: "Events whose `id` is the sequence, whose `event` is the kind, and whose `data` is an "
                        + "`Event`.",
                    content: [
                        Endpoint.Content(mediaType: "text/event-stream", schema: Schemas.reference("Event"))
                    ]),
                .init(status: .noContent, description: "The experiment has ended, and nothing came after that event."),
            ],
            problems: [.notFound],
            handler: .asynchronous { request in
                let after = try ExperimentEndpoints.position(request)
                let record = try await service.experiment(request.id)
                let events = try await service.events(ofExperiment: request.id, after: after ?? 0)
                guard after != nil, record.state.isFinal else {
                    return EventStream(events, heartbeat: heartbeat).response
                }
                // 204 is what tells a browser's event source not to connect again.
                var ended: [EventRecord] = []
                for try await event in events { ended.append(event) }
                if ended.isEmpty { return Response(status: .noContent) }
                let rest = ended
                return EventStream(
                    AsyncThrowingStream { continuation in
                        for event in rest { continuation.yield(event) }
                        continuation.finish()
                    }, heartbeat: heartbeat
                ).response
            })
    }

    private static func position(_ request: Request) throws -> Int? {
        if let text = request.headers["Last-Event-ID"], !text.isEmpty {
            guard let value = Int(text), value >= 0 else {
                throw Problem.parameter("Last-Event-ID", "must be the id of an event, not \"\(text)\"")
            }
            return value
        }
        return request.query["after"] == nil ? nil : try request.integer("after", in: 0...Int.max, default: 0)
    }
}
