import Foundation

/// A way of feeding inputs to Martlet.
protocol Mode: AnyObject {
    /// The folder of its corpus, and its name on the command line.
    static var name: String { get }
    /// How its inputs are changed.
    var mutator: Mutator { get }
    /// What is called with the parts of an input that may be changed; the rest stays.
    func mutate(_ input: [UInt8], others: [[UInt8]], _ choices: inout Choices) -> [UInt8]
    /// Feeds an input. Throws a `Finding`.
    func run(_ input: [UInt8], _ choices: inout Choices) throws
    /// What is looked at when all inputs have been fed. Throws a `Finding`.
    func finish() throws
}

extension Mode {
    func mutate(_ input: [UInt8], others: [[UInt8]], _ choices: inout Choices) -> [UInt8] {
        mutator.mutate(input, others: others, &choices)
    }
}

/// Tables: CSV, or the parts of a workbook, from the upload to the download and through a model.
final class TablesMode: Mode {
    static let name = "tables"
    let mutator = Mutator(
        separators: [0x2C, 0x0A, 0x3B, 0x09, 0x22, 0x3E],
        words: ["\"", "\"\"", "\r\n", "\u{FEFF}", "NA", "true", "sep=;\n"])
    private let server: RunningServer
    private var count = 0
    private let learners = [
        "decision_tree", "linear", "gaussian_naive_bayes", "nearest_neighbors", "random_forest", "gradient_boosting",
    ]

    init() throws { server = try RunningServer(isStored: true) }

