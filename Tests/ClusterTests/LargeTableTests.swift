import Foundation
import Testing

extension ClusterTests {
    @Test func aLargeTableComesBackAndIsReadOnce() async throws {
        let cluster = try Cluster()
        let master = try cluster.startMaster()
        let folder = try TemporaryFolder()
        let size = try LargeTable.write(to: folder.path("large.csv"))
        #expect(size > 300 << 20)
        let api = try cluster.api
        let address = "http://127.0.0.1:\(api.port)/api/v1/datasets"

        // It is uploaded with a small part of it in memory, and comes back byte by byte.
        let answer = try LargeTable.curl(
            "-X", "POST", "-H", "Content-Type: text/csv", "-T", folder.path("large.csv"), address + "?name=large")
        let dataset = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any] ?? [:]
        let id = try #require(dataset["id"] as? String, "\(answer)")
        #expect(dataset["bytes"] as? Int == size)
        #expect(master.peakMemory < size / 2)
        _ = try LargeTable.curl("-o", folder.path("back.csv"), address + "/\(id)/file")
        #expect(FileManager.default.contentsEqual(atPath: folder.path("large.csv"), andPath: folder.path("back.csv")))

        // The first trial of a worker reads the table, the second one nothing.
        let first = try cluster.startWorker()
        try await run(cluster, id)
        let read = try await cluster.reads(of: first)
        #expect(read.parts > 100)
        #expect(read.prepared == 1)
        #expect(read.reused >= 1)
        _ = first.terminate()

        // A new worker reads it from the cache, and as many parts.
        let second = try cluster.startWorker()
        try await run(cluster, id)
        let again = try await cluster.reads(of: second)
        #expect(again.missing == 0)
        #expect(again.parts == read.parts)
    }

    private func run(_ cluster: Cluster, _ dataset: String) async throws {
        let experiment = try await cluster.api.json(
            "POST", "/api/v1/experiments",
            ["dataset_id": dataset, "target": "kind", "trials": 2, "folds": 2, "learners": ["gaussian_naive_bayes"]])
        let (record, _) = try await cluster.follow(experiment["id"] as? String ?? "")
        #expect(record["state"] as? String == "completed", "\(record)")
    }
}

extension Cluster {
    /// What a worker has read: parts of datasets from the cache or the store, those that the cache had not, and how often it
    /// prepared data and found it ready.
    fileprivate func reads(of worker: Node) async throws -> (parts: Int, missing: Int, prepared: Int, reused: Int) {
        while true {
            let status = try await api.json("GET", "/api/v1/cluster")
            let all = status["workers"] as? [[String: Any]] ?? []
            let own = all.first { worker.greeting.contains("worker \($0["name"] as? String ?? "-") is ready") } ?? [:]
            func count(_ name: String) -> Int { own[name] as? Int ?? 0 }
            // What it says lags behind what it does.
            if count("trials_done") < 2 { continue }
            return (
                count("cache_hits") + count("cache_misses"), count("cache_misses"), count("data_misses"),
                count("data_hits")
            )
        }
    }
}

/// A table of over 300 MB in the form that Martlet writes.
enum LargeTable {
    /// Writes it; returns its bytes.
    static func write(to path: String) throws -> Int {
        var random = SeededGenerator(seed: 3)
        let places = (0..<400).map { "street number \($0) in the district of words \($0 % 17)" }
        var block = ""
        for _ in 0..<40_000 {
            let number = Int.random(in: 0..<100_000, using: &random)
            let whole = Int.random(in: 0..<1000, using: &random)
            // No zero at the end, which the shortest form would not have.
            let part = Int.random(in: 0..<1000, using: &random) * 10 + Int.random(in: 1...9, using: &random)
            let digits = String(part)
            let fraction = String(repeating: "0", count: 4 - digits.count) + digits
            let place = places.randomElement(using: &random) ?? ""
            let missing = number % 11 == 0 ? "" : "\(number % 977)"
            block += "\(number),\(whole).\(fraction),\(place),\(missing),\(number % 3 == 0 ? "yes" : "no")\n"
        }
        let bytes = Data(block.utf8)
        _ = FileManager.default.createFile(atPath: path, contents: Data("number,value,place,count,kind\n".utf8))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        var size = 30
        while size <= 300 << 20 {
            try file.write(contentsOf: bytes)
            size += bytes.count
        }
        try file.close()
        return size
    }

    /// Runs curl; what it prints.
    static func curl(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-sS"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("curl: \(process.terminationStatus) \(text)") }
        return text
    }
}
