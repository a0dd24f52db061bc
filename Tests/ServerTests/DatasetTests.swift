import Examples
import Foundation
import HTTPTestClient
import Platform
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct DatasetTests {
    private let csv =
        "name,age,member,joined\nAnna,31,yes,2024-01-05\nBert,,no,2023-12-31\n\"C, D\",2.5,yes,2020-02-29\n"

    @Test func aRawUploadBecomesADataset() async throws {
        try await withMartlet { martlet in
            let created = try await martlet.request("POST", "/api/v1/datasets?name=people", body: csv)
            #expect(created.status == 201)
            let dataset = try created.json
            let id = try #require(dataset["id"]?.text)
            #expect(created.headers["location"] == "/api/v1/datasets/\(id)")
            #expect(dataset["name"] == "people" && dataset["rows"] == 3)
            #expect(dataset["bytes"] == .integer(Int64(csv.utf8.count)))
            #expect(
                dataset["columns"]?.elements?.map { $0["name"]?.text } == ["name", "age", "member", "joined"])
            #expect(try await martlet.request("GET", "/api/v1/datasets/\(id)").json == dataset)

            let rows = try await martlet.request("GET", "/api/v1/datasets/\(id)/rows?offset=1&limit=5").json
            #expect(rows["total"] == 3 && rows["offset"] == 1)
            #expect(
                rows["rows"] == [
                    ["name": "Bert", "age": .null, "member": "no", "joined": "2023-12-31"],
                    ["name": "C, D", "age": .number(2.5), "member": "yes", "joined": "2020-02-29"],
                ])
            #expect(try await martlet.request("GET", "/api/v1/datasets/\(id)/rows?offset=9").json["rows"] == [])
            let profile = try await martlet.request("GET", "/api/v1/datasets/\(id)/profile").json
            #expect(profile["rows"] == 3 && profile["columns"]?.elements?.count == 4)

            #expect(try await martlet.request("DELETE", "/api/v1/datasets/\(id)").status == 204)
            for target in ["", "/rows", "/profile"] {
                let gone = try await martlet.request("GET", "/api/v1/datasets/\(id)\(target)")
                #expect(try problemFields(gone, status: 404).isEmpty)
            }
            #expect(try await martlet.request("DELETE", "/api/v1/datasets/\(id)").status == 404)
            // Nothing is left of the upload.
            #expect(try FileManager.default.contentsOfDirectory(atPath: martlet.service.spoolFolder).isEmpty)
        }
    }

    @Test func formsCarryFilesAndFields() async throws {
        try await withMartlet { martlet in
            let type = ["Content-Type": "multipart/form-data; boundary=XX"]
            func part(_ name: String, _ value: String, file: String? = nil) -> String {
                let filename = file.map { "; filename=\"\($0)\"" } ?? ""
                return "--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\(filename)\r\n\r\n\(value)\r\n"
            }
            func post(_ parts: String...) async throws -> TestConnection.Response {
                try await martlet.request(
                    "POST", "/api/v1/datasets", headers: type, body: parts.joined() + "--XX--\r\n")
            }
            let file = part("file", "a;b\n1,5;x\n2,5;?\n", file: "C:\\data\\t.csv")
            let created = try await post(part("delimiter", ";"), file, part("missing_markers", "x,y"))
            #expect(created.status == 201, "\(created.text)")
            let columns = try created.json["columns"]?.elements
            #expect(try created.json["name"] == "t.csv")
            #expect(columns?.count == 2 && columns?[1]["missing"] == 1)
            #expect(try await post(part("name", "mine"), file).json["name"] == "mine")

            #expect(try problemFields(await post(part("name", "no file")), status: 422) == ["file"])
            #expect(try problemFields(await post(file, file), status: 422) == ["file"])
            #expect(try problemFields(await post(file, part("colour", "red")), status: 422) == ["colour"])
            #expect(try problemFields(await post(file, part("header", "maybe")), status: 422) == ["header"])
            let broken = try await martlet.request("POST", "/api/v1/datasets", headers: type, body: "--XX\r\n")
            #expect(try problemFields(broken, status: 400).isEmpty)
        }
    }

    @Test func compressedFilesAndWorkbooksAreFoundByContent() async throws {
        try await withMartlet { martlet in
            let iris = try #require(ExampleTable.named("iris"))
            let created = try await martlet.request("POST", "/api/v1/datasets", body: iris.bytes).json
            #expect(created["rows"] == 150 && created["bytes"] == .integer(Int64(iris.bytes.count)))
            let first = try await martlet.request("POST", "/api/v1/datasets", body: workbook).json
            #expect(first["rows"] == 3 && first["columns"]?.elements?.map { $0["name"] } == ["a", "b"])
            let second = try await martlet.request("POST", "/api/v1/datasets?sheet=second", body: workbook).json
            #expect(second["rows"] == 2 && second["columns"]?.elements?.map { $0["name"] } == ["c"])
            let third = try await martlet.request("POST", "/api/v1/datasets?sheet=third", body: workbook)
            #expect(try problemFields(third, status: 422) == ["sheet"])
        }
    }

    @Test(arguments: [
        ("?delimiter=ab", "delimiter", 422), ("?header=perhaps", "header", 422), ("?encoding=ebcdic", "encoding", 422),
        ("?date_order=never", "date_order", 422), ("?colour=red", "colour", 400), ("?name=a&name=b", "name", 400),
        ("?name=", "name", 422), ("?name=a%0Ab", "name", 422),
    ])
    func badParametersAreNamed(_ query: String, _ field: String, _ status: Int) async throws {
        try await withMartlet { martlet in
            let refused = try await martlet.request("POST", "/api/v1/datasets\(query)", body: csv)
            #expect(try problemFields(refused, status: status) == [field])
        }
    }

    @Test func badFilesAreRefused() async throws {
        try await withMartlet { martlet in
            for (body, field) in [("", "file"), ("a,b\n", "file"), ("a,b\n1,2,3\n", "file"), ("a\0b\n1\n", "file")] {
                let refused = try await martlet.request("POST", "/api/v1/datasets", body: body)
                #expect(try problemFields(refused, status: 422).first == field || refused.status == 422)
            }
            let json = try await martlet.request(
                "POST", "/api/v1/datasets", headers: ["Content-Type": "application/json"], body: "{}")
            #expect(try problemFields(json, status: 415) == ["Content-Type"])
            #expect(try await martlet.request("GET", "/api/v1/datasets").json["items"] == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: martlet.service.spoolFolder).isEmpty)
        }
    }

    @Test func uploadsBeyondTheLimitAreRefused() async throws {
        try await withMartlet {
            $0.uploadLimit = 1000
        } body: { martlet in
            let body = "a\n" + String(repeating: "1\n", count: 1000)
            let refused = try await martlet.request("POST", "/api/v1/datasets", body: body)
            #expect(try problemFields(refused, status: 413).isEmpty)
        }
    }

    @Test func listsComeInParts() async throws {
        try await withMartlet { martlet in
            for number in 0..<5 { _ = try await martlet.upload("a,b\n1,2\n3,4\n", name: "t\(number)") }
            var names: [String] = []
            var target = "/api/v1/datasets?limit=2"
            while true {
                let page = try await martlet.request("GET", target).json
                names += page["items"]?.elements?.compactMap { $0["name"]?.text } ?? []
                guard let cursor = page["next_cursor"]?.text else { break }
                target = "/api/v1/datasets?limit=2&cursor=\(cursor)"
            }
            #expect(names == ["t4", "t3", "t2", "t1", "t0"])
            for (query, field) in [
                ("limit=0", "limit"), ("limit=x", "limit"), ("limit=1001", "limit"), ("cursor=%3F%3F", "cursor"),
                ("limit=", "limit"),
            ] {
                let refused = try await martlet.request("GET", "/api/v1/datasets?\(query)")
                #expect(try problemFields(refused, status: 400) == [field])
            }
        }
    }

    @Test func examplesBecomeDatasets() async throws {
        try await withMartlet { martlet in
            let list = try await martlet.request("GET", "/api/v1/examples").json
            #expect(list["items"]?.elements?.first?["name"] == "iris" && list["next_cursor"] == .null)
            let created = try await martlet.request("POST", "/api/v1/examples/iris")
            #expect(created.status == 201)
            #expect(try created.json["rows"] == 150)
            let unknown = try await martlet.request("POST", "/api/v1/examples/nothing")
            #expect(try problemFields(unknown, status: 404).isEmpty)
        }
    }
}
