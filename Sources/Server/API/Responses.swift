internal import Foundation
internal import HTTP

extension Response {
    /// A record as JSON, its members in alphabetical order.
    static func json(_ record: some Encodable, status: Status = .ok, headers: Headers = Headers()) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return json(bytes: Array(try encoder.encode(record)), status: status, headers: headers)
    }

    /// Bytes that are JSON already.
    static func json(bytes: [UInt8], status: Status = .ok, headers: Headers = Headers()) -> Response {
        var response = Response(status: status, headers: headers, body: .bytes(bytes))
        response.headers["Content-Type"] = "application/json"
        return response
    }
}
