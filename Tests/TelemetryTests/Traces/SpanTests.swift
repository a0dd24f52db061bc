import Foundation
import Synchronization
import Testing

@testable import Telemetry

@Suite struct SpanTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func contextsAreReadAndWritten() throws {
        let context = try #require(SpanContext(parent: Self.parent, state: "a=b"))
        #expect(context.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" && context.spanID == "00f067aa0ba902b7")
        #expect(context.isSampled && context.state == "a=b" && context.parent == Self.parent)
        #expect(SpanContext(headers: context.headers) == context)
        // A later version may say more.
        #expect(SpanContext(parent: "01" + Self.parent.dropFirst(2) + "-more") != nil)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", Self.parent + "-more",
        "ff" + Self.parent.dropFirst(2), Self.parent.uppercased(),
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
    ]) func whatIsNoContextCountsAsNotThere(_ text: String) { #expect(SpanContext(parent: text) == nil) }

    private final class Requests: Sendable {
        let all = Mutex<[[UInt8]]>([])
    }

    @Test func spansAreSentAsOneTree() async throws {
        struct Refused: Error {}
        let requests = Requests()
        let exporter = SpanExporter(resource: [LogField("service.name", "test")]) { body in
            requests.all.withLock { $0.append(body) }
        }
        let tracer = Tracer(exporter: exporter)
        let parent = SpanContext(parent: Self.parent)
        await #expect(throws: Refused.self) {
            try await tracer.span("outer", kind: .server, within: parent, [LogField("n", 3)]) { _ in
                await tracer.span("inner \"quoted\"") { $0.add([LogField("x", .number(1.5))]) }
                throw Refused()
            }
        }
        await exporter.flush()
        let body = try #require(requests.all.withLock { $0.first })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let resource = try #require((object["resourceSpans"] as? [[String: Any]])?.first)
        let spans = try #require(
            (resource["scopeSpans"] as? [[String: Any]])?.first?["spans"] as? [[String: Any]])
        #expect(spans.map { $0["name"] as? String } == ["inner \"quoted\"", "outer"])
        #expect(spans.allSatisfy { $0["traceId"] as? String == parent?.traceID })
        #expect(spans[1]["parentSpanId"] as? String == parent?.spanID && spans[1]["kind"] as? Int == 2)
        #expect(spans[0]["parentSpanId"] as? String == spans[1]["spanId"] as? String)
        #expect((spans[1]["status"] as? [String: Any])?["code"] as? Int == 2 && spans[0]["status"] == nil)
        #expect(exporter.exported == 2 && exporter.dropped == 0)
    }

    @Test func whatCannotBeSentIsDroppedAndCounted() async {
        struct Away: Error {}
        let exporter = SpanExporter(resource: []) { _ in throw Away() }
        let tracer = Tracer(exporter: exporter)
        for _ in 0..<3 { await tracer.span("a") { _ in } }
        await exporter.flush()
        #expect(exporter.dropped == 3 && exporter.exported == 0)
    }

    @Test func tracesThatOthersDoNotKeepAreNotSent() async {
        let exporter = SpanExporter(resource: []) { _ in }
        let tracer = Tracer(exporter: exporter)
        let parent = SpanContext(parent: Self.parent.dropLast() + "0")
        let inside = await tracer.span("a", within: parent) { _ in SpanContext.current }
        #expect(inside?.traceID == parent?.traceID && inside?.isSampled == false)
        await exporter.flush()
        #expect(exporter.exported == 0)
    }

    @Test func withoutAnExporterThereAreNoSpans() async {
        let inside = await Tracer().span("a") { _ in SpanContext.current }
        #expect(inside == nil)
    }
}
