import CQL
import Foundation
import Synchronization
import Testing

extension LiveTests {
    /// Needs three nodes, and commands that kill one of them and start it again: `MARTLET_TEST_KILL` and
    /// `MARTLET_TEST_START`.
    @Suite(
        .enabled(
            if: LiveCluster.command("MARTLET_TEST_KILL") != nil && LiveCluster.command("MARTLET_TEST_START") != nil,
            "MARTLET_TEST_KILL or MARTLET_TEST_START is not set"))
    struct FailoverTests {
        @Test func requestsGoOnWithoutOneNode() async throws {
            try await LiveCluster.withKeyspace {
                // What is under way at the killed node is sent again elsewhere.
                $0.consistency = .quorum
                $0.reconnectionDelay = .milliseconds(100)
                $0.maximumReconnectionDelay = .seconds(1)
            } _: { session, _ in
                try #require(session.hosts.count >= 3)
                _ = try await session.execute("CREATE TABLE rows (id int PRIMARY KEY, value int)")
                let insert = try await session.prepare("INSERT INTO rows (id, value) VALUES (?, ?)")
                let select = try await session.prepare("SELECT value FROM rows WHERE id = ?")
                let whole = session.metrics.connections
                let killed = Flag()
                let options = RequestOptions(isIdempotent: true)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<16 {
                        group.addTask {
                            var number = worker
                            var afterwards = 0
                            while afterwards < 200 {
                                if killed.isSet.load(ordering: .acquiring) { afterwards += 1 }
                                _ = try await session.execute(insert, [number, number], options: options)
                                let rows = try await session.execute(select, [number], options: options)
                                #expect(try rows[0][0, as: Int.self] == number)
                                number += 16
                            }
                        }
                    }
                    group.addTask {
                        // Servers compile what they do while they do it; one that only begins to may keep others waiting.
                        for number in 0..<1_000 {
                            _ = try await session.execute(insert, [-1 - number, number], options: options)
                        }
                        try await LiveCluster.run("MARTLET_TEST_KILL")
                        killed.isSet.store(true, ordering: .releasing)
                    }
                    try await group.waitForAll()
                }
                #expect(session.metrics.connections < whole)
                try await LiveCluster.run("MARTLET_TEST_START")
                // Every host is used again in the end; requests go on meanwhile.
                while session.metrics.connections < whole {
                    _ = try await session.execute(select, [1], options: options)
                }
                #expect(session.metrics.reconnections > 0)
            }
        }
    }
}

private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
}
