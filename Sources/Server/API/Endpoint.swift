internal import HTTP

/// One call of the API: how it is routed, what it takes and gives, and who answers. The router and the OpenAPI document
/// are both made from these, so neither can know of a call that the other does not.
struct Endpoint: Sendable {
    /// A parameter of the query, a header field, or a part of the path.
    struct Parameter: Sendable {
        enum Place: String, Sendable {
            case path, query, header
        }

        let name: String
        let place: Place
        let description: String
        let schema: JSONValue
        var isRequired = false
    }

    /// A body, of a request or a response.
    struct Content: Sendable {
        let mediaType: String
        let schema: JSONValue
    }

    /// A response.
    struct Answer: Sendable {
        let status: Status
        let description: String
        var content: [Content] = []
    }

    let method: Method
    let path: String
    /// The operation's name in the document.
    let name: String
    let tag: String
    let summary: String
    var parameters: [Parameter] = []
    /// What the request carries; empty for none.
    var body: [Content] = []
    /// Whether the body's type must be one of `body`; otherwise it is found by content.
    var isBodyTyped = true
    var bodyLimit: Int?
    let answers: [Answer]
    /// The statuses of problem documents this call may answer with, besides those any call may.
    var problems: [Status] = []
    let handler: Route.Handler

    /// The route, with the parameters and the body's type checked before the handler is called.
    var route: Route {
        let handler: Route.Handler =
            switch self.handler {
            case .immediate(let handle):
                .immediate { request in
                    try check(request)
                    return try handle(request)
                }
            case .asynchronous(let handle):
                .asynchronous { request in
                    try check(request)
                    return try await handle(request)
                }
            }
        return Route(method: method, pattern: path, bodyLimit: bodyLimit, handler: handler)
    }

    private func check(_ request: Request) throws {
        let known = parameters.filter { $0.place == .query }.map(\.name)
        var seen: Set<String> = []
        for (name, _) in request.query {
            guard known.contains(name) else { throw Problem.parameter(name, "there is no such parameter") }
            guard seen.insert(name).inserted else { throw Problem.parameter(name, "it is given more than once") }
        }
        guard isBodyTyped, !body.isEmpty else { return }
        let types = body.map(\.mediaType)
        guard let type = request.contentType, types.contains(type) else {
            throw Problem.field(
                "Content-Type", "must be \(types.joined(separator: " or "))", status: .unsupportedMediaType,
                code: "unsupported_media_type")
        }
    }
}

extension Endpoint.Parameter {
    static func query(_ name: String, _ description: String, _ schema: JSONValue) -> Endpoint.Parameter {
        Endpoint.Parameter(name: name, place: .query, description: description, schema: schema)
    }

    static func id(of thing: String) -> Endpoint.Parameter {
        Endpoint.Parameter(
            name: "id", place: .path, description: "The \(thing)'s id.", schema: ["type": "string"], isRequired: true)
    }

    /// The parameters of every list.
    static let page: [Endpoint.Parameter] = [
        .query(
            "limit", "How many items to give, at most.",
            ["type": "integer", "minimum": 1, "maximum": 1000, "default": 50]),
        .query("cursor", "The `next_cursor` of the part before; left out for the first.", ["type": "string"]),
    ]
}

extension Endpoint.Content {
    static func json(_ schema: String) -> Endpoint.Content {
        Endpoint.Content(mediaType: "application/json", schema: Schemas.reference(schema))
    }

    /// Bytes of a file.
    static func file(_ mediaType: String) -> Endpoint.Content { Endpoint.Content(mediaType: mediaType, schema: [:]) }
}
