/// A response as RFC 9112 has it, read without repairing anything.
struct StrictResponse {
    /// Why bytes are no response.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    var status: Int
    /// Names in lower case, in their order.
    var fields: [(name: String, value: String)]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The responses that the bytes are made of to their last byte; `heads` are the places of those to HEAD among those that
    /// are not interim.
    static func all(in bytes: [UInt8], heads: Set<Int> = []) throws -> [StrictResponse] {
        var reader = Reader(bytes: bytes)
        var responses: [StrictResponse] = []
        var finals = 0
        while !reader.isAtEnd {
            var response = try reader.header()
            if response.status >= 200 {
                try response.checkFields()
                try reader.readBody(of: &response, toHead: heads.contains(finals))
                finals += 1
            } else if !response.fields.isEmpty {
                throw Failure("an interim response with fields: \(response.fields)")
            }
            responses.append(response)
        }
        return responses
    }

    private func checkFields() throws {
        let names = fields.map(\.name)
        guard Set(names).count == names.count else { throw Failure("a field stands twice: \(names)") }
        guard let date = self["date"], StrictResponse.isDate(date) else { throw Failure("no right Date: \(fields)") }
        if status == 405, self["allow"] == nil { throw Failure("405 without Allow") }
        guard self["content-length"] == nil || self["transfer-encoding"] == nil else {
            throw Failure("two framings")
        }
    }

    /// Whether the text looks as in `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func isDate(_ text: String) -> Bool {
        let pattern = Array("Aaa, 00 Aaa 0000 00:00:00 GMT".utf8)
        let bytes = Array(text.utf8)
        return bytes.count == pattern.count
            && zip(bytes, pattern).enumerated().allSatisfy { place, pair in
                switch pair.1 {
                case UInt8(ascii: "0"): (0x30...0x39).contains(pair.0)
                case UInt8(ascii: "A") where place < 26: (0x41...0x5A).contains(pair.0)
                case UInt8(ascii: "a"): (0x61...0x7A).contains(pair.0)
                default: pair.0 == pair.1
                }
            }
    }
}

extension StrictResponse {
    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { place == bytes.count }

        mutating func line() throws -> String {
            guard let end = bytes[place...].firstIndex(of: 13) else { throw Failure("a line without an end") }
            guard end + 1 < bytes.count, bytes[end + 1] == 10, !bytes[place..<end].contains(10) else {
                throw Failure("a line that ends wrongly")
            }
            defer { place = end + 2 }
            return String(decoding: bytes[place..<end], as: UTF8.self)
        }

        mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard bytes.count - place >= count else { throw Failure("a body that is too short") }
            defer { place += count }
            return bytes[place..<(place + count)]
        }

        mutating func header() throws -> StrictResponse {
            let start = try line()
            let parts = start.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "HTTP/1.1", parts[1].utf8.count == 3, let status = Int(parts[1]),
                !parts[2].isEmpty
            else { throw Failure("no status line: \(start)") }
            var response = StrictResponse(status: status, fields: [])
            while case let line = try line(), !line.isEmpty {
                guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
                    line[..<colon].utf8.allSatisfy({ $0 == 45 || $0.isLetterOrDigit })
                else { throw Failure("no field: \(line)") }
                let value = line[line.index(after: colon)...]
                guard value.first == " ", value.last != " ", value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
                    throw Failure("no value: \(line)")
                }
                response.fields.append((line[..<colon].lowercased(), String(value.dropFirst())))
            }
            return response
        }

        mutating func readBody(of response: inout StrictResponse, toHead: Bool) throws {
            let length = response["content-length"]
            let coding = response["transfer-encoding"]
            if response.status == 204 || response.status == 304 {
                guard length == nil, coding == nil else { throw Failure("\(response.status) with a body's length") }
                return
            }
            guard length != nil || coding != nil || response["connection"] == "close" else {
                throw Failure("a body without an end: \(response.fields)")
            }
            if toHead { return }
            if let length {
                guard let count = Int(length), String(count) == length else { throw Failure("no length: \(length)") }
                response.body = Array(try take(count))
            } else if let coding {
                guard coding == "chunked" else { throw Failure("no coding: \(coding)") }
                while true {
                    let line = try line()
                    guard let count = Int(line, radix: 16), count >= 0 else { throw Failure("no chunk: \(line)") }
                    response.body += try take(count)
                    guard try self.line().isEmpty else { throw Failure("a chunk that is too long") }
                    if count == 0 { return }
                }
            } else {
                response.body = Array(bytes[place...])
                place = bytes.count
            }
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}
