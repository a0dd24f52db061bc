import Testing

@testable import Platform

struct PokesTests {
    @Test func aPokeWakesThoseWhoListenToItsKey() async {
        let pokes = Pokes()
        let (one, other) = (pokes.stream(for: "a"), pokes.stream(for: "b"))
        pokes.poke("a")
        pokes.finish()
        #expect(await count(one) == 1)
        #expect(await count(other) == 0)
    }

    @Test func newsWhoseMessageWasLostAreAskedForByAll() async {
        let pokes = Pokes()
        let (one, other) = (pokes.stream(for: "a"), pokes.stream(for: "b"))
        pokes.pokeAll()
        pokes.finish()
        #expect(await count(one) == 1)
        #expect(await count(other) == 1)
    }

    /// Events that are in the store, and of which no message tells. Who asks before they are there has to wait.
    @Test(.timeLimit(.minutes(1))) func watchersFindNewsWhoseMessageWasLost() async throws {
        let folder = try TemporaryFolder()
        var options = Fixture.options(folder, slots: 0)
        options.reminder = .milliseconds(5)
        let stores = Stores.inMemory()
        let service = MartletService(stores: stores, options: options)
        let request = ExperimentRequest(datasetID: "none", settings: Fixture.settings(trials: 1))
        func create(_ id: String) async throws {
            try await stores.experiments.create(ExperimentRecord(id: id, request: request, createdAt: .now()))
        }
        try await create("first")
        try await service.start()
        // When this one has failed, the coordinator has looked for experiments that are its own, and does so again in 20 s.
        for try await _ in try await service.events(ofExperiment: "first", after: 0) {}
        try await create("e")
        let news = (1...20).map { sequence in
            EventRecord(sequence: sequence, kind: .state, at: .now(), state: .queued, progress: 0)
        }
        let events = try await service.events(ofExperiment: "e", after: 0)
        async let seen = events.prefix(news.count).reduce(into: []) { $0.append($1.sequence) }
        for event in news {
            for _ in 0..<200 { await Task.yield() }
            try await stores.experiments.put([event], of: "e")
        }
        #expect(try await seen == news.map(\.sequence))
        // The coordinator was not faster.
        #expect(try await stores.experiments.experiment("e")?.state == .queued)
        await service.shutdown()
    }

    /// A poke between two waits is kept, and several come as one.
    @Test func pokesBetweenTwoWaitsAreOne() async {
        let pokes = Pokes()
        let stream = pokes.stream(for: "a")
        pokes.poke("a")
        pokes.poke("a")
        pokes.finish()
        #expect(await count(stream) == 1)
    }

    private func count(_ stream: AsyncStream<Void>) async -> Int {
        var count = 0
        for await _ in stream { count += 1 }
        return count
    }
}
