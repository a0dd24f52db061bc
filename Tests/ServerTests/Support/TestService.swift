import AutoML
import Foundation
import HTTPTestClient
import Platform
import Search
import Telemetry
import Testing

@testable import Server

/// A server over in-memory stores on a free port, and a client of it.
struct TestService {
    let port: Int
    let service: MartletService
    let stores: Stores

    /// Sends a request over a connection of its own.
    func request(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> TestConnection.Response {
        try await TestConnection(port: port).request(method, target, headers: headers, body: body)
    }

    func request(
        _ method: String, _ target: String, headers: [String: String] = [:], body: String
    ) async throws -> TestConnection.Response {
        try await request(method, target, headers: headers, body: Array(body.utf8))
    }

    /// Sends JSON.
    func post(_ target: String, json: String) async throws -> TestConnection.Response {
        try await request("POST", target, headers: ["Content-Type": "application/json"], body: json)
    }

    /// Puts a letter about a trial into the log, as a worker does that gives it up.
    func giveUp(trial: Int) async throws {
        let spec = TrialSpec(index: trial, learner: "linear", configuration: ["alpha": .double(0.5)], seed: Seed(1))
        let letter = """
            {"version": 1, "trial": {"experiment_id": "e", "index": \(trial)}, "workers": ["a", "b"],
             "spec": \(String(decoding: try JSONEncoder().encode(spec), as: UTF8.self)),
             "reason": "3 workers ended with it", "at": "2026-03-04T05:06:07.089Z",
             "starts": [{"worker": "a", "began_at": "2026-03-04T05:05:01.000Z"},
                        {"worker": "b", "began_at": "2026-03-04T05:05:02.000Z", "failure": "it is refused"}]}
            """
        try await stores.log.append(Array(letter.utf8), key: "e/\(trial)", to: "martlet.dead-letters")
    }

    /// Makes a dataset and returns its id.
    func upload(_ csv: String, name: String = "table") async throws -> String {
        let response = try await request("POST", "/api/v1/datasets?name=\(name)", body: csv)
        try #require(response.status == 201, "\(response.text)")
        return try #require(try response.json["id"]?.text)
    }
}

extension TestConnection.Response {
    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONParser.parse(body) }
    }
}

/// Runs a server for the time of `body`.
func withMartlet(
    _ configure: (inout ServerConfiguration) -> Void = { _ in }, instruments: Instruments = Instruments(),
    models: (any ModelStore)? = nil, modelCache: Int? = nil, longWork: LongWork.Limits = LongWork.Limits(),
    body: (TestService) async throws -> Void
) async throws {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.grace = .zero
    configure(&configuration)
    var options = MartletService.Options()
    options.threads = 1
    options.longWork = longWork
    options.spoolFolder = FileManager.default.temporaryDirectory.path + "/martlet-test-\(UUID().uuidString)"
    if let modelCache { options.modelCache = modelCache }
    var stores = Stores.inMemory()
    if let models { stores.models = models }
    let service = MartletService(stores: stores, options: options, instruments: instruments)
    let server = try MartletServer(configuration, service: service, instruments: instruments)
    let port = try await server.start()
    do {
        try await body(TestService(port: port, service: service, stores: stores))
    } catch {
        await server.shutdown()
        throw error
    }
    await server.shutdown()
    try? FileManager.default.removeItem(atPath: options.spoolFolder)
}

/// The fields named by a problem document, after checking that it is one.
func problemFields(
    _ response: TestConnection.Response, status: Int, sourceLocation: SourceLocation = #_sourceLocation
) throws -> [String] {
    #expect(response.status == status, "\(response.text)", sourceLocation: sourceLocation)
    #expect(response.headers["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
    let document = try response.json
    #expect(document["status"] == .integer(Int64(status)), sourceLocation: sourceLocation)
    #expect(document["type"]?.text?.hasPrefix("urn:martlet:problem:") == true, sourceLocation: sourceLocation)
    #expect(document["title"]?.text?.isEmpty == false, sourceLocation: sourceLocation)
    #expect(document["detail"]?.text?.isEmpty == false, sourceLocation: sourceLocation)
    return (document["errors"]?.elements ?? []).compactMap { $0["field"]?.text }
}
