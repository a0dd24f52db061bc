import Testing

@testable import Server

struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test func valuesAreReadAndWritten() throws {
        let value = try parse(#" {"a": [1, -2.5, 1e3, true, false, null], "b\n": "\u00fc\ud83d\ude00\\\"", "c": {}} "#)
        #expect(value["a"] == [1, .number(-2.5), .number(1000), true, false, .null])
        #expect(value["b\n"]?.text == "ü😀\\\"")
        #expect(value["c"]?.members?.isEmpty == true)
        #expect(
            String(decoding: value.encoded, as: UTF8.self)
                == #"{"a":[1,-2.5,1000,true,false,null],"b\n":"ü😀\\\"","c":{}}"#)
        #expect(try JSONParser.parse(value.encoded)["b\n"] == value["b\n"])
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "[1 2]", "tru", "nul", "01", "-", "1.", ".5",
        "1e",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\t\"", "1 2", "{} x",
        "{\"a\":1,\"a\":2}", "NaN", "Infinity", "1e999", "'a'", "[1]]", "+1", "\"\\u+123\"",
    ])
    func whatIsNotJSONIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func errorsNameTheirPlace() {
        #expect(throws: JSONError(message: "there is no JSON value", line: 3, column: 7)) {
            try parse("{\n\"a\": 1,\n\"b\":  ?}")
        }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func aValueTakesLittleRoom() {
        // What an array of many holds of each of them.
        #expect(MemoryLayout<JSONValue>.stride <= 24)
    }

    @Test func depthIsLimited() throws {
        let deep = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try parse(deep(JSONParser.depthLimit))
        #expect(throws: JSONError.self) { try parse(deep(JSONParser.depthLimit + 1)) }
        #expect(throws: JSONError.self) { try parse(deep(1_000_000)) }
    }
}
