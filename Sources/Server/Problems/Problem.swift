internal import HTTP

/// An answer that says what is wrong: an RFC 9457 problem document.
struct Problem: Error {
    /// What is wrong with one field of a request.
    struct Field: Sendable, Hashable {
        /// The field: a member of the body, a query parameter, a header field, or a column.
        let field: String
        let message: String
    }

    let status: Status
    /// The kind of problem in snake_case; the document's `type` is `urn:martlet:problem:` and this.
    let code: String
    /// One line for people.
    let detail: String
    var errors: [Field] = []
    var headers = Headers()

    /// A problem with one field; the detail names it.
    static func field(
        _ field: String, _ message: String, status: Status = .unprocessableContent, code: String = "invalid"
    ) -> Problem {
        Problem(
            status: status, code: code, detail: "\(field): \(message)",
            errors: [Field(field: field, message: message)])
    }

    /// A query parameter or header field that cannot be as it is.
    static func parameter(_ name: String, _ message: String) -> Problem {
        field(name, message, status: .badRequest, code: "bad_parameter")
    }

    /// The document.
    var document: JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "type", value: .string("urn:martlet:problem:\(code)")),
            .init(name: "title", value: .string(status.reason)),
            .init(name: "status", value: .integer(Int64(status.rawValue))),
            .init(name: "detail", value: .string(detail)),
        ]
        if !errors.isEmpty {
            let list = errors.map { error -> JSONValue in
                ["field": .string(error.field), "message": .string(error.message)]
            }
            members.append(.init(name: "errors", value: .array(list)))
        }
        return .object(members)
    }

    /// The answer that carries the document.
    var response: Response {
        var response = Response(
            status: status, headers: ["Content-Type": "application/problem+json", "Cache-Control": "no-store"],
            body: .bytes(document.encoded))
        for (name, value) in headers { response.headers.add(name, value) }
        return response
    }
}
