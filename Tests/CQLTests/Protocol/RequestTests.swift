import Testing

@testable import CQL

/// Requests against bytes written out by hand, after section 4.1 of the protocol's specification.
struct RequestTests {
    private func body(_ request: Request, _ version: ProtocolVersion) throws -> [UInt8] {
        var writer = try request.encoded(stream: 5, by: FrameEncoder(version: version))
        writer.flatten()
        #expect(writer.bytes[0] == version.rawValue && writer.bytes[2] == 0 && writer.bytes[3] == 5)
        #expect(writer.bytes[4] == request.opcode.rawValue)
        return Array(writer.bytes[9...])
    }

    private let state = PreparedStatement.State(
        id: [0xaa, 0xbb], resultMetadataID: [0xcc],
        markers: ColumnList([Column(keyspace: "k", table: "t", name: "a", type: .int)]), partitionKey: [0])

    @Test func queries() throws {
        var parameters = QueryParameters(consistency: .quorum)
        #expect(try body(.query("Q", parameters), .v4) == hex("00000001 51 0004 00"))
        #expect(try body(.query("Q", parameters), .v5) == hex("00000001 51 0004 00000000"))
        parameters.pageSize = 100
        parameters.pagingState = [9]
        parameters.serialConsistency = .localSerial
        parameters.timestamp = 1
        #expect(
            try body(.query("Q", parameters), .v5)
                == hex("00000001 51 0004 0000003c 00000064 00000001 09 0009 0000000000000001"))
    }

    @Test func preparations() throws {
        #expect(try body(.prepare("Q", keyspace: nil), .v4) == hex("00000001 51"))
        #expect(try body(.prepare("Q", keyspace: nil), .v5) == hex("00000001 51 00000000"))
        #expect(try body(.prepare("Q", keyspace: "k"), .v5) == hex("00000001 51 00000001 0001 6b"))
    }

    @Test func executions() throws {
        var parameters = QueryParameters(consistency: .one)
        parameters.skipsMetadata = true
        #expect(
            try body(.execute(state, [7], parameters), .v5)
                == hex("0002 aabb 0001 cc 0001 00000003 0001 00000004 00000007"))
        #expect(try body(.execute(state, [7], parameters), .v4) == hex("0002 aabb 0001 03 0001 00000004 00000007"))
        let few = #expect(throws: CQLError.self) { try body(.execute(state, [], parameters), .v5) }
        #expect(few?.code == .wrongNumberOfValues)
        let odd = #expect(throws: CQLError.self) { try body(.execute(state, ["x"], parameters), .v5) }
        #expect(odd?.code == .typeMismatch)
        #expect(odd?.message.contains("'a'") == true)
    }

    @Test func batches() throws {
        let request = BatchRequest(
            kind: .unlogged, statements: [.text("Q"), .prepared(state, [7])],
            parameters: QueryParameters(consistency: .one))
        #expect(
            try body(.batch(request), .v5)
                == hex("01 0002 00 00000001 51 0000 01 0002 aabb 0001 00000004 00000007 0001 00000000"))
        #expect(try body(.batch(request), .v4).suffix(3) == hex("0001 00"))
    }

    @Test func startAndRegistration() throws {
        #expect(try body(.options, .v4).isEmpty)
        #expect(try body(.authResponse([0, 1]), .v5) == hex("00000002 0001"))
        #expect(try body(.register(["A"]), .v5) == hex("0001 0001 41"))
        let startup = try body(.startup(compressed: true), .v5)
        #expect(startup.starts(with: hex("0004 000b") + Array("CQL_VERSION".utf8) + hex("0005") + Array("3.0.0".utf8)))
    }
}
