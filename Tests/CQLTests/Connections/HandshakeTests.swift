import Testing

@testable import CQL

struct HandshakeTests {
    private static let modern: [String: [String]] = [
        "PROTOCOL_VERSIONS": ["3/v3", "4/v4", "5/v5", "6/v6-beta"], "COMPRESSION": ["snappy", "lz4"],
    ]

    private func request(_ action: Handshake.Action) -> Request? {
        if case .send(let request) = action { request } else { nil }
    }

    private func isFinished(_ action: Handshake.Action) -> Bool {
        if case .finished = action { true } else { false }
    }

    @Test func plainStart() throws {
        var handshake = Handshake(.init())
        guard case .options = request(handshake.start()) else { Issue.record("options come first"); return }
        #expect(handshake.encoder.version == .v4)
        let second = try handshake.received(.supported(Self.modern))
        guard case .startup(compressed: false) = request(second) else { Issue.record("then the start-up"); return }
        #expect(handshake.encoder.version == .v5 && !handshake.encoder.inSegments)
        #expect(handshake.agreement == (.v5, false))
        #expect(isFinished(try handshake.received(.ready)))
        #expect(handshake.encoder.inSegments)
    }

    @Test func olderServers() throws {
        var handshake = Handshake(.init(wantsCompression: true))
        let second = try handshake.received(
            .supported(["PROTOCOL_VERSIONS": ["3/v3", "4/v4", "5/v5-beta"], "COMPRESSION": ["lz4"]]))
        guard case .startup(compressed: true) = request(second) else { Issue.record("then the start-up"); return }
        #expect(isFinished(try handshake.received(.ready)))
        #expect(handshake.encoder.version == .v4 && handshake.encoder.isCompressed && !handshake.encoder.inSegments)
    }

    @Test func whatTheServerCannotIsNotAskedFor() throws {
        var handshake = Handshake(.init(wantsCompression: true))
        let second = try handshake.received(.supported(["PROTOCOL_VERSIONS": ["5/v5"], "COMPRESSION": ["snappy"]]))
        guard case .startup(compressed: false) = request(second) else { Issue.record("without compression"); return }
        var capped = Handshake(.init(version: .v4))
        _ = try capped.received(.supported(Self.modern))
        #expect(capped.encoder.version == .v4)
    }

    @Test func passwordKeyspaceAndEvents() throws {
        var handshake = Handshake(
            .init(
                credentials: Credentials(username: "ada", password: "pw"), keyspace: "my\"ks",
                events: ["STATUS_CHANGE"]))
        _ = try handshake.received(.supported(Self.modern))
        let third = try handshake.received(.authenticate("PasswordAuthenticator"))
        guard case .authResponse(let token) = request(third) else { Issue.record("then the password"); return }
        #expect(token == [0] + Array("ada".utf8) + [0] + Array("pw".utf8))
        #expect(handshake.encoder.inSegments)
        guard case .query(let use, _) = request(try handshake.received(.authSuccess)) else {
            Issue.record("then the keyspace")
            return
        }
        #expect(use == "USE \"my\"\"ks\"")
        guard case .register(let events) = request(try handshake.received(.setKeyspace("my\"ks"))) else {
            Issue.record("then the events")
            return
        }
        #expect(events == ["STATUS_CHANGE"])
        #expect(isFinished(try handshake.received(.ready)))
    }

    @Test func refusals() throws {
        var without = Handshake(.init())
        _ = try without.received(.supported(Self.modern))
        let error = #expect(throws: CQLError.self) { try without.received(.authenticate("PasswordAuthenticator")) }
        #expect(error?.code == .authentication)
        var odd = Handshake(.init())
        #expect(throws: CQLError.self) { try odd.received(.ready) }
        var finished = Handshake(.init())
        _ = try finished.received(.supported(Self.modern))
        _ = try finished.received(.ready)
        #expect(throws: CQLError.self) { try finished.received(.ready) }
    }
}
