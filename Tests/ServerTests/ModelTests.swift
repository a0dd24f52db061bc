import AutoML
import Foundation
import HTTPTestClient
import Platform
import Tabular
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(5)))
struct ModelTests {
    @Test func modelsPredictRowsAndFiles() async throws {
        try await withMartlet { martlet in
            let (experiment, id) = try await martlet.trained()
            let model = try await martlet.request("GET", "/api/v1/models/\(id)").json
            #expect(model["id"]?.text == id && model["experiment_id"]?.text == experiment)
            #expect(model["task"] == "binary" && model["target"] == "kind")

            let answer = try await martlet.post(
                "/api/v1/models/\(id)/predict",
                json: """
                    {"rows": [{"length": 1.2, "colour": "red", "kind": "?"}, {"length": null, "colour": "green"},
                              {"colour": "blue"}, {"length": "4.5"}]}
                    """)
            #expect(answer.status == 200, "\(answer.text)")
            let predictions = try #require(try answer.json["predictions"]?.elements)
            #expect(predictions.count == 4)
            #expect(predictions[0]["prediction"] == "tall" && predictions[3]["prediction"] == "short")
            for prediction in predictions {
                let shares = prediction["probabilities"]?.members?.compactMap { member -> Double? in
                    switch member.value {
                    case .number(let value): value
                    case .integer(let value): Double(value)
                    default: nil
                    }
                }
                #expect(abs((shares ?? []).reduce(0, +) - 1) < 1e-9 && shares?.count == 2)
            }

            // A file, raw or in a form, has a row for a row, and the artifact predicts the same.
            let file = try await martlet.request(
                "POST", "/api/v1/models/\(id)/predict", headers: ["Content-Type": "text/csv"],
                body: TestService.flowers)
            #expect(file.status == 200, "\(file.text)")
            #expect(file.headers["content-type"] == "text/csv; charset=utf-8")
            let (table, _) = try TableReader.read(.bytes(file.body))
            #expect(table.rowCount == 120)
            #expect(Set(table.columns.map(\.name)) == ["prediction", "probability_tall", "probability_short"])
            let form = try await martlet.request(
                "POST", "/api/v1/models/\(id)/predict", headers: ["Content-Type": "multipart/form-data; boundary=XX"],
                body: "--XX\r\nContent-Disposition: form-data; name=file\r\n\r\n\(TestService.flowers)\r\n--XX--")
            #expect(form.body == file.body)
            let download = try await martlet.request("GET", "/api/v1/models/\(id)/artifact")
            #expect(download.status == 200)
            #expect(download.headers["content-disposition"] == "attachment; filename=\"\(id).martlet\"")
            let artifact = try ModelArtifact(loading: download.body)
            let onnx = try await martlet.request("GET", "/api/v1/models/\(id)/onnx")
            #expect(onnx.status == 200 && onnx.headers["content-type"] == "application/octet-stream")
            #expect(onnx.headers["content-disposition"] == "attachment; filename=\"\(id).onnx\"")
            #expect(onnx.body == (try artifact.onnx()))
            let (rows, _) = try TableReader.read(.bytes(Array(TestService.flowers.utf8)))
            #expect(
                table.column("prediction").map { column in (0..<120).map { text(column, $0) } }
                    == artifact.labels(try artifact.predict(rows)))
            #expect(try FileManager.default.contentsOfDirectory(atPath: martlet.service.spoolFolder).isEmpty)

            // With an interval comes the set that holds the truth so often, in JSON as in a file.
            let ranged = try await martlet.post(
                "/api/v1/models/\(id)/predict?interval=0.9", json: #"{"rows": [{"length": 1.2, "colour": "red"}]}"#)
            #expect(ranged.status == 200, "\(ranged.text)")
            let labels = try ranged.json["predictions"]?.elements?[0]["labels"]?.elements?.compactMap(\.text)
            #expect(labels?.contains("tall") == true)
            let sets = try await martlet.request(
                "POST", "/api/v1/models/\(id)/predict?interval=0.9", headers: ["Content-Type": "text/csv"],
                body: TestService.flowers)
            let (ranges, _) = try TableReader.read(.bytes(sets.body))
            #expect(
                ranges.columns.map(\.name) == ["prediction", "probability_short", "probability_tall", "labels"]
                    && ranges.rowCount == 120)
            for level in ["1", "0", "x", "nan"] {
                let refused = try await martlet.post(
                    "/api/v1/models/\(id)/predict?interval=\(level)", json: #"{"rows": []}"#)
                #expect(refused.status == 400 && refused.text.contains("interval"), "\(refused.text)")
            }
        }
    }

