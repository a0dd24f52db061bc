/// Finds the route for a method and a path, in time proportional to the path's length.
public struct Router: Sendable {
    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var routes: [Method: (route: Int, names: [String])] = [:]
    }

    /// Every route, in the order they were added.
    public private(set) var routes: [Route] = []
    private var nodes = [Node()]
    private var fallback: (@Sendable (Request) -> Route?)?

    /// A router without routes.
    public init() {}

    /// Adds a route. A literal segment wins over a parameter at the same place.
    public mutating func add(_ route: Route) {
        var node = 0
        var names: [String] = []
        for segment in Router.segments(route.pattern[...]) {
            let next: Int?
            if segment.first == "{", segment.last == "}" {
                names.append(String(segment.dropFirst().dropLast()))
                next = nodes[node].parameter
                if next == nil { nodes[node].parameter = nodes.count }
            } else {
                next = nodes[node].literals[String(segment)]
                if next == nil { nodes[node].literals[String(segment)] = nodes.count }
            }
            if next == nil { nodes.append(Node()) }
            node = next ?? nodes.count - 1
        }
        precondition(nodes[node].routes[route.method] == nil, "\(route.method) \(route.pattern) is routed twice")
        nodes[node].routes[route.method] = (routes.count, names)
        routes.append(route)
    }

    /// Adds a route whose handler is asynchronous.
    public mutating func on(
        _ method: Method, _ pattern: String, bodyLimit: Int? = nil,
        handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(Route(method: method, pattern: pattern, bodyLimit: bodyLimit, handler: .asynchronous(handler)))
    }

    /// Adds a route that is answered at once, on the server's own thread.
    public mutating func onImmediate(
        _ method: Method, _ pattern: String, handler: @escaping @Sendable (Request) throws -> Response
    ) {
        add(Route(method: method, pattern: pattern, handler: .immediate(handler)))
    }

    /// Asks `fallback` for who answers a GET or HEAD at a path that no route has; nil is for not found.
    public mutating func onUnrouted(_ fallback: @escaping @Sendable (Request) -> Route?) { self.fallback = fallback }

    /// The route for a request and the values of its parameters. HEAD takes the route of GET.
    /// Throws `notFound`, `methodNotAllowed` with the `Allow` field, or `badRequest`.
    public func match(_ request: Request) throws -> (route: Route, parameters: [String: String]) {
        var values: [Substring] = []
        guard let node = find(Router.segments(request.rawPath[...])[...], from: 0, &values) else {
            if request.method == .get || request.method == .head, let route = fallback?(request) { return (route, [:]) }
            throw HTTPError(.notFound, status: .notFound, message: "there is nothing at \(request.path)")
        }
        let method = request.method == .head && nodes[node].routes[.head] == nil ? .get : request.method
        guard let (index, names) = nodes[node].routes[method] else {
            var allowed = nodes[node].routes.keys.sorted()
            if allowed.contains(.get), !allowed.contains(.head) { allowed.append(.head) }
            throw HTTPError(
                .methodNotAllowed, status: .methodNotAllowed,
                message: "\(request.method.rawValue) is not allowed at \(request.path)",
                headers: ["Allow": allowed.sorted().map(\.rawValue).joined(separator: ", ")])
        }
        var parameters: [String: String] = [:]
        for (name, value) in zip(names, values) {
            guard let decoded = PercentCoding.decode(value.utf8, plusIsSpace: false) else {
                throw HTTPError(
                    .badRequest, status: .badRequest, message: "the path cannot be decoded as percent-encoded UTF-8")
            }
            parameters[name] = decoded
        }
        return (routes[index], parameters)
    }

    /// Routes the request and has it answered, without a server; for tests and for calls from inside.
    public func respond(to request: Request) async throws -> Response {
        let (route, parameters) = try match(request)
        var request = request
        request.parameters = parameters
        request.route = route.pattern
        switch route.handler {
        case .immediate(let handler): return try handler(request)
        case .asynchronous(let handler): return try await handler(request)
        }
    }

    private func find(_ segments: ArraySlice<Substring>, from node: Int, _ values: inout [Substring]) -> Int? {
        guard let segment = segments.first else { return nodes[node].routes.isEmpty ? nil : node }
        let rest = segments.dropFirst()
        if let next = nodes[node].literals[String(segment)], let found = find(rest, from: next, &values) {
            return found
        }
        guard let next = nodes[node].parameter, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = find(rest, from: next, &values) { return found }
        values.removeLast()
        return nil
    }

    private static func segments(_ path: Substring) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }
}
