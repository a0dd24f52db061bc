import Testing

@testable import CQL

struct ResponseTests {
    private func envelope(_ opcode: Opcode, _ body: String, flags: EnvelopeFlags = []) -> Envelope {
        Envelope(version: 5, flags: flags, stream: 0, opcode: opcode, body: hex(body))
    }

    /// Two columns `a int, b text` of table `k.t`.
    private let columns = "0001 6b 0001 74  0001 61 0009  0001 62 000d"

    @Test func rows() throws {
        let body =
            "00000002 00000001 00000002 \(columns) 00000002 00000004 00000001 00000001 78 00000004 00000002 ffffffff"
        guard case .rows(let rows) = try Response(envelope(.result, body), version: .v5) else {
            Issue.record("rows are wanted")
            return
        }
        #expect(rows.count == 2 && !rows.hasMorePages)
        #expect(rows.columns.map(\.name) == ["a", "b"])
        #expect(rows.columns[0].keyspace == "k" && rows.columns[0].table == "t")
        #expect(try rows[0]["a", as: Int.self] == 1)
        #expect(try rows[0][1, as: String.self] == "x")
        #expect(try rows[1].values() == [.int(2), .null])
        #expect(try rows.map { (row: Row) in try row["a", as: Int.self] } == [1, 2])
        let missing = #expect(throws: CQLError.self) { try rows[0]["c", as: Int.self] }
        #expect(missing?.code == .noSuchColumn)
        #expect(throws: CQLError.self) { try rows[0].cell(2) }
        #expect(throws: CQLError.self) { try rows[0].cell(-1) }
        let null = #expect(throws: CQLError.self) { try rows[1]["b", as: String.self] }
        #expect(null?.message.contains("'b'") == true)
    }

    @Test func pagesWarningsAndChangedColumns() throws {
        let body =
            "0001 0002 6869" + "00000002 0000000b 00000002 00000003 010203 0001 ee \(columns) 00000001"
            + "00000004 00000005 00000000"
        guard case .rows(let rows) = try Response(envelope(.result, body, flags: .warning), version: .v5) else {
            Issue.record("rows are wanted")
            return
        }
        #expect(rows.warnings == ["hi"])
        #expect(rows.pagingState == [1, 2, 3])
        #expect(rows.changedMetadataID == [0xee])
        #expect(try rows[0][0, as: Int.self] == 5)
        #expect(try rows[0][1, as: String.self] == "")
    }

    @Test func knownColumnsNeedNotCome() throws {
        let known = ColumnList([Column(keyspace: "k", table: "t", name: "a", type: .int)])
        let body = "00000002 00000004 00000001 00000001 00000004 00000009"
        guard case .rows(let rows) = try Response(envelope(.result, body), version: .v5, columns: known) else {
            Issue.record("rows are wanted")
            return
        }
        #expect(try rows[0]["a", as: Int.self] == 9)
        #expect(throws: CQLError.self) { try Response(envelope(.result, body), version: .v5) }
    }

    @Test func appliedOrNot() throws {
        let metadata = "00000002 00000001 00000001 0001 6b 0001 74 0009 5b6170706c6965645d 0004 00000001"
        for (byte, isApplied) in [("00", false), ("01", true)] {
            guard case .rows(let rows) = try Response(envelope(.result, "\(metadata) 00000001 \(byte)"), version: .v5)
            else {
                Issue.record("rows are wanted")
                return
            }
            #expect(rows.isApplied == isApplied)
        }
    }

    @Test func preparedStatements() throws {
        let body =
            "00000004 0002 aabb 0001 cc" + "00000001 00000002 00000001 0001 \(columns)"
            + "00000001 00000001 0001 6b 0001 74 0001 63 0003"
        guard case .prepared(let prepared) = try Response(envelope(.result, body), version: .v5) else {
            Issue.record("a prepared statement is wanted")
            return
        }
        #expect(prepared.id == [0xaa, 0xbb] && prepared.resultMetadataID == [0xcc])
        #expect(prepared.markers.columns.map(\.type) == [.int, .text])
        #expect(prepared.partitionKey == [1])
        #expect(prepared.result.columns?.columns.map(\.type) == [.blob])
    }

    @Test func errors() throws {
        let unavailable = #expect(throws: CQLError.self) {
            try Response(envelope(.error, "00001000 0001 78 0004 00000003 00000001"), version: .v5)
        }
        #expect(unavailable?.code == .unavailable)
        #expect(unavailable?.details?.required == 3 && unavailable?.details?.received == 1)
        #expect(unavailable?.details?.consistency == .quorum)
        let write = #expect(throws: CQLError.self) {
            try Response(
                envelope(.error, "00001100 0000 0001 00000000 00000001 0006 53494d504c45"), version: .v5)
        }
        #expect(write?.code == .writeTimeout && write?.details?.writeType == "SIMPLE")
        let read = #expect(throws: CQLError.self) {
            try Response(envelope(.error, "00001200 0000 0001 00000001 00000001 00"), version: .v5)
        }
        #expect(read?.code == .readTimeout && read?.details?.dataPresent == false)
        let unprepared = #expect(throws: CQLError.self) {
            try Response(envelope(.error, "00002500 0000 0002 aabb"), version: .v5)
        }
        #expect(unprepared?.details?.statementID == [0xaa, 0xbb])
        let unknown = #expect(throws: CQLError.self) {
            try Response(envelope(.error, "0000abcd 0000"), version: .v5)
        }
        #expect(unknown?.code.rawValue == "server_error_0xabcd")
    }

    @Test func events() throws {
        #expect(
            try Event(envelope(.event, "000d 5354415455535f4348414e4745 0002 5550 04 7f000001 00002352"))
                == .statusChange("UP", address: CQLInet("127.0.0.1")!, port: 9042))
        #expect(try Event(envelope(.event, "0001 58")) == .unknown("X"))
        guard
            case .schemaChange(let change) = try Event(
                envelope(
                    .event, "000d 534348454d415f4348414e4745 0007 43524541544544 0005 5441424c45 0001 6b 0001 74"))
        else {
            Issue.record("a change of the schema is wanted")
            return
        }
        #expect(change.keyspace == "k" && change.name == "t" && change.change == "CREATED")
    }
}
