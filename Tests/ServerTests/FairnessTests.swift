import Foundation
import Glibc
import HTTPTestClient
import Platform
import Testing

@testable import Server

/// Who waits for whom, and what ends when a client goes: by order, never by time.
@Suite(.timeLimit(.minutes(5)))
struct FairnessTests {
    /// One piece of work computes at a time.
    private func limits(begun: Int, waiting: Int) -> LongWork.Limits {
        var limits = LongWork.Limits()
        limits.computing = 1
        limits.begun = begun
        limits.waiting = waiting
        return limits
    }

    private static let row = #"{"rows": [{"length": 1.2, "colour": "red"}]}"#

    private func until(_ isSo: () -> Bool) async { while !isSo() { await Task.yield() } }

    private func predictFile(_ martlet: TestService, _ model: String) async throws -> TestConnection {
        let client = try TestConnection(port: martlet.port)
        let body = TestService.flowers
        try await client.send(
            "POST /api/v1/models/\(model)/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return client
    }

    @Test func aRowIsAnsweredWhileAFileIsStillBeingPredicted() async throws {
        try await withMartlet(longWork: limits(begun: 2, waiting: 8)) { martlet in
            let (_, model) = try await martlet.trained()
            // By now it is known how quick the model is.
            for _ in 0..<50 {
                #expect(
                    try await martlet.post("/api/v1/models/\(model)/predict", json: FairnessTests.row).status == 200)
            }
            let work = martlet.service.longWork
            let flag = Flag()
            async let holding: Void = work.run { _ in while !flag.isSet { sched_yield() } }
            await until { work.statistics.begun == 1 }
            let file = try await predictFile(martlet, model)
            await until { work.statistics.begun == 2 }
            // Nothing long goes on, and the row is answered all the same.
            #expect(try await martlet.post("/api/v1/models/\(model)/predict", json: FairnessTests.row).status == 200)
            #expect(try await martlet.request("GET", "/healthz").status == 200)
            #expect(work.statistics.begun == 2)
            flag.set()
            try await holding
            let answer = try await file.response()
            #expect(answer.status == 200 && answer.text.split(separator: "\n").count == 121)
        }
    }

    @Test func theWorkForAClientThatLeftEnds() async throws {
        try await withMartlet(longWork: limits(begun: 2, waiting: 8)) { martlet in
            let (_, model) = try await martlet.trained()
            // The model is loaded.
            _ = try await martlet.post("/api/v1/models/\(model)/predict", json: FairnessTests.row)
            let work = martlet.service.longWork
            let flag = Flag()
            async let holding: Void = work.run { _ in while !flag.isSet { sched_yield() } }
            await until { work.statistics.begun == 1 }
            let begun = try await predictFile(martlet, model)
            await until { work.statistics.begun == 2 }
            let waiting = try await predictFile(martlet, model)
            await until { work.statistics.waiting == 1 }
            begun.close()
            waiting.close()
            await until { work.statistics.cancelled == 2 }
            #expect(work.statistics.waiting == 0)
            flag.set()
            try await holding
            await until { work.statistics.begun == 0 }
            // Not a row of it was predicted, and its files are gone.
            let metrics = try await martlet.request("GET", "/metrics").text
            #expect(metrics.contains("martlet_predictions_total{mode=\"file\"} 0"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: martlet.service.spoolFolder).isEmpty)
        }
    }

    @Test func tooMuchLongWorkIsRefusedWithATimeToComeAgain() async throws {
        try await withMartlet(longWork: limits(begun: 1, waiting: 1)) { martlet in
            let (_, model) = try await martlet.trained()
            // The model is loaded.
            _ = try await martlet.post("/api/v1/models/\(model)/predict", json: FairnessTests.row)
            let work = martlet.service.longWork
            let flag = Flag()
            async let holding: Void = work.run { _ in while !flag.isSet { sched_yield() } }
            await until { work.statistics.begun == 1 }
            let waiting = try await predictFile(martlet, model)
            await until { work.statistics.waiting == 1 }
            let refused = try await predictFile(martlet, model).response()
            #expect(try problemFields(refused, status: 503) == [])
            #expect(refused.headers["retry-after"] == "5")
            #expect(try refused.json["type"] == "urn:martlet:problem:overloaded")
            flag.set()
            try await holding
            #expect(try await waiting.response().status == 200)
        }
    }
}
