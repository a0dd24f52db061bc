import Foundation
import Testing

@testable import CQL

/// Every type against bytes written out by hand, after section 6 of the protocol's specification.
struct CodecTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let type: CQLType
        let value: CQLValue
        let bytes: String

        var testDescription: String { "\(type)" }
    }

    static let point = UserDefinedType(
        keyspace: "ks", name: "point", fields: [.init(name: "x", type: .int), .init(name: "label", type: .text)])

    static let cases: [Case] = [
        Case(type: .ascii, value: .text("abc"), bytes: "61 62 63"),
        Case(type: .bigint, value: .bigint(-2), bytes: "ff ff ff ff ff ff ff fe"),
        Case(type: .blob, value: .blob([0, 255]), bytes: "00 ff"),
        Case(type: .boolean, value: .boolean(true), bytes: "01"),
        Case(type: .boolean, value: .boolean(false), bytes: "00"),
        Case(type: .counter, value: .counter(258), bytes: "00 00 00 00 00 00 01 02"),
        Case(type: .date, value: .date(CQLDate(daysSinceEpoch: 0)), bytes: "80 00 00 00"),
        Case(type: .date, value: .date(CQLDate(daysSinceEpoch: -1)), bytes: "7f ff ff ff"),
        Case(
            type: .decimal, value: .decimal(CQLDecimal(unscaled: 12345, scale: 2)), bytes: "00 00 00 02 30 39"),
        Case(type: .decimal, value: .decimal(CQLDecimal(unscaled: -1, scale: -3)), bytes: "ff ff ff fd ff"),
        Case(type: .double, value: .double(1.5), bytes: "3f f8 00 00 00 00 00 00"),
        Case(type: .float, value: .float(-2), bytes: "c0 00 00 00"),
        Case(
            type: .duration, value: .duration(CQLDuration(months: 1, days: -1, nanoseconds: 0)), bytes: "02 01 00"),
        Case(
            type: .duration, value: .duration(CQLDuration(months: 0, days: 0, nanoseconds: 128_000)),
            bytes: "00 00 c3 e8 00"),
        Case(type: .inet, value: .inet(CQLInet("127.0.0.1")!), bytes: "7f 00 00 01"),
        Case(
            type: .inet, value: .inet(CQLInet("2001:db8::1")!),
            bytes: "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"),
        Case(type: .int, value: .int(-1), bytes: "ff ff ff ff"),
        Case(type: .smallint, value: .smallint(258), bytes: "01 02"),
        Case(type: .text, value: .text("é"), bytes: "c3 a9"),
        Case(type: .text, value: .text(""), bytes: ""),
        Case(
            type: .time, value: .time(CQLTime(nanosecondsSinceMidnight: 1)), bytes: "00 00 00 00 00 00 00 01"),
        Case(
            type: .timestamp, value: .timestamp(CQLTimestamp(millisecondsSinceEpoch: -1)),
            bytes: "ff ff ff ff ff ff ff ff"),
        Case(
            type: .timeuuid, value: .timeuuid(UUID(uuidString: "2b5db0f0-7f1a-11e9-8f9e-2a86e4085a59")!),
            bytes: "2b 5d b0 f0 7f 1a 11 e9 8f 9e 2a 86 e4 08 5a 59"),
        Case(type: .tinyint, value: .tinyint(-128), bytes: "80"),
        Case(
            type: .uuid, value: .uuid(UUID(uuidString: "00112233-4455-6677-8899-aabbccddeeff")!),
            bytes: "00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff"),
        Case(type: .varint, value: .varint(0), bytes: "00"),
        Case(type: .varint, value: .varint(127), bytes: "7f"),
        Case(type: .varint, value: .varint(128), bytes: "00 80"),
        Case(type: .varint, value: .varint(-128), bytes: "80"),
        Case(type: .varint, value: .varint(-129), bytes: "ff 7f"),
        Case(
            type: .varint, value: .varint(CQLVarint("18446744073709551616")!), bytes: "01 00 00 00 00 00 00 00 00"),
        Case(
            type: .list(.smallint), value: .list([.smallint(1), .smallint(2)]),
            bytes: "00 00 00 02 00 00 00 02 00 01 00 00 00 02 00 02"),
        Case(type: .list(.int), value: .list([]), bytes: "00 00 00 00"),
        Case(type: .set(.text), value: .set([.text("a")]), bytes: "00 00 00 01 00 00 00 01 61"),
        Case(
            type: .map(.tinyint, .boolean), value: .map([.init(.tinyint(7), .boolean(true))]),
            bytes: "00 00 00 01 00 00 00 01 07 00 00 00 01 01"),
        Case(
            type: .tuple([.int, .text]), value: .tuple([.int(1), .null]), bytes: "00 00 00 04 00 00 00 01 ff ff ff ff"),
        Case(
            type: .userDefined(point), value: .userDefined([.init("x", .int(1)), .init("label", .text("b"))]),
            bytes: "00 00 00 04 00 00 00 01 00 00 00 01 62"),
        Case(
            type: .vector(.float, dimension: 2), value: .vector([.float(1), .float(-2)]),
            bytes: "3f 80 00 00 c0 00 00 00"),
        Case(
            type: .vector(.text, dimension: 2), value: .vector([.text("a"), .text("bc")]), bytes: "01 61 02 62 63"),
        Case(
            type: .list(.list(.tinyint)), value: .list([.list([.tinyint(1)])]),
            bytes: "00 00 00 01 00 00 00 09 00 00 00 01 00 00 00 01 01"),
    ]

    @Test(arguments: cases) func encodesAndDecodes(_ test: Case) throws {
        let bytes = hex(test.bytes)
        // Mixed signs are refused at binding, and still read as they are.
        if test.bytes != "02 01 00" {
            let length = withUnsafeBytes(of: Int32(bytes.count).bigEndian) { Array($0) }
            #expect(try encoded(test.value, as: test.type) == length + bytes)
        }
        #expect(try CQLValue(from: cell(bytes, test.type)) == test.value)
    }

    @Test func nullAndUnset() throws {
        #expect(try encoded(CQLValue.null, as: .int) == hex("ff ff ff ff"))
        #expect(try encoded(CQLValue.unset, as: .int) == hex("ff ff ff fe"))
        #expect(try encoded(Optional<Int32>.none, as: .int) == hex("ff ff ff ff"))
        #expect(try CQLValue(from: cell(nil, .int)) == .null)
        #expect(try Int32?(from: cell(nil, .int)) == nil)
        #expect(throws: CQLError.self) { try Int32(from: cell(nil, .int)) }
        #expect(try [Int32](from: cell(nil, .list(.int))).isEmpty)
    }

    @Test func swiftTypes() throws {
        #expect(try encoded(300, as: .bigint) == hex("00 00 00 08 00 00 00 00 00 00 01 2c"))
        #expect(try encoded(300, as: .varint) == hex("00 00 00 02 01 2c"))
        #expect(throws: CQLError.self) { try encoded(300, as: .tinyint) }
        #expect(throws: CQLError.self) { try encoded(1, as: .text) }
        #expect(throws: CQLError.self) { try encoded("é", as: .ascii) }
        #expect(throws: CQLError.self) { try encoded(0.1, as: .float) }
        #expect(throws: CQLError.self) { try encoded(UUID(), as: .timeuuid) }
        #expect(throws: CQLError.self) {
            try encoded(CQLDuration(months: 1, days: -1, nanoseconds: 0), as: .duration)
        }
        #expect(throws: CQLError.self) { try encoded([Float(1)], as: .vector(.float, dimension: 2)) }
        #expect(try Int8(from: cell([0, 0, 0, 5], .int)) == 5)
        #expect(throws: CQLError.self) { try Int8(from: cell([0, 0, 1, 5], .int)) }
        #expect(throws: CQLError.self) { try Int32(from: cell([1, 2, 3], .int)) }
        #expect(
            try [String: Int](from: cell(hex("00000001 00000001 61 00000004 00000007"), .map(.text, .int))) == ["a": 7])
        #expect(try Set<String>(from: cell(hex("00000001 00000001 61"), .set(.text))) == ["a"])
        #expect(try [Float](from: cell(hex("3f800000"), .vector(.float, dimension: 1))) == [1])
        #expect(try Data(from: cell([1, 2], .blob)) == Data([1, 2]))
    }

    @Test func largeArraysAreHeldAndComeInOrder() throws {
        let large = (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }
        var writer = ByteWriter()
        writer.append(1)
        writer.append(array: large)
        writer.append(2)
        writer.append(array: large)
        #expect(writer.attachments.count == 2)
        #expect(writer.count == 80_002)
        var seen: [UInt8] = []
        writer.forEachPiece { seen += $0 }
        #expect(seen == [1] + large + [2] + large)
        writer.flatten()
        #expect(writer.bytes == seen)
        // Inside of collections too.
        let list = try encoded([large], as: .list(.blob))
        #expect(Array(list[12...]) == large)
        #expect(Array(list[..<12]) == hex("00009c48 00000001 00009c40"))
    }

    @Test func oldValuesOfGrownTypesAreShort() throws {
        let bytes = hex("00 00 00 04 00 00 00 01")
        #expect(
            try CQLValue(from: cell(bytes, .userDefined(Self.point)))
                == .userDefined([.init("x", .int(1)), .init("label", .null)]))
    }
}
