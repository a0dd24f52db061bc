import Foundation
import HTTP
import HTTPTestClient
import Platform
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(5)))
struct DocumentTests {
    @Test func theDocumentDescribesEveryRouteAndNothingElse() throws {
        let api = API(service: MartletService(stores: .inMemory()), configuration: ServerConfiguration())
        let document = OpenAPIDocument(
            endpoints: api.endpoints, version: "1", needsToken: true, openPaths: API.openRoutes
        ).value
        var described: Set<String> = []
        for path in try #require(document["paths"]?.members) {
            for operation in path.value.members ?? [] {
                described.insert("\(operation.name.uppercased()) \(path.name)")
                let inPath = path.name.split(separator: "/").filter { $0.hasPrefix("{") }
                    .map { String($0.dropFirst().dropLast()) }
                let declared = (operation.value["parameters"]?.elements ?? []).filter { $0["in"] == "path" }
                    .compactMap { $0["name"]?.text }
                #expect(inPath == declared, "\(path.name)")
            }
        }
        let pages: Set<String> = ["GET \(LandingPage.path)", "GET \(LandingPage.stylePath)"]
        let routed = Set(api.router.routes.map { "\($0.method.rawValue) \($0.pattern)" })
        #expect(routed.subtracting(pages) == described)
        #expect(Set(api.endpoints.map(\.name)).count == api.endpoints.count)
    }

    /// The web UI's types are made of the document in web/openapi.json, which is the server's own.
    @Test func theWebUIKnowsThisDocument() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../web/openapi.json")
        let known = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? NSDictionary
        try await withMartlet { martlet in
            let answer = try await martlet.request("GET", "/api/v1/openapi.json")
            let served = try JSONSerialization.jsonObject(with: Data(answer.body)) as? NSDictionary
            let own = try #require(served)
            for part in ["paths", "components"] {
                #expect(own[part] as? NSDictionary == known?[part] as? NSDictionary, "see web/scripts/generate-api.mjs")
            }
        }
    }

    @Test func everyReferenceHasItsSchema() async throws {
        try await withMartlet { martlet in
            let document = try await martlet.request("GET", "/api/v1/openapi.json").json
            #expect(document["openapi"] == "3.1.0")
            var used: Set<String> = []
            func collect(_ value: JSONValue) {
                if let reference = value["$ref"]?.text { used.insert(reference) }
                for member in value.members ?? [] { collect(member.value) }
                for element in value.elements ?? [] { collect(element) }
            }
            collect(document)
            let schemas = document["components"]?["schemas"]?.members?.map { "#/components/schemas/\($0.name)" } ?? []
            #expect(used == Set(schemas))
        }
    }

    @Test func liveAnswersFitTheirSchemas() async throws {
        try await withMartlet { martlet in
            let (experiment, model) = try await martlet.trained()
            let dataset = try #require(
                try await martlet.request("GET", "/api/v1/experiments/\(experiment)").json["dataset_id"]?.text)
            let check = SchemaCheck(document: try await martlet.request("GET", "/api/v1/openapi.json").json)
            var checked: Set<String> = []
            func verify(
                _ method: String, _ path: String, _ values: [String: String] = [:], json: String? = nil
            ) async throws {
                var target = path
                for (name, value) in values { target = target.replacing("{\(name)}", with: value) }
                let headers = json == nil ? [:] : ["Content-Type": "application/json"]
                let response = try await martlet.request(
                    method, target, headers: headers, body: json.map { Array($0.utf8) })
                let operation = try #require(check.document["paths"]?[path]?[method.lowercased()])
                let answer = try #require(
                    operation["responses"]?["\(response.status)"], "\(method) \(path) \(response.text)")
                let type = (response.headers["content-type"] ?? "").split(separator: ";").first.map(String.init) ?? ""
                let schema = try #require(answer["content"]?[type]?["schema"], "\(method) \(path) \(type)")
                let faults = check.faults(of: try response.json, against: schema)
                #expect(faults == [], "\(method) \(path)")
                checked.insert("\(method) \(path) \(response.status)")
            }
            try await verify("POST", "/api/v1/examples/{name}", ["name": "iris"])
            try await verify("POST", "/api/v1/examples/{name}", ["name": "nothing"])
            try await verify("GET", "/api/v1/examples")
            try await verify("GET", "/api/v1/datasets")
            for part in ["", "/profile", "/rows"] {
                try await verify("GET", "/api/v1/datasets/{id}\(part)", ["id": dataset])
                try await verify("GET", "/api/v1/datasets/{id}\(part)", ["id": "nothing"])
            }
            try await verify("GET", "/api/v1/experiments")
            try await verify("GET", "/api/v1/learners")
            for json in [#"{"dataset_id": "\#(dataset)", "target": "kind", "trials": 3}"#, "{}"] {
                try await verify("POST", "/api/v1/experiments/plan", json: json)
            }
            for part in ["evaluation", "schema"] {
                try await verify("GET", "/api/v1/models/{id}/\(part)", ["id": model])
            }
            for part in ["", "/leaderboard", "/models", "/trials"] {
                try await verify("GET", "/api/v1/experiments/{id}\(part)", ["id": experiment])
                try await verify("GET", "/api/v1/experiments/{id}\(part)", ["id": "nothing"])
            }
            try await verify(
                "POST", "/api/v1/experiments",
                json:
                    #"{"dataset_id": "\#(dataset)", "target": "kind", "trials": 1, "learners": ["gaussian_naive_bayes"]}"#
            )
            try await verify("POST", "/api/v1/experiments", json: "{}")
            try await verify("GET", "/api/v1/models/{id}", ["id": model])
            try await verify(
                "POST", "/api/v1/models/{id}/predict", ["id": model],
                json: #"{"rows": [{"length": 1, "colour": "red"}]}"#)
            for part in ["explanation", "explanation/rows"] {
                try await verify("GET", "/api/v1/models/{id}/\(part)", ["id": model])
                try await verify("GET", "/api/v1/models/{id}/\(part)", ["id": "nothing"])
            }
            try await verify(
                "POST", "/api/v1/models/{id}/explain", ["id": model],
                json: #"{"rows": [{"length": 1, "colour": "red"}]}"#)
            for path in ["/healthz", "/readyz", "/api/v1/cluster", "/api/v1/server", "/api/v1/openapi.json"] {
                try await verify("GET", path)
            }
            try await martlet.giveUp(trial: 3)
            try await verify("GET", "/api/v1/cluster/dead-letters")
            #expect(checked.count == 39)
            for event in try await martlet.events(of: experiment) {
                #expect(check.faults(of: event.data, against: Schemas.reference("Event")) == [])
            }
        }
    }
}
