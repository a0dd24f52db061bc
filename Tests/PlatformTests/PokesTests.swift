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
