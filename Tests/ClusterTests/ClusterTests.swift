import Foundation
import Testing

/// Masters and workers as processes over real Cassandra, Kafka and Redis. One cluster at a time: the machine is small.
@Suite(.serialized, .enabled(if: Requirements.arePresent, Requirements.comment)) struct ClusterTests {
    @Test func anyNumberOfWorkersGivesTheAnswerOfOneProcess() async throws {
        let cluster = try Cluster()
        try cluster.startMaster()
        let dataset = try await AdultExperiment.upload(to: cluster.api)
        for count in 1...3 {
            for _ in 0..<count { try cluster.startWorker() }
            try await cluster.runAdult(on: dataset)
            cluster.stopWorkers()
        }
    }

    @Test(arguments: [UInt64(1), 2]) func nothingIsLostWhateverIsKilled(seed: UInt64) async throws {
        let cluster = try Cluster()
        try cluster.startMaster()
        for _ in 0..<2 { try cluster.startWorker() }
        let dataset = try await AdultExperiment.upload(to: cluster.api)
        var random = SeededGenerator(seed: seed)
        let moments = Array(2...34).shuffled(using: &random)
        let services = cluster.services
        let chaos: [() throws -> Void] = [
            {
                cluster.workers.randomElement(using: &random)?.kill()
                try cluster.startWorker()
            },
            {
                cluster.masters.last?.kill()
                try cluster.startMaster()
            },
            {
                try services.run("stop", "kafka")
                try services.run("start", "kafka")
            },
            {
                try services.run("stop", "cassandra")
                try services.run("start", "cassandra")
            },
            { try services.run("kill", "redis") },
            { try Messages(services).appendAgain(from: ["martlet.trials", "martlet.results"]) },
        ]
        try await cluster.runAdult(on: dataset, Array(zip(moments, chaos)).map { (trials: $0.0, run: $0.1) })
    }

    @Test func oneNodeOfThreeMayStayDead() async throws {
        let cluster = try Cluster(.init(nodes: 3))
        try cluster.startMaster()
        for _ in 0..<2 { try cluster.startWorker() }
        let dataset = try await AdultExperiment.upload(to: cluster.api)
        let services = cluster.services
        try await cluster.runAdult(
            on: dataset,
            [
                (trials: 5, run: { try services.run("kill", "cassandra-2") }),
                (trials: 11, run: { try services.run("kill", "kafka-2") }),
            ])
    }

    @Test func passwordsAndTLSOnAllThree() async throws {
        let cluster = try Cluster(.init(isSecure: true))
        try cluster.startMaster()
        try cluster.startWorker()
        let dataset = try await AdultExperiment.upload(to: cluster.api)
        try await cluster.runAdult(on: dataset)

        let addresses = cluster.services.addresses
        let authority = try Messages.otherAuthority()
        let wrong: [(changes: [String: String], words: [String])] = [
            (["MARTLET_CASSANDRA_PASSWORD": "no"], ["Cassandra", "cassandra"]),
            (["MARTLET_KAFKA_PASSWORD": "no"], ["Kafka", "uthentication"]),
            (
                ["MARTLET_REDIS_URL": addresses["MARTLET_REDIS_URL"]?.replacing("martlet-test", with: "no") ?? ""],
                ["Redis"]
            ),
            (["MARTLET_CASSANDRA_TLS_CA": authority.path("ca.pem")], ["Cassandra", "authority"]),
            (["MARTLET_KAFKA_TLS_CA": authority.path("ca.pem")], ["Kafka", "certificate"]),
            (["MARTLET_REDIS_TLS_CA": authority.path("ca.pem")], ["Redis", "authority"]),
        ]
        for (changes, words) in wrong {
            let run = try Node.run(["worker"], addresses.merging(changes) { $1 })
            #expect(run.status == 1, "\(changes): \(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
            for word in words { #expect(run.errors.contains(word), "\(changes): \(run.errors)") }
        }
    }

    @Test func aTrialThatEndsThreeWorkersIsGivenUp() async throws {
        let cluster = try Cluster()
        try cluster.startMaster()
        let dataset = try await AdultExperiment.upload(to: cluster.api)
        let experiment = try await AdultExperiment.submit(dataset, to: cluster.api)
        // Whoever trains this one, which takes seconds, is killed.
        let poison = 2
        var killed: [String] = []
        for _ in 0..<3 {
            let worker = try cluster.startWorker()
            while try await !cluster.trials(of: worker).contains(poison) {}
            worker.kill()
            killed.append(try #require(worker.name))
        }
        try cluster.startWorker()
        let (record, ended) = try await cluster.follow(experiment)
        #expect(record["state"] as? String == "completed")
        #expect(ended.sorted() == Array(0..<AdultExperiment.trials))
        #expect(record["trials_failed"] as? Int == 1)
        #expect(try await Messages(cluster.services).count(of: "martlet.dead-letters") >= 1)

        let list = try await cluster.api.json("GET", "/api/v1/cluster/dead-letters")
        let letters = try #require(list["items"] as? [[String: Any]])
        let letter = try #require(letters.first)
        #expect(letters.count == 1 && list["next_cursor"] is NSNull)
        #expect(letter["experiment_id"] as? String == experiment && letter["trial"] as? Int == poison)
        let starts = try #require(letter["starts"] as? [[String: Any]])
        #expect(starts.compactMap { $0["worker"] as? String } == killed)
        let moments = starts.compactMap { $0["began_at"] as? String } + [letter["at"] as? String ?? ""]
        #expect(moments.count == 4 && moments == moments.sorted())

        // The command needs no master.
        cluster.masters.last?.kill()
        let table = try Node.run(["dead-letters"], cluster.services.addresses)
        #expect(table.status == 0, "\(table.errors)")
        for word in [experiment, letter["learner"] as? String ?? "-"] + killed { #expect(table.output.contains(word)) }
        let run = try Node.run(["dead-letters", "--json"], cluster.services.addresses)
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? NSDictionary
        #expect(object == list as NSDictionary)
    }

    @Test func aCancelledExperimentStopsItsTrials() async throws {
        let cluster = try Cluster()
        try cluster.startMaster()
        let worker = try cluster.startWorker()
        let dataset = try await AdultExperiment.upload(to: cluster.api)
        let experiment = try await AdultExperiment.submit(dataset, to: cluster.api)
        while try await cluster.trials(of: worker).isEmpty {}
        _ = try await cluster.api.call("POST", "/api/v1/experiments/\(experiment)/cancel")
        let (record, _) = try await cluster.follow(experiment)
        #expect(record["state"] as? String == "cancelled")
        while try await !cluster.trials(of: worker).isEmpty {}
        #expect(worker.terminate() == 0)
    }
}

extension Cluster {
    /// The trials that a worker says it trains.
    func trials(of worker: Node) async throws -> [Int] {
        let status = try await api.json("GET", "/api/v1/cluster")
        let all = status["workers"] as? [[String: Any]] ?? []
        let own = all.first { $0["name"] as? String == worker.name }
        return (own?["trials"] as? [[String: Any]] ?? []).compactMap { $0["index"] as? Int }
    }
}