    @Test func aQuerySaysHowClassesAreDecided() async throws {
        try await withMartlet { martlet in
            let (_, id) = try await martlet.trained()
            let rows = #"{"rows": [{"length": 1.2, "colour": "red"}, {"length": 4.5, "colour": "blue"}]}"#
            func labels(_ query: String) async throws -> [String] {
                let answer = try await martlet.post("/api/v1/models/\(id)/predict\(query)", json: rows)
                #expect(answer.status == 200, "\(answer.text)")
                return try answer.json["predictions"]?.elements?.compactMap { $0["prediction"]?.text } ?? []
            }
            #expect(try await labels("?threshold=0") == ["tall", "tall"])
            #expect(try await labels("?threshold=1") == ["short", "short"])
            let file = try await martlet.request(
                "POST", "/api/v1/models/\(id)/predict?threshold=1", headers: ["Content-Type": "text/csv"],
                body: TestService.flowers)
            #expect(file.status == 200, "\(file.text)")
            #expect(!file.text.contains("\ntall,"))
            let wrong = try await martlet.post("/api/v1/models/\(id)/predict?threshold=often", json: rows)
            #expect(wrong.status == 422 && wrong.text.contains("threshold"))
            // The model itself stays as it was.
            #expect(try await labels("") == ["tall", "short"])
        }
    }

    private func text(_ column: Column, _ row: Int) -> String {
        switch column.storage {
        case .strings(let codes, let levels): levels[Int(codes[row])]
        case .booleans(let bits): column.booleanLabels[bits[row]]
        default: ""
        }
    }

    @Test func whatOnnxCannotHoldNamesTheColumn() async throws {
        try await withMartlet { martlet in
            let csv = (0..<60).reduce("note,kind\n") { text, row in
                text
                    + "the row \(row) is number \(row * row) and \(row % 3 == 0 ? "good" : "bad"),\(row % 3 == 0 ? "a" : "b")\n"
            }
            let dataset = try await martlet.upload(csv)
            let experiment = try await martlet.experiment(on: dataset, target: "kind")
            _ = try await martlet.events(of: experiment)
            let record = try await martlet.request("GET", "/api/v1/experiments/\(experiment)").json
            let id = try #require(record["best_model_id"]?.text)
            let refused = try await martlet.request("GET", "/api/v1/models/\(id)/onnx")
            #expect(try problemFields(refused, status: 422) == ["note"])
            let missing = try await martlet.request("GET", "/api/v1/models/nothing/onnx")
            #expect(try problemFields(missing, status: 404) == [])
        }
    }

    @Test func badRowsNameTheirPlace() async throws {
        try await withMartlet { martlet in
            let (_, id) = try await martlet.trained()
            for (json, field) in [
                (#"{}"#, "rows"), (#"{"rows": {}}"#, "rows"), (#"{"rows": [1]}"#, "rows[0]"), (#"[]"#, "body"),
                (#"{"rows": [], "more": 1}"#, "more"), (#"{"rows": [{"colour": "red"}]}"#, "rows"),
                (#"{"rows": [{"length": 1, "colour": []}]}"#, "rows[0].colour"),
                (#"{"rows": [{"length": 1, "colour": "red"}, {"length": "long"}]}"#, "rows[1].length"),
            ] {
                let refused = try await martlet.post("/api/v1/models/\(id)/predict", json: json)
                #expect(try problemFields(refused, status: 422) == [field], "\(json)")
            }
            #expect(try await martlet.post("/api/v1/models/\(id)/predict", json: #"{"rows": []}"#).status == 200)
            let broken = try await martlet.post("/api/v1/models/\(id)/predict", json: "{")
            #expect(try problemFields(broken, status: 400) == [])
            for (body, field) in [("length\n1\n", "colour"), ("length,colour\nlong,red\n", "length"), ("", "file")] {
                let refused = try await martlet.request(
                    "POST", "/api/v1/models/\(id)/predict", headers: ["Content-Type": "text/csv"], body: body)
                #expect(try problemFields(refused, status: 422) == [field], "\(body)")
            }
            let untyped = try await martlet.request("POST", "/api/v1/models/\(id)/predict", body: "length\n1\n")
            #expect(try problemFields(untyped, status: 415) == ["Content-Type"])
            let missing = try await martlet.post("/api/v1/models/nothing/predict", json: #"{"rows": []}"#)
            #expect(try problemFields(missing, status: 404) == [])
        }
    }
}
