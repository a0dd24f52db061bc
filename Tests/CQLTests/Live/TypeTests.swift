import CQL
import Foundation
import Testing

extension LiveTests {
    /// Every type goes to a real server and comes back.
    struct TypeTests {
        static let columns: [(name: String, type: String, value: CQLValue)] = [
            ("c_ascii", "ascii", .text("plain")), ("c_bigint", "bigint", .bigint(.min)),
            ("c_blob", "blob", .blob([0, 1, 254, 255])), ("c_boolean", "boolean", .boolean(true)),
            ("c_date", "date", .date(CQLDate(daysSinceEpoch: -719_162))),
            ("c_decimal", "decimal", .decimal(CQLDecimal("-123456789012345678901234567890.125")!)),
            ("c_double", "double", .double(-1.5e300)),
            ("c_duration", "duration", .duration(CQLDuration(months: 14, days: 3, nanoseconds: 5_000_000_001))),
            ("c_float", "float", .float(0.1)), ("c_inet4", "inet", .inet(CQLInet("192.168.1.2")!)),
            ("c_inet6", "inet", .inet(CQLInet("2001:db8::7")!)), ("c_int", "int", .int(.max)),
            ("c_smallint", "smallint", .smallint(.min)), ("c_text", "text", .text("Grüße 🐦")),
            ("c_time", "time", .time(CQLTime(nanosecondsSinceMidnight: 86_399_999_999_999))),
            ("c_timestamp", "timestamp", .timestamp(CQLTimestamp(millisecondsSinceEpoch: 1_700_000_000_123))),
            ("c_timeuuid", "timeuuid", .timeuuid(UUID(uuidString: "2b5db0f0-7f1a-11e9-8f9e-2a86e4085a59")!)),
            ("c_tinyint", "tinyint", .tinyint(-128)),
            ("c_uuid", "uuid", .uuid(UUID(uuidString: "00112233-4455-6677-8899-aabbccddeeff")!)),
            ("c_varint", "varint", .varint(CQLVarint("-170141183460469231731687303715884105729")!)),
            ("c_list", "list<int>", .list([.int(3), .int(1), .int(3)])),
            ("c_set", "set<text>", .set([.text("a"), .text("b")])),
            ("c_map", "map<text, bigint>", .map([.init(.text("k"), .bigint(1)), .init(.text("l"), .bigint(-1))])),
            ("c_tuple", "tuple<int, text, double>", .tuple([.int(1), .null, .double(0.5)])),
            (
                "c_user", "frozen<point>",
                .userDefined([.init("x", .int(1)), .init("label", .text("here")), .init("tags", .set([.text("t")]))])
            ),
            (
                "c_nested", "map<int, frozen<list<frozen<point>>>>",
                .map([
                    .init(
                        .int(9),
                        .list([.userDefined([.init("x", .int(2)), .init("label", .null), .init("tags", .null)])]))
                ])
            ),
            ("c_vector", "vector<float, 3>", .vector([.float(1), .float(-2), .float(0.25)])),
            ("c_texts", "vector<text, 2>", .vector([.text("long"), .text("")])),
            ("c_small", "vector<smallint, 2>", .vector([.smallint(5), .smallint(-5)])),
            (
                "c_matrix", "vector<vector<int, 2>, 2>",
                .vector([.vector([.int(1), .int(2)]), .vector([.int(3), .int(4)])])
            ),
        ]

        static func makeTable(_ session: Session) async throws {
            _ = try await session.execute("CREATE TYPE point (x int, label text, tags frozen<set<text>>)")
            let list = columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
            _ = try await session.execute("CREATE TABLE types (id int PRIMARY KEY, \(list))")
        }

        static var insert: String {
            let names = columns.map(\.name).joined(separator: ", ")
            let markers = columns.map { _ in "?" }.joined(separator: ", ")
            return "INSERT INTO types (id, \(names)) VALUES (?, \(markers))"
        }

        @Test(arguments: ["v5", "v4", "v5 compressed", "v4 compressed"])
        func everyTypeComesBack(setting: String) async throws {
            try await LiveCluster.withKeyspace {
                if setting.hasPrefix("v4") { $0.maximumVersion = .v4 }
                $0.isCompressed = setting.hasSuffix("compressed")
            } _: { session, _ in
                try await Self.makeTable(session)
                let values: [any CQLEncodable] = [1] + Self.columns.map(\.value)
                _ = try await session.execute(Self.insert, values)
                for text in ["SELECT * FROM types WHERE id = ?"] {
                    let row = try #require(try await session.execute(text, [1]).first)
                    for column in Self.columns {
                        #expect(try row[column.name, as: CQLValue.self] == column.value, "\(column.type)")
                    }
                }
                // Without preparation too: there the columns come with the answer.
                let row = try #require(try await session.execute("SELECT * FROM types").first)
                #expect(try row["c_matrix", as: [[Int]].self] == [[1, 2], [3, 4]])
                #expect(try row["c_map", as: [String: Int].self] == ["k": 1, "l": -1])
            }
        }

        @Test func countersAndNulls() async throws {
            try await LiveCluster.withKeyspace { session, _ in
                _ = try await session.execute("CREATE TABLE counts (id int PRIMARY KEY, n counter)")
                _ = try await session.execute("UPDATE counts SET n = n + ? WHERE id = ?", [CQLValue.counter(5), 1])
                _ = try await session.execute("UPDATE counts SET n = n + ? WHERE id = ?", [Int64(-2), 1])
                let count = try #require(try await session.execute("SELECT n FROM counts WHERE id = 1").first)
                #expect(try count[0, as: CQLValue.self] == .counter(3))

                _ = try await session.execute("CREATE TABLE notes (id int PRIMARY KEY, a text, b text)")
                let insert = try await session.prepare("INSERT INTO notes (id, a, b) VALUES (?, ?, ?)")
                let select = try await session.prepare("SELECT a, b FROM notes WHERE id = ?")
                _ = try await session.execute(insert, [1, "x", "y"])
                _ = try await session.execute(insert, [1, CQLValue.unset, CQLValue.null])
                let row = try #require(try await session.execute(select, [1]).first)
                #expect(try row["a", as: String?.self] == "x")
                #expect(try row["b", as: String?.self] == nil)
                _ = try await session.execute(insert, [1, Optional<String>.none, "z"])
                let again = try #require(try await session.execute(select, [1]).first)
                #expect(try again["a", as: String?.self] == nil)
                #expect(try again["b", as: String.self] == "z")
            }
        }
    }
}
