import Foundation
import HTTPTestClient
import Telemetry
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct MetricsTests {
    private func metrics(_ martlet: TestService) async throws -> [String: Double] {
        let response = try await martlet.request("GET", "/metrics")
        #expect(response.status == 200)
        #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        return series(response.text)
    }

    /// Asks until a number is what it should be: requests are counted a moment after their answer.
    private func wait(_ martlet: TestService, _ name: String, _ value: Double) async throws {
        while try await metrics(martlet)[name] != value { await Task.yield() }
    }

    @Test func requestsAreCountedByPattern() async throws {
        try await withMartlet { martlet in
            for id in ["a", "b", "c"] { _ = try await martlet.request("GET", "/api/v1/datasets/\(id)") }
            _ = try await martlet.request("GET", "/no/such/place")
            _ = try await martlet.request("BREW", "/api/v1/datasets")
            try await wait(
                martlet, #"martlet_http_requests_total{method="GET",route="/api/v1/datasets/{id}",status="404"}"#, 3)
            try await wait(
                martlet, #"martlet_http_request_duration_seconds_count{method="GET",route="/api/v1/datasets/{id}"}"#, 3)
            try await wait(martlet, #"martlet_http_requests_total{method="GET",route="none",status="404"}"#, 1)
            let all = try await metrics(martlet)
            #expect(all["martlet_http_requests_in_flight"] ?? 0 >= 1)
            #expect(all.keys.contains { $0.contains(#"method="other""#) } && !all.keys.contains { $0.contains("BREW") })
        }
    }

    @Test func uploadsAndPredictionsAreCounted() async throws {
        try await withMartlet { martlet in
            _ = try await martlet.upload("a,b\n1,2\n")
            _ = try await martlet.request("POST", "/api/v1/datasets", body: "")
            try await wait(martlet, #"martlet_dataset_uploads_total{outcome="stored"}"#, 1)
            try await wait(martlet, #"martlet_dataset_uploads_total{outcome="refused"}"#, 1)
            let all = try await metrics(martlet)
            #expect(all["martlet_dataset_upload_bytes_total"] == 8)
            #expect(all[#"martlet_dataset_uploads_total{outcome="failed"}"#] == 0)
            #expect(all[#"martlet_predictions_total{mode="rows"}"#] == 0)
        }
    }

    @Test func openMetricsIsGivenToWhoAsksForIt() async throws {
        try await withMartlet { martlet in
            let response = try await martlet.request(
                "GET", "/metrics", headers: ["Accept": "application/openmetrics-text; version=1.0.0"])
            #expect(response.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(response.text.hasSuffix("# EOF\n"))
        }
    }

    @Test func theMetricsTokenOpensNothingElse() async throws {
        try await withMartlet {
            $0.token = "secret"
            $0.metricsToken = "counts"
        } body: { martlet in
            let cases: [(target: String, token: String?, status: Int)] = [
                ("/metrics", nil, 401), ("/metrics", "wrong", 401), ("/metrics", "counts", 200),
                ("/metrics", "secret", 200), ("/api/v1/datasets", "counts", 401),
            ]
            for (target, token, status) in cases {
                let headers = token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
                let answer = try await martlet.request("GET", target, headers: headers)
                #expect(answer.status == status)
            }
        }
    }

    @Test func aProcessWithoutTheAPIShowsItself() async throws {
        let instruments = Instruments()
        instruments.metrics.counter(.counter("test_things_total", "Things")).increment()
        let isReady = Flag()
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.metricsToken = "counts"
        let server = try MonitoringServer(configuration, instruments: instruments) { isReady.isSet }
        let port = try server.start()
        func get(_ target: String, _ token: String? = nil) async throws -> TestConnection.Response {
            let headers = token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
            return try await TestConnection(port: port).request("GET", target, headers: headers)
        }
        #expect(try await get("/healthz").status == 200)
        #expect(try await get("/readyz").status == 503)
        isReady.set()
        #expect(try await get("/readyz").status == 200)
        #expect(try await get("/metrics").status == 401)
        #expect(series(try await get("/metrics", "counts").text)["test_things_total"] == 1)
        #expect(try await get("/api/v1/datasets", "counts").status == 404)
        await server.shutdown()
    }

    @Test func metricsAreNotShownToTheWorldWithoutAToken() throws {
        var configuration = ServerConfiguration()
        configuration.host = "0.0.0.0"
        #expect(throws: ServerConfigurationError.self) { try configuration.validateMonitoring() }
        configuration.metricsToken = "counts"
        try configuration.validateMonitoring()
        #expect(throws: ServerConfigurationError.self) { try configuration.validate() }
        configuration.metricsToken = "two words"
        #expect(throws: ServerConfigurationError.self) { try configuration.validateMonitoring() }
    }
}

/// The numbers of an exposition by their series.
private func series(_ text: String) -> [String: Double] {
    var values: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        guard let blank = line.lastIndex(of: " ") else { continue }
        values[String(line[..<blank])] = Double(line[line.index(after: blank)...])
    }
    return values
}
