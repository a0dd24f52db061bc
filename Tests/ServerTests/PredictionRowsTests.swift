import Foundation
import HTTPTestClient
import Platform
import Tabular
import Testing

@testable import Server

/// Rows in JSON bodies, read part by part.
struct PredictionRowsTests {
    private static let schema = Schema(columns: [
        ColumnSchema(name: "n", type: .integer), ColumnSchema(name: "t", type: .categorical),
    ])

    private func tables(_ text: String, rowsPerPart: Int? = nil) throws -> [Table] {
        var rows = try PredictionRows(
            Array(text.utf8), schema: PredictionRowsTests.schema, rowsPerPart: rowsPerPart)
        var tables: [Table] = []
        while let table = try rows.next() { tables.append(table) }
        #expect(rows.rowCount == tables.reduce(0) { $0 + $1.rowCount })
        return tables
    }

    @Test func rowsComeInPartsOfTheirOrder() throws {
        let body = { (count: Int) in
            "{\"rows\": [" + (0..<count).map { "{\"t\": \"x\($0)\", \"n\": \($0)}" }.joined(separator: ", ") + "]}"
        }
        for count in [1, 2, 3, 4, 7] {
            let parts = try tables(body(count), rowsPerPart: 2)
            #expect(parts.map(\.rowCount) == Array(repeating: 2, count: count / 2) + (count % 2 == 1 ? [1] : []))
            #expect(parts.flatMap { $0.columns[0].doubles() ?? [] } == (0..<count).map(Double.init))
        }
        #expect(try tables("{\"rows\": []}").map(\.rowCount) == [0])
        #expect(try tables(body(20_000)).map(\.rowCount) == [8192, 8192, 3616])
    }

    @Test func partsOfWideTablesHaveFewRows() throws {
        // Rows that leave everything out are three bytes each, and a row of the table for all that.
        let schema = Schema(columns: (0..<50_000).map { ColumnSchema(name: "c\($0)", type: .float) })
        let body = "{\"rows\": [{\"c0\": 1}" + String(repeating: ",{}", count: 20) + "]}"
        var rows = try PredictionRows(Array(body.utf8), schema: schema)
        #expect(try rows.next()?.rowCount == 5)
    }

    @Test(arguments: [
        ("[]", "body"), ("1", "body"), ("{}", "rows"), (#"{"rows": {}}"#, "rows"), (#"{"row": []}"#, "row"),
        (#"{"rows": [], "x": 1}"#, "x"), (#"{"rows": [1]}"#, "rows[0]"),
        (#"{"rows": [{"n": 1, "t": "a"}, []]}"#, "rows[1]"),
        (#"{"rows": [{"n": [1], "t": 1}]}"#, "rows[0].n"), (#"{"rows": [{"z": {}}]}"#, "rows[0].z"),
        (#"{"rows": [{"n": 1}]}"#, "rows"), (#"{"rows": [{"n": 1, "t": "a"}, {"n": 2}, {"n": "b"}]}"#, "rows[2].n"),
    ])
    func mistakesNameTheirPlace(_ body: String, _ field: String) throws {
        for rowsPerPart in [1, 2, 100] {
            let problem = #expect(throws: Problem.self) { try tables(body, rowsPerPart: rowsPerPart) }
            #expect(problem?.errors.map(\.field) == [field])
        }
    }

    @Test(arguments: [
        "", "{", #"{"rows""#, #"{"rows":"#, #"{"rows": ["#, #"{"rows": [{}"#, #"{"rows": [{},]}"#, #"{"rows": [{}]"#,
        #"{"rows": []} x"#, #"{"rows": [{"n": 1, "n": 2}]}"#, #"{"rows": [{"z": 1, "z": 2}]}"#,
        #"{"rows": [], "rows": []}"#, #"{"rows": [{"n" 1}]}"#, #"{"rows": [{"n": 1,}]}"#, #"{"rows": [{"n": 1e999}]}"#,
        #"{"rows": [{"n": "\ud800"}]}"#,
    ])
    func whatIsNotJSONIsRefused(_ body: String) {
        #expect(throws: JSONError.self) { try tables(body) }
    }

    @Test func depthIsLimited() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try tables("{\"rows\": [{\"n\": \(deep)") }
        #expect(throws: JSONError.self) { try tables(deep) }
    }

    @Test(.timeLimit(.minutes(5)))
    func aLongAnswerIsTheSameAsManyShortOnes() async throws {
        try await withMartlet { martlet in
            let (_, id) = try await martlet.trained()
            let rows = (0..<50_000).map { #"{"length":\#($0 % 7).5,"colour":"\#(["red", "blue"][$0 % 2])"}"# }
            let all = try await martlet.post(
                "/api/v1/models/\(id)/predict", json: "{\"rows\":[\(rows.joined(separator: ","))]}")
            #expect(all.status == 200 && all.headers["content-type"] == "application/json")
            #expect(all.body.count > 4 << 20)
            let predictions = try #require(try all.json["predictions"]?.elements)
            #expect(predictions.count == 50_000)
            let few = try await martlet.post(
                "/api/v1/models/\(id)/predict", json: "{\"rows\":[\(rows[..<14].joined(separator: ","))]}"
            ).json
            #expect(Array(predictions[..<14]) == few["predictions"]?.elements)
            #expect(predictions[49_990] == predictions[49_990 % 14])
            #expect(try FileManager.default.contentsOfDirectory(atPath: martlet.service.spoolFolder).isEmpty)
        }
    }
}
