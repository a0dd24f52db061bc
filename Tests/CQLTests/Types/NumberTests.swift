import Foundation
import Testing

@testable import CQL

struct NumberTests {
    @Test func varintsOfAnyLength() {
        for text in [
            "0", "-1", "127", "-128", "255", "-32769", "123456789012345678901234567890", "-1000000000", "1000000001",
        ] {
            #expect(CQLVarint(text)?.description == text)
        }
        #expect(CQLVarint("+5") == 5)
        #expect(CQLVarint("") == nil)
        #expect(CQLVarint("1x") == nil)
        #expect(CQLVarint(UInt64.max).description == "18446744073709551615")
        #expect(CQLVarint(Int64.min).description == "-9223372036854775808")
        #expect(Int64(exactly: CQLVarint(Int64.min)) == .min)
        #expect(Int64(exactly: CQLVarint(UInt64.max)) == nil)
        #expect(UInt64(exactly: CQLVarint(UInt64.max)) == .max)
        #expect(CQLVarint(bytes: [0xff, 0xff, 0xff]) == -1)
        #expect(CQLVarint(bytes: []) == 0)
    }

    @Test func decimals() {
        #expect(CQLDecimal("-12.50") == CQLDecimal(unscaled: -1250, scale: 2))
        #expect(CQLDecimal("3e-5") == CQLDecimal(unscaled: 3, scale: 5))
        #expect(CQLDecimal("-12.50")?.description == "-12.50")
        #expect(CQLDecimal(unscaled: 5, scale: 3).description == "0.005")
        #expect(CQLDecimal(unscaled: 5, scale: -3).description == "5e3")
        #expect(CQLDecimal(unscaled: 5, scale: .min).description == "5e2147483648")
        #expect(CQLDecimal("1.5.0") == nil)
        #expect(CQLDecimal("0.25")?.doubleValue == 0.25)
    }

    @Test func datesAndTimes() throws {
        #expect(CQLDate(Date(timeIntervalSince1970: -1)).daysSinceEpoch == -1)
        #expect(CQLTimestamp(Date(timeIntervalSince1970: 1.0006)).millisecondsSinceEpoch == 1001)
        #expect(CQLTimestamp(Date(timeIntervalSince1970: .infinity)).millisecondsSinceEpoch == .max)
        let moment = Date(timeIntervalSince1970: 1_700_000_000)
        let made = UUID.timeBased(at: moment)
        #expect(try #require(made.timeBasedDate).timeIntervalSince(moment).magnitude < 0.001)
        #expect(UUID().timeBasedDate == nil)
        // From RFC 4122's own time: 1582-10-15 is tick zero.
        let zero = try #require(UUID(uuidString: "00000000-0000-1000-8000-000000000000"))
        #expect(zero.timeBasedDate == Date(timeIntervalSince1970: -12_219_292_800))
    }

    @Test func variableLengthIntegers() throws {
        for value in [0, 1, -1, 63, -64, 64, 127, 128, 16_383, 16_384, 1 << 55, 1 << 56, .max, .min] as [Int64] {
            var writer = ByteWriter()
            writer.append(signedVariable: value)
            let read = try writer.bytes.withRawBytes { (raw) throws(CQLError) in
                var reader = ByteReader(raw)
                let read = try reader.signedVariable()
                #expect(reader.remaining == 0)
                return read
            }
            #expect(read == value)
        }
        var writer = ByteWriter()
        writer.append(unsignedVariable: 256_000)
        #expect(writer.bytes == hex("c3 e8 00"))
    }

    @Test func addresses() {
        #expect(CQLInet("::1")?.description == "::1")
        #expect(CQLInet("10.1.2.3")?.bytes == [10, 1, 2, 3])
        #expect(CQLInet("10.1.2") == nil)
        #expect(throws: CQLError.self) { try CQLInet(bytes: [1, 2, 3]) }
    }
}