    func run(_ input: [UInt8], _ choices: inout Choices) throws {
        let client = server.client
        let bytes = input.starts(with: Workbook.mark) ? Workbook.packed(input) : input
        let created = try client.call("POST", "/api/v1/datasets?name=fuzz", bytes)
        guard created.status == 201, let dataset = created.json, let id = dataset["id"] as? String else { return }
        let path = "/api/v1/datasets/\(id)"
        for part in ["", "/profile", "/rows?limit=1000", "/rows?offset=\(Int.max)", "/rows?offset=1&limit=1"] {
            try client.call("GET", path + part)
        }
        let file = try client.call("GET", path + "/file").body
        let columns = (dataset["columns"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
        count += 1
        if !columns.isEmpty, columns.count <= 100, dataset["rows"] as? Int ?? 0 <= 2000 {
            let target = choices.pick(columns)
            let plan: [String: Any] = ["dataset_id": id, "target": target, "trials": 1]
            try client.call(
                "POST", "/api/v1/experiments/plan", type: "application/json",
                [UInt8](JSONSerialization.data(withJSONObject: plan)))
            if let (experiment, model) = try server.train(id, target: target, learner: choices.pick(learners)) {
                for part in ["", "/leaderboard", "/trials", "/models"] {
                    try client.call("GET", "/api/v1/experiments/\(experiment)\(part)")
                }
                if let model { try use(model, dataset: path, file: file, &choices) }
                try client.call("DELETE", "/api/v1/experiments/\(experiment)")
            }
        }
        try client.call("DELETE", path)
    }

    private func use(_ model: String, dataset: String, file: [UInt8], _ choices: inout Choices) throws {
        let client = server.client
        let path = "/api/v1/models/\(model)"
        for part in [
            "", "/evaluation", "/schema", "/artifact", "/onnx", "/explanation/rows?offset=0&limit=3",
            "/explanation/rows?offset=\(choices.pick(["1", "7", "1000000", "\(Int.max)"]))",
        ] { try client.call("GET", path + part) }
        // Whole explanations take seconds.
        if count % 32 == 1 { for part in ["/explanation", "/report"] { try client.call("GET", path + part) } }
        let rows = try client.call("GET", dataset + "/rows?limit=3").json?["rows"] as? [Any] ?? []
        for given in [rows, Array(rows.prefix(1)), []] {
            let body = [UInt8](try JSONSerialization.data(withJSONObject: ["rows": given]))
            for part in ["/predict", "/explain"] {
                try client.call("POST", path + part, type: "application/json", body)
            }
        }
        try client.call("POST", path + "/predict", type: "text/csv", file)
    }

    func finish() throws { try server.stop() }
}

/// Bodies of calls. An input is a line such as `POST /api/v1/experiments`, an empty line, and the body; `{dataset}`,
/// `{experiment}` and `{model}` stand for ids.
final class BodiesMode: Mode {
    static let name = "bodies"
    let mutator = Mutator(
        separators: [0x2C, 0x3A, 0x7B, 0x5B, 0x22],
        words: [
            "null", "true", "false", "[]", "{}", "\"\"", "[[[[", "\\u0000", "\\ud800", "\"rows\":", "auto", "-1", "0.0",
        ])
    private let server: RunningServer
    private let ids: (dataset: String, experiment: String, model: String)

    init() throws {
        server = try RunningServer(isStored: false)
        ids = try server.train()
    }

    func mutate(_ input: [UInt8], others: [[UInt8]], _ choices: inout Choices) -> [UInt8] {
        let (line, body) = BodiesMode.parts(input)
        let bodies = others.map { BodiesMode.parts($0).body }
        return line + [0x0A, 0x0A] + mutator.mutate(body, others: bodies, &choices)
    }

    private static func parts(_ input: [UInt8]) -> (line: [UInt8], body: [UInt8]) {
        guard let blank = input.firstRange(of: [0x0A, 0x0A]) else { return (input, []) }
        return (Array(input[..<blank.lowerBound]), Array(input[blank.upperBound...]))
    }

    private func filled(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for (name, id) in [("{dataset}", ids.dataset), ("{experiment}", ids.experiment), ("{model}", ids.model)] {
            while let place = bytes.firstRange(of: Array(name.utf8)) {
                bytes.replaceSubrange(place, with: Array(id.utf8))
            }
        }
        return bytes
    }

    func run(_ input: [UInt8], _ choices: inout Choices) throws {
        let (line, body) = BodiesMode.parts(input)
        let words = String(decoding: filled(line), as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count > 1 else { return }
        let type = words.count > 2 ? words[2...].joined(separator: " ") : "application/json"
        let answer = try server.client.call(words[0], words[1], type: type, filled(body))
        // An experiment of any size may have begun.
        guard answer.status == 201, let id = answer.json?["id"] as? String else { return }
        if words[1].hasPrefix("/api/v1/experiments") {
            try server.client.call("POST", "/api/v1/experiments/\(id)/cancel")
            try server.client.call("DELETE", "/api/v1/experiments/\(id)")
        } else {
            try server.client.call("DELETE", "/api/v1/datasets/\(id)")
        }
    }

    func finish() throws {
        let client = server.client
        let path = "/api/v1/models/\(ids.model)/predict"
        let row = Array(
            "{\"rows\":[{\"length\":1.5,\"colour\":\"red\",\"when\":\"2024-03-11\",\"note\":\"word\"}]}".utf8)
        try Watch.checkLeaks("GET /healthz") { try client.call("GET", "/healthz") }
        try Watch.checkLeaks("POST \(path)") { try client.call("POST", path, type: "application/json", row) }
        try Watch.checkLeaks("POST of no rows") { try client.call("POST", path, type: "application/json", [0x7B]) }
        try Watch.checkLeaks("POST to nothing") { try client.call("POST", "/nothing", type: "text/plain", row) }
        try server.stop()
    }
}

/// Bytes of HTTP, as a client sends them.
final class WireMode: Mode {
    static let name = "wire"
    let mutator = Mutator(
        separators: [0x0A, 0x20, 0x3A, 0x2F, 0x26],
        words: [
            "\r\n", "\r\n\r\n", "\n\n", "\0", " :", "\t", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
            "Expect: 100-continue\r\n", "Host: a\r\n", "HTTP/1.0", "HTTP/2.0", "%00", "%", "http://127.0.0.1", "*",
            "?a=1&a=2",
            "ffffffffffffffff\r\n", "-1\r\n", "5;a=b\r\nhello\r\n", "Connection: close\r\n", "Upgrade: h2c\r\n",
        ])
    private let server: RunningServer

    init() throws { server = try RunningServer(isStored: false) }

    func run(_ input: [UInt8], _ choices: inout Choices) throws {
        let answer = try server.client.exchange(input, seconds: 1, halfCloses: !choices.oneIn(6))
        // What is no request may be answered by closing; an answer is one.
        if !answer.isEmpty, !answer.starts(with: Array("HTTP/1.1 ".utf8)) {
            throw Finding("answered with \(String(decoding: answer.prefix(60), as: UTF8.self))")
        }
        if let place = answer.firstRange(of: Array("HTTP/1.1 5".utf8)),
            answer[place.lowerBound...].prefix(12).last != 0x33,
            !answer.starts(with: Array("HTTP/1.1 505".utf8)), !answer.starts(with: Array("HTTP/1.1 501".utf8))
        {
            throw Finding("answered with \(String(decoding: answer[place.lowerBound...].prefix(300), as: UTF8.self))")
        }
        try server.client.call("GET", "/healthz")
    }

    func finish() throws {
        let bad = Array("GET /healthz HTTP/1.1\r\nHost: a b\r\nContent-Length: x\r\n\r\n".utf8)
        let client = server.client
        try Watch.checkLeaks("a bad request") { _ = try client.exchange(bad, seconds: 1) }
        try server.stop()
    }
}
