internal import AutoML
internal import Foundation
internal import HTTP
internal import Platform

// What people need who start and look through experiments.
extension ExperimentEndpoints {
    var more: [Endpoint] { [preview, trials, delete, learners] }

    private var preview: Endpoint {
        Endpoint(
            method: .post, path: "/api/v1/experiments/plan", name: "planExperiment", tag: "experiments",
            summary: "What an experiment would do, and what looks wrong with it, without starting it.",
            body: [.json("ExperimentRequest")], bodyLimit: documentLimit,
            answers: [.init(status: .ok, description: "The plan.", content: [.json("ExperimentPlan")])],
            problems: [.contentTooLarge, .unsupportedMediaType, .unprocessableContent],
            handler: .asynchronous { request in
                let asked = try await asked(request)
                let preview = try await service.preview(asked)
                return .json(bytes: [UInt8](try ReportCoding.encoder().encode(preview)))
            })
    }

    /// The experiment that a body asks for.
    func asked(_ request: Request) async throws -> ExperimentRequest {
        let bytes = try await request.body.collect(upTo: documentLimit)
        return try await service.longWork.run { _ in
            guard try JSONParser.parse(bytes).members != nil else {
                throw Problem.field("body", "must be a JSON object")
            }
            var asked = try JSONDecoder().decode(ExperimentRequest.self, from: Data(bytes))
            asked.settings.validation = asked.settings.validation ?? .auto
            return asked
        }
    }

    private var trials: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/experiments/{id}/trials", name: "listTrials", tag: "experiments",
            summary: "The experiment's trials, in the order they were proposed, with the worker that trains each.",
            parameters: [.id(of: "experiment")] + Endpoint.Parameter.page,
            answers: [.init(status: .ok, description: "A part of the list.", content: [.json("TrialList")])],
            problems: [.notFound],
            handler: .asynchronous { request in
                let (limit, cursor) = try request.page()
                return try .json(
                    try await service.trials(ofExperiment: request.id, limit: limit, cursor: cursor))
            })
    }

    private var delete: Endpoint {
        Endpoint(
            method: .delete, path: "/api/v1/experiments/{id}", name: "deleteExperiment", tag: "experiments",
            summary: "Delete an experiment that has ended, with its models.", parameters: [.id(of: "experiment")],
            answers: [.init(status: .noContent, description: "It is deleted.")], problems: [.notFound, .conflict],
            handler: .asynchronous { request in
                try await service.deleteExperiment(request.id)
                return Response(status: .noContent)
            })
    }

    private var learners: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/learners", name: "listLearners", tag: "experiments",
            summary: "The learners that an experiment may use.",
            answers: [.init(status: .ok, description: "All of them.", content: [.json("LearnerList")])],
            handler: .asynchronous { _ in
                try .json(Page(items: service.learners.all.map(LearnerDescription.init)))
            })
    }
}
