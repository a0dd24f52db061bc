import Foundation
import Network
import Testing

@testable import CQL

extension LiveTests {
    struct SessionTests {
        @Test func hostsAreKnown() async throws {
            let session = try await Session(configuration: try LiveCluster.configuration())
            let hosts = session.hosts
            #expect(!hosts.isEmpty && hosts.allSatisfy { !$0.datacenter.isEmpty && $0.releaseVersion.contains(".") })
            await session.close()
            await session.close()
            let error = await #expect(throws: CQLError.self) {
                try await session.execute("SELECT key FROM system.local")
            }
            #expect(error?.code == .closed)
        }

        @Test func unknownDatacentersAreNamed() async throws {
            let error = try await LiveCluster.failure { $0.localDatacenter = "atlantis" }
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("atlantis") == true && error?.message.contains("datacenter1") == true)
        }

        @Test func unreachableHostsAreNamed() async throws {
            let error = try await LiveCluster.failure {
                $0.contactPoints = [Endpoint(host: "127.0.0.1", port: 1), Endpoint(host: "127.0.0.1", port: 2)]
            }
            #expect(error?.code == .noHostAvailable)
            #expect(
                error?.message.contains("127.0.0.1:1: ") == true && error?.message.contains("127.0.0.1:2: ") == true)
        }

        @Test func unknownKeyspaces() async throws {
            let error = try await LiveCluster.failure { $0.keyspace = "no_such_keyspace" }
            #expect(error?.message.contains("no_such_keyspace") == true)
        }

        @Test func oneOfTheContactPointsIsEnough() async throws {
            var configuration = try LiveCluster.configuration()
            configuration.contactPoints.insert(Endpoint(host: "127.0.0.1", port: 1), at: 0)
            let session = try await Session(configuration: configuration)
            #expect(try await session.execute("SELECT key FROM system.local").count == 1)
            await session.close()
        }

        @Test func longAnswersTakeTheSecondConnectionToo() async throws {
            try await LiveCluster.withKeyspace {
                // No sign of life is asked for between the counts.
                $0.heartbeatInterval = .seconds(3_600)
            } _: { session, _ in
                _ = try await session.execute("CREATE TABLE rows (id int PRIMARY KEY, value blob)")
                let insert = try await session.prepare("INSERT INTO rows (id, value) VALUES (?, ?)")
                _ = try await session.execute(insert, [1, [UInt8](repeating: 7, count: 100)])
                _ = try await session.execute(insert, [2, [UInt8](repeating: 7, count: 64 << 10)])
                let select = try await session.prepare("SELECT value FROM rows WHERE id = ?")
                func answers() -> [UInt64] {
                    (0..<2).map { index in
                        session.table.entries.reduce(0) { $0 + $1.connections[index].counters.answers }
                    }
                }
                func read(_ id: Int, times: Int) async throws {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<16 {
                            group.addTask { for _ in 0..<times { _ = try await session.execute(select, [id]) } }
                        }
                        try await group.waitForAll()
                    }
                }
                let before = answers()
                try await read(1, times: 50)
                let between = answers()
                #expect(between[0] - before[0] == 800 && between[1] == before[1])
                try await read(2, times: 50)
                let after = answers()
                #expect(after[0] > between[0] && after[1] > between[1])
                #expect(after[0] - between[0] + after[1] - between[1] == 800)
            }
        }
    }

    @Suite(.enabled(if: LiveCluster.isSecure, "MARTLET_CASSANDRA_TLS_CA names no authority"))
    struct SecureSessionTests {
        @Test func wrongPasswords() async throws {
            let wrong = try await LiveCluster.failure { $0.credentials?.password = "wrong" }
            #expect(wrong?.code == .authentication)
            let missing = try await LiveCluster.failure { $0.credentials = nil }
            #expect(missing?.code == .authentication)
        }

        @Test func unknownAuthorities() async throws {
            let error = try await LiveCluster.failure { $0.tls = TLSOptions(authorityFile: nil) }
            #expect(error?.code == .tls)
            let name = try await LiveCluster.failure { $0.tls?.serverName = "elsewhere.example" }
            #expect(name?.code == .tls)
            let file = try await LiveCluster.failure { $0.tls = TLSOptions(authorityFile: "/nowhere.pem") }
            #expect(file?.code == .tls)
        }
    }
}
