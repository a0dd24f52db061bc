internal import HTTP
internal import Platform

/// The calls about the example tables.
struct ExampleEndpoints: Sendable {
    let service: MartletService

    var all: [Endpoint] { [list, create] }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/examples", name: "listExamples", tag: "examples",
            summary: "Small real tables that come with Martlet.",
            answers: [.init(status: .ok, description: "All of them.", content: [.json("ExampleList")])],
            handler: .asynchronous { _ in try .json(Page(items: service.examples())) })
    }

    private var create: Endpoint {
        Endpoint(
            method: .post, path: "/api/v1/examples/{name}", name: "createDatasetFromExample", tag: "examples",
            summary: "Make a dataset of an example.",
            parameters: [
                .init(
                    name: "name", place: .path, description: "The example's name.", schema: ["type": "string"],
                    isRequired: true)
            ],
            answers: [.init(status: .created, description: "The dataset.", content: [.json("Dataset")])],
            problems: [.notFound],
            handler: .asynchronous { request in
                let record = try await service.createDataset(example: request.parameters["name"] ?? "")
                return try .json(record, status: .created, headers: ["Location": "/api/v1/datasets/\(record.id)"])
            })
    }
}
