import AutoML
import Drivers
import Foundation
import HTTP
import HTTPTestClient
import Platform
import Synchronization
import Telemetry
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct TraceTests {
    /// A collector of spans.
    private final class Collector: Sendable {
        let spans = Mutex<[[String: String]]>([])

        func take(_ body: [UInt8]) throws {
            let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
            for resource in object?["resourceSpans"] as? [[String: Any]] ?? [] {
                let attributes = (resource["resource"] as? [String: Any])?["attributes"] as? [[String: Any]]
                let service = (attributes?.first?["value"] as? [String: Any])?["stringValue"] as? String
                let scopes = resource["scopeSpans"] as? [[String: Any]] ?? []
                for span in scopes.flatMap({ $0["spans"] as? [[String: Any]] ?? [] }) {
                    var found = span.compactMapValues { $0 as? String }
                    found["service"] = service
                    spans.withLock { [found] in $0.append(found) }
                }
            }
        }
    }

    private func instruments(_ service: String, port: Int) throws -> Instruments {
        let sender = try OTLPSender("http://127.0.0.1:\(port)/otlp")
        let exporter = SpanExporter(resource: [LogField("service.name", service)]) { try await sender.send($0) }
        return Instruments(tracer: Tracer(exporter: exporter))
    }

    @Test func oneTraceSpansRequestMasterAndWorker() async throws {
        let collector = Collector()
        var router = Router()
        router.on(.post, "/otlp/v1/traces") { request in
            try collector.take(try await request.body.collect(upTo: 1 << 20))
            return Response(status: .ok)
        }
        let receiver = try HTTPServer(configuration: HTTPServerConfiguration(), router: router)
        let port = try receiver.start()
        let (master, training) = (try instruments("master", port: port), try instruments("worker", port: port))

        let stores = Stores.inMemory()
        var options = MartletService.Options()
        (options.slots, options.threads) = (0, 1)
        options.spoolFolder = FileManager.default.temporaryDirectory.path + "/martlet-test-\(UUID().uuidString)"
        let service = MartletService(stores: stores, options: options, instruments: master)
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.grace = .zero
        let server = try MartletServer(configuration, service: service, instruments: master)
        let martlet = TestService(port: try await server.start(), service: service, stores: stores)
        let worker = MartletWorker(stores: stores, instruments: training)
        try await worker.start()

        let created = try await martlet.request("POST", "/api/v1/examples/iris")
        let dataset = try #require(try created.json["id"]?.text)
        let target = try #require(service.examples().first { $0.name == "iris" }?.target)
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        let answer = try await martlet.request(
            "POST", "/api/v1/experiments",
            headers: ["Content-Type": "application/json", "traceparent": "00-\(trace)-00f067aa0ba902b7-01"],
            body: #"{"dataset_id": "\#(dataset)", "target": "\#(target)", "trials": 2}"#)
        let id = try #require(try answer.json["id"]?.text)
        for try await _ in try await service.events(ofExperiment: id, after: 0) {}
        await worker.shutdown()
        await server.shutdown()
        await master.tracer.shutdown()
        await training.tracer.shutdown()
        await receiver.shutdown(grace: .zero)
        try? FileManager.default.removeItem(atPath: options.spoolFolder)

        let spans = collector.spans.withLock { $0.filter { $0["traceId"] == trace } }
        func named(_ name: String) -> [[String: String]] { spans.filter { $0["name"] == name } }
        let request = try #require(named("POST /api/v1/experiments").first)
        let experiment = try #require(named("experiment").first)
        let trials = named("trial")
        #expect(request["parentSpanId"] == "00f067aa0ba902b7" && request["service"] == "master")
        #expect(experiment["parentSpanId"] == request["spanId"] && experiment["service"] == "master")
        func children(_ trial: [String: String]) -> Set<String> {
            Set(spans.filter { $0["parentSpanId"] == trial["spanId"] }.compactMap { $0["name"] })
        }
        for trial in trials {
            #expect(trial["parentSpanId"] == experiment["spanId"] && trial["service"] == "worker")
        }
        // A trial may be delivered once more, and is then not trained again.
        let trained = trials.filter { children($0).contains("train") }
        #expect(trained.count == 2)
        for trial in trained { #expect(children(trial).isSuperset(of: ["load data", "train", "store result"])) }
        #expect(master.tracer.dropped == 0 && training.tracer.dropped == 0)
    }
}
