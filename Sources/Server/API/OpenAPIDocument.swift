internal import HTTP

/// The OpenAPI 3.1 document, made from the declared endpoints.
struct OpenAPIDocument {
    let endpoints: [Endpoint]
    let version: String
    let needsToken: Bool
    /// Paths that need no token.
    let openPaths: Set<String>

    var value: JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "openapi", value: "3.1.0"),
            .init(
                name: "info",
                value: [
                    "title": "Martlet", "version": .string(version),
                    "summary": "Automated machine learning for tables.",
                ]),
            .init(name: "paths", value: paths),
            .init(name: "components", value: components),
        ]
        if needsToken { members.append(.init(name: "security", value: [["token": []]])) }
        return .object(members)
    }

    private var components: JSONValue {
        var members = [JSONValue.Member(name: "schemas", value: .object(Schemas.all))]
        if needsToken {
            members.append(
                .init(name: "securitySchemes", value: ["token": ["type": "http", "scheme": "bearer"]]))
        }
        return .object(members)
    }

    private var paths: JSONValue {
        var paths: [JSONValue.Member] = []
        for endpoint in endpoints {
            let operation = JSONValue.Member(
                name: endpoint.method.rawValue.lowercased(), value: self.operation(endpoint))
            if let index = paths.firstIndex(where: { $0.name == endpoint.path }),
                let operations = paths[index].value.members
            {
                paths[index].value = .object(operations + [operation])
            } else {
                paths.append(.init(name: endpoint.path, value: .object([operation])))
            }
        }
        return .object(paths)
    }

    private func operation(_ endpoint: Endpoint) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "operationId", value: .string(endpoint.name)),
            .init(name: "tags", value: [.string(endpoint.tag)]),
            .init(name: "summary", value: .string(endpoint.summary)),
        ]
        if !endpoint.parameters.isEmpty {
            members.append(.init(name: "parameters", value: .array(endpoint.parameters.map(parameter))))
        }
        if !endpoint.body.isEmpty {
            members.append(
                .init(name: "requestBody", value: ["required": true, "content": content(endpoint.body)]))
        }
        var responses = endpoint.answers.map { answer -> JSONValue.Member in
            var response: [JSONValue.Member] = [.init(name: "description", value: .string(answer.description))]
            if !answer.content.isEmpty { response.append(.init(name: "content", value: content(answer.content))) }
            return .init(name: "\(answer.status.rawValue)", value: .object(response))
        }
        for status in problems(of: endpoint) {
            responses.append(
                .init(
                    name: "\(status.rawValue)",
                    value: [
                        "description": .string(status.reason),
                        "content": ["application/problem+json": ["schema": Schemas.reference("Problem")]],
                    ]))
        }
        members.append(.init(name: "responses", value: .object(responses)))
        if needsToken, openPaths.contains(endpoint.path) { members.append(.init(name: "security", value: [])) }
        return .object(members)
    }

    private func problems(of endpoint: Endpoint) -> [Status] {
        var statuses: Set<Status> = Set(endpoint.problems).union([.forbidden, .misdirectedRequest])
        if !endpoint.parameters.isEmpty || !endpoint.body.isEmpty { statuses.insert(.badRequest) }
        if needsToken, !openPaths.contains(endpoint.path) { statuses.insert(.unauthorized) }
        return statuses.sorted { $0.rawValue < $1.rawValue }
    }

    private func parameter(_ parameter: Endpoint.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.isRequired), "description": .string(parameter.description),
            "schema": parameter.schema,
        ]
    }

    private func content(_ content: [Endpoint.Content]) -> JSONValue {
        .object(content.map { .init(name: $0.mediaType, value: ["schema": $0.schema]) })
    }
}
